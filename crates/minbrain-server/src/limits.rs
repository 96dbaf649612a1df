//! Every bound of the server, by name and with its reason.

use std::time::Duration;

/// Robots that are served at once; each has a thread.
pub const MAX_ROBOTS: usize = 128;
/// Peers that have not introduced themselves yet.
pub const MAX_STRANGERS: usize = 1_024;
/// Those of one address: a crowd from one machine leaves room for others.
pub const MAX_STRANGERS_PER_ADDRESS: usize = 256;
/// New connections that are taken in per second, and at once after a pause; more wait in the system's
/// queue. A flood then costs at most so much of the processor.
pub const ACCEPTS_PER_S: u32 = 500;
/// Connections that the system keeps waiting.
pub const BACKLOG: u32 = 256;
/// Values that a stranger may send in one message: a token has up to 128, an original robot's first
/// observation up to 256.
pub const STRANGER_VALUES: usize = 256;
/// Bytes that the system buffers for a peer, each way; it takes twice as many with its own records.
pub const SOCKET_BUFFER_BYTES: u32 = 8 * 1024;
/// How long TLS, token and handshake may take together.
pub const WELCOME_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a message may take from its first byte to its last.
pub const MESSAGE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a robot may be silent unless the settings say otherwise.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a robot may take to read an answer.
pub const WRITE_TIMEOUT: Duration = Duration::from_millis(250);
/// A thread that waits for its robot looks up so often whether the server goes down.
pub const LOOK_UP: Duration = Duration::from_millis(250);
/// The time for an answer unless the settings say otherwise.
pub const DEADLINE: Duration = Duration::from_millis(10);
/// A robot that asks again sooner than this is looked out for without going to sleep, for so long, and
/// leaves no time to consolidate in between ...
pub const IDLE_LEAST: Duration = Duration::from_micros(200);
/// ... which then happens in one of so many cycles.
pub const BUSY_CYCLES: u32 = 8;
/// Work units of consolidation while a robot moves, by consensus and by value: as in `minbrain run`.
pub const CONSOLIDATION_UNITS: [u32; 2] = [64, 1_000];

/// HTTP connections at once.
pub const MAX_VISITORS: usize = 128;
/// Those of them that follow a brain live.
pub const MAX_WATCHERS: usize = 32;
/// Bytes that are buffered of an HTTP request.
pub const HTTP_BUFFER_BYTES: usize = 16 * 1024;
/// Bytes of an HTTP request's body.
pub const BODY_BYTES: usize = 64 * 1024;
/// How long the head of an HTTP request may take.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an HTTP request may take, those that follow a brain live excepted.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// A brain is shown at most so often: ten times a second.
pub const BETWEEN_FRAMES: Duration = Duration::from_millis(100);
/// A watcher hears something at least so often, or knows that the server is gone.
pub const HEARTBEAT: Duration = Duration::from_secs(1);
/// Points of the curves that are kept, and the time that one stands for: five minutes.
pub const HISTORY_POINTS: usize = 600;
/// The time that one point stands for.
pub const POINT: Duration = Duration::from_millis(500);
/// Recent latencies are those of the last one to two such spans.
pub const RECENT: Duration = Duration::from_secs(5);
/// Experiences on one page of a list.
pub const PAGE_EXPERIENCES: usize = 50;
/// Questions that wait for a brain that lives elsewhere.
pub const MAX_QUESTIONS: usize = 16;
/// How long such a brain may take to answer.
pub const QUESTION_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a graceful end waits for those who are still connected.
pub const FAREWELL: Duration = Duration::from_secs(5);
/// How long what waits for the fleet may take to go out when the server ends.
pub const FLEET_PATIENCE: Duration = Duration::from_secs(10);
