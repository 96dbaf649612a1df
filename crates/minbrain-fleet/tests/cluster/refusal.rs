//! Wrong schema, wrong password, no TLS where it is demanded: clear words, and no secrets in them.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use minbrain::{ActionSpace, Brain};
use minbrain_fleet::{Address, Fleet, FleetError, FleetSettings, Overview};

use crate::place::Place;
use crate::robot::Robot;

const PATIENCE: Duration = Duration::from_secs(20);
const SECRET: &str = "hunter2-and-more";

/// What one who tries to join is told.
fn told(address: Address) -> FleetError {
    let mut robot = Robot::new(address, 1.0);
    robot.fleet.join(&mut robot.brain, PATIENCE).unwrap_err()
}

fn named(place: &Place, schema: &str) -> Address {
    Address::parse(&format!("{}?schema={schema}", place.fleet.url())).unwrap()
}

#[test]
fn robots_of_another_kind_are_refused_and_those_there_lose_nothing() {
    let place = Place::new("schema", |_| {});
    let mut first = Robot::new(named(&place, "arm"), 1.0);
    first.live(100);
    first.await_status(|status| status.acknowledged == 100);
    let builder = Brain::builder().sensors(3).actions(ActionSpace::discrete(2));
    let mut other = builder.build().unwrap();
    let settings = FleetSettings::new(named(&place, "arm"));
    let mut fleet = Fleet::start(settings, other.config()).unwrap();
    let told = fleet.join(&mut other, PATIENCE).unwrap_err();
    assert_eq!(told.to_string(), "fleet: schema arm: sensors: expected 3, found 2");
    assert!(!told.may_pass());
    let view = Overview::look(&place.address()).unwrap();
    assert!(view.is_whole);
    assert_eq!(view.nodes.iter().filter(|node| node.is_primary && node.bytes > 0).count(), 3);
    assert_eq!((view.schemas[0].name.as_str(), view.schemas[0].experiences), ("arm", 100));
}

#[test]
fn a_wrong_password_is_refused_and_no_password_is_ever_told() {
    let log = Log::start();
    let place = Place::new("password", |settings| settings.password = Some(SECRET.into()));
    let url =
        |password: &str| place.fleet.url().replace("redis://", &format!("redis://{password}"));
    for wrong in ["", ":wrong-SECRET-word@", "nobody:wrong-SECRET-word@"] {
        let told = told(Address::parse(&url(wrong)).unwrap());
        assert!(matches!(told, FleetError::Refused { .. }), "{wrong}: {told:?}");
        let words = format!("{told} {told:?}");
        assert!(!words.contains("SECRET") && !words.contains(SECRET), "{words}");
        assert!(!told.may_pass());
    }
    let mut right = Robot::new(Address::parse(&url(&format!(":{SECRET}@"))).unwrap(), 1.0);
    right.live(100);
    let status = right.await_status(|status| status.acknowledged == 100);
    assert!(!format!("{status:?} {:?}", right.fleet).contains(SECRET));
    drop(right);
    let log = log.text();
    assert!(log.contains("the robot goes on alone"), "{log}");
    assert!(!log.contains("SECRET") && !log.contains(SECRET), "{log}");
}

/// The commands that docs/fleet.md gives to robots.
fn documented_rights() -> Vec<String> {
    let page = include_str!("../../../../docs/fleet.md");
    let line = page.split("`ACL SETUSER ").nth(1).unwrap().split('`').next().unwrap();
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn the_documented_rights_are_enough_and_others_are_refused() {
    let place = Place::new("rights", |_| {});
    let rights = documented_rights();
    for node in place.fleet.url().trim_start_matches("redis://").split(',') {
        let client = redis::Client::open(format!("redis://{node}")).unwrap();
        let mut connection = client.get_connection().unwrap();
        let mut command = redis::cmd("ACL");
        command.arg("SETUSER");
        for word in &rights {
            command.arg(word.replace("PASSWORD", SECRET));
        }
        command.exec(&mut connection).unwrap();
        let readers =
            ["SETUSER", "readers", "on", ">reading", "~minbrain:*", "+@read", "+@connection"];
        redis::cmd("ACL").arg(&readers).arg("+cluster").exec(&mut connection).unwrap();
    }
    let url = |who: &str| place.fleet.url().replace("redis://", &format!("redis://{who}@"));
    let mut robot = Robot::new(Address::parse(&url(&format!("robots:{SECRET}"))).unwrap(), 1.0);
    robot.live(200);
    robot.await_status(|status| status.acknowledged == 200);
    let mut fresh = Robot::new(Address::parse(&url(&format!("robots:{SECRET}"))).unwrap(), 1.0);
    assert_eq!(fresh.fleet.join(&mut fresh.brain, PATIENCE).unwrap().adopted, 200);
    assert!(Overview::look(&Address::parse(&url(&format!("robots:{SECRET}"))).unwrap()).is_ok());
    // Who may only read is told so, and what it lives through waits.
    let mut reader = Robot::new(Address::parse(&url("readers:reading")).unwrap(), 1.0);
    reader.live(200);
    let status = reader.await_status(|status| status.trouble.is_some());
    assert!(matches!(status.trouble, Some(FleetError::Refused { .. })), "{status:?}");
    assert_eq!(status.acknowledged, 0);
}

#[test]
fn tls_is_named_where_only_one_side_speaks_it() {
    let place = Place::new("plain", |_| {});
    let secure = place.fleet.url().replace("redis://", "rediss://");
    let told = told(Address::parse(&secure).unwrap());
    assert!(matches!(told, FleetError::Tls { .. }), "{told:?}");
    assert!(told.to_string().contains("rediss:// asks for TLS"), "{told}");
}

#[test]
fn what_is_no_cluster_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    let told = told(Address::parse(&format!("redis://{free}")).unwrap());
    assert!(matches!(told, FleetError::Unreachable { .. }), "{told:?}");
}

/// Everything that is logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn start() -> Self {
        let log = Self::default();
        // One test alone listens; the others' lines are in it too, which only makes it stricter.
        tracing::subscriber::set_global_default(log.clone()).unwrap();
        log
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Words<'a>(&'a mut String);
        impl tracing::field::Visit for Words<'_> {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                write!(self.0, "{field}={value:?} ").unwrap();
            }
        }
        event.record(&mut Words(&mut self.0.lock().unwrap()));
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}
