use super::{Acknowledgement, Address, Level};
use crate::error::FleetError;

#[test]
fn a_url_says_where_who_and_how() {
    let url = "rediss://ann:p%40ss%3A@a.example:7001,[::1]:7002,b?ca=ca.pem&cert=c.pem&key=k.pem\
               &schema=arm-7&replicas=2&durable=yes";
    let address = Address::parse(url).unwrap();
    let nodes = [("a.example", 7001), ("::1", 7002), ("b", 6379)];
    assert_eq!(address.nodes, nodes.map(|(host, port)| (host.to_owned(), port)));
    assert!(address.is_secure);
    assert_eq!(
        (address.user.as_deref(), address.password.as_deref()),
        (Some("ann"), Some("p@ss:"))
    );
    assert_eq!(address.schema.as_deref(), Some("arm-7"));
    assert_eq!(address.acknowledgement, Acknowledgement { replicas: 2, level: Level::OnDisk });
    let plain = Address::parse("redis://:word@localhost:7000/").unwrap();
    assert_eq!((plain.user.as_deref(), plain.password.as_deref()), (None, Some("word")));
}

#[test]
fn no_password_is_ever_printed() {
    for url in ["redis://u:hunter2@h:1", "redis://:hunter2@h:1,i:2?replicas=0"] {
        let address = Address::parse(url).unwrap();
        assert!(!format!("{address} {address:?}").contains("hunter2"));
    }
    let wrong = [
        "redis://u:hunter2@h:port",
        "redis://u:hunter2@",
        "redis://u:hunter2@h:1?colour=red",
        "redis://u:hunter2%4@h:1",
        "http://u:hunter2@h:1",
        "redis://u:hunter2@h:1?replicas=many",
    ];
    for url in wrong {
        let error = Address::parse(url).unwrap_err();
        assert!(matches!(error, FleetError::Address { .. }), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{url}: {error}");
    }
}

#[test]
fn a_password_of_the_environment_stands_in_for_none() {
    let address = |url: &str| Address::parse(url).unwrap().or_password(Some("spare".into()));
    assert_eq!(address("redis://h:1").password.as_deref(), Some("spare"));
    assert_eq!(address("redis://:own@h:1").password.as_deref(), Some("own"));
}

#[test]
fn certificates_ask_for_tls() {
    for url in ["redis://h:1?ca=x.pem", "rediss://h:1?cert=x.pem"] {
        assert!(Address::parse(url).is_err(), "{url}");
    }
}
