use std::io::Read;
use std::net::{TcpListener, TcpStream};

use super::*;

const DEADLINE: Duration = Duration::from_millis(5);
const FALLBACK: &[u8] = b"the fallback";

/// A post and the robot's end of its line.
fn post() -> (Arc<Post>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let robot = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let post = Arc::new(Post::new(Link::Plain(listener.accept().unwrap().0)));
    post.line.lock().unwrap().fallback = FALLBACK.to_vec();
    (post, robot)
}

fn hear(robot: &mut TcpStream) -> Vec<u8> {
    let mut heard = vec![0; FALLBACK.len()];
    robot.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    robot.read_exact(&mut heard).unwrap();
    heard
}

#[test]
fn who_is_late_is_answered_for_once_and_cannot_answer_any_more() {
    let watch = Watch::start(DEADLINE).unwrap();
    let mut posts: Vec<_> = (0..20).map(|_| post()).collect();
    posts.iter().for_each(|(post, _)| watch.add(post));
    for _ in 0..3 {
        posts.iter().for_each(|(post, _)| watch.ask(post, Instant::now()));
        for (post, robot) in &mut posts {
            assert_eq!(hear(robot), FALLBACK);
            assert!(!post.claim(), "the answer is out");
        }
    }
}

#[test]
fn who_answers_first_is_not_answered_for() {
    let watch = Watch::start(DEADLINE).unwrap();
    let ((quick, mut robot), (late, mut other)) = (post(), post());
    watch.add(&quick);
    watch.add(&late);
    watch.ask(&quick, Instant::now());
    assert!(quick.claim());
    assert!(!quick.claim(), "once");
    // The watch has gone by both once the late one is answered for.
    watch.ask(&late, Instant::now());
    assert_eq!(hear(&mut other), FALLBACK);
    robot.set_nonblocking(true).unwrap();
    assert!(robot.read(&mut [0; 1]).is_err(), "nothing was said");
    watch.remove(&late);
    assert!(!watch.shared.posts().iter().any(|post| Arc::ptr_eq(post, &late)));
}
