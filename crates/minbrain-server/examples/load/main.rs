//! What the server bears, on loopback, with server and robots in one program.
//!
//! ```text
//! cargo run --release -p minbrain-server --example load -- roundtrip [CYCLES]
//! cargo run --release -p minbrain-server --example load -- robots [SECONDS]
//! cargo run --release -p minbrain-server --example load -- crowd [SECONDS]
//! ```

mod crowd;
mod robot;

use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use minbrain::Policy;
use minbrain_server::{Server, Settings};

use robot::Robot;

type Done = Result<(), Box<dyn Error + Send + Sync>>;

/// Robots at once, and how often each asks.
const ROBOTS: u64 = 100;
const PERIOD: Duration = Duration::from_millis(10);
/// How often the robot beside the crowd asks.
const CROWD_PERIOD: Duration = Duration::from_millis(5);
/// A robot that waited longer was kept waiting too long.
const DEADLINE_US: u64 = 10_000;
/// Cycles that are not counted.
const WARM_UP: u64 = 1_000;

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = arguments.get(1).map(|text| text.parse()).transpose()?;
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut settings = Settings::on(any, any);
    settings.plan.policy = Some(Policy::Consensus);
    let server = Server::start(settings)?;
    let Some(address) = server.robots() else { return Ok(()) };
    match arguments.first().map_or("roundtrip", String::as_str) {
        "robots" => robots(address, Duration::from_secs(number.unwrap_or(60))),
        "crowd" => crowd(address, Duration::from_secs(number.unwrap_or(30))),
        _ => round_trip(address, number.unwrap_or(100_000)),
    }
}

/// One robot that asks again as soon as it is answered.
fn round_trip(address: SocketAddr, cycles: u64) -> Done {
    let mut robot = Robot::connect(address, 0)?;
    let mut times = histogram()?;
    for cycle in 0..WARM_UP + cycles {
        let took = robot.cycle()?;
        if cycle >= WARM_UP {
            times.saturating_record(took.as_nanos() as u64);
        }
    }
    report("roundtrip", &times, robot.fallbacks)?;
    let (p50, p99, experiences) = robot.brain_us()?;
    writeln!(
        io::stdout(),
        "of that the brain, in the last seconds: p50 {p50:.1} us, p99 {p99:.1} us, with {experiences} experiences"
    )?;
    Ok(())
}

/// Many robots, each at its own pace.
fn robots(address: SocketAddr, length: Duration) -> Done {
    let threads: Vec<_> = (0..ROBOTS)
        .map(|number| thread::spawn(move || paced(address, number, (PERIOD, length))))
        .collect();
    let (mut times, mut fallbacks) = (histogram()?, 0);
    for thread in threads {
        let (own, own_fallbacks) = thread.join().map_err(|_| "a robot's thread failed")??;
        times.add(own)?;
        fallbacks += own_fallbacks;
    }
    report("robots", &times, fallbacks)?;
    let late = times.len() - times.count_between(0, DEADLINE_US * 1_000);
    let share = 100.0 * late as f64 / times.len().max(1) as f64;
    writeln!(io::stdout(), "over {DEADLINE_US} us: {late} of {} ({share:.4} %)", times.len())?;
    Ok(())
}

/// One robot, alone and then among those who mean no good.
fn crowd(address: SocketAddr, length: Duration) -> Done {
    let (alone, fallbacks) = paced(address, 0, (CROWD_PERIOD, length))?;
    report("alone", &alone, fallbacks)?;
    let before = crowd::resident_bytes()?;
    let crowd = crowd::Crowd::gather(address)?;
    thread::sleep(Duration::from_secs(2));
    let each = crowd::resident_bytes()?.saturating_sub(before) / crowd::PEERS;
    let (among, fallbacks) = paced(address, 0, (CROWD_PERIOD, length))?;
    report("among a crowd", &among, fallbacks)?;
    let (slow, flood) = crowd.end();
    writeln!(io::stdout(), "{slow} slow connections, {flood} in the flood")?;
    writeln!(io::stdout(), "memory: {each} bytes more per slow peer, both ends together")?;
    Ok(())
}

fn paced(
    address: SocketAddr,
    number: u64,
    (period, length): (Duration, Duration),
) -> Result<(Histogram<u64>, u64), Box<dyn Error + Send + Sync>> {
    let mut robot = Robot::connect(address, number)?;
    let mut times = histogram()?;
    // Robots do not all ask in the same instant.
    thread::sleep(period.mul_f64(number as f64 / ROBOTS as f64));
    let began = Instant::now();
    let mut next = began;
    while began.elapsed() < length {
        times.saturating_record(robot.cycle()?.as_nanos() as u64);
        next += period;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok((times, robot.fallbacks))
}

fn histogram() -> Result<Histogram<u64>, hdrhistogram::CreationError> {
    Histogram::new_with_bounds(1, 60_000_000_000, 3)
}

fn report(what: &str, times: &Histogram<u64>, fallbacks: u64) -> Done {
    let us = |share| times.value_at_quantile(share) as f64 / 1e3;
    let (p50, p99, p999) = (us(0.5), us(0.99), us(0.999));
    writeln!(
        io::stdout(),
        "{what}: {} cycles, p50 {p50:.1} us, p99 {p99:.1} us, p99.9 {p999:.1} us, max {:.1} us, \
         {fallbacks} fallbacks",
        times.len(),
        times.max() as f64 / 1e3,
    )?;
    Ok(())
}
