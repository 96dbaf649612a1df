use minbrain::{Brain, ExperienceId};
use minbrain_wire::Actions;

use super::*;
use crate::brains::life::Life;
use crate::brains::pulse::Pulse;

fn seat() -> Seat {
    let space = ActionSpace::continuous([(-1.0, 1.0), (-1.0, 1.0)]);
    let life = Life::in_ram(Brain::builder().sensors(1).actions(space)).unwrap();
    Seat::new(life, Pulse::new(None, Vec::new()))
}

fn story(seat: &Seat) -> Story {
    let hello = Hello::new(1, 2, Actions::Continuous);
    Story::new(1, hello, Role::Control, &seat.life.brain().config().actions)
}

fn observed(observation: &[f32]) -> Request<'_> {
    Request::Observed { phase: Phase::GoesOn, reward: 0.5, observation }
}

#[test]
fn an_overruled_brain_learns_from_what_was_done_instead() {
    let mut seat = seat();
    let mut story = story(&seat);
    let space = seat.life.brain().config().actions.clone();
    story.answer(&mut seat, observed(&[0.1])).unwrap();
    let given = Fallback::Given(vec![0.25, -0.75]);
    let fallback = story.fallback(&given, &space);
    story.overrule(&mut seat, &fallback, &[0.1]);
    story.answer(&mut seat, observed(&[0.2])).unwrap();
    let learned = seat.life.brain().experience(ExperienceId(0)).unwrap();
    assert_eq!(learned.action, Action::Continuous(vec![0.25, -0.75]));
    assert_eq!((learned.observation, learned.outcome), (vec![0.1], vec![0.2]));
    assert_eq!((learned.reward, seat.pulse.missed), (0.5, 1));
}

#[test]
fn fallbacks_are_what_was_agreed_upon_and_always_an_action() {
    let mut seat = seat();
    let mut story = story(&seat);
    let space = seat.life.brain().config().actions.clone();
    let zero = Action::Continuous(vec![0.0, 0.0]);
    story.answer(&mut seat, observed(&[0.1])).unwrap();
    assert_eq!(story.fallback(&Fallback::Hold, &space), story.last.action);
    for values in [vec![0.5], vec![0.5, 2.0], vec![0.0; 9]] {
        assert_eq!(story.fallback(&Fallback::Given(values), &space), zero);
    }
    assert_eq!(story.fallback(&Fallback::Zero, &space), zero);
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut seat = seat();
    let mut story = story(&seat);
    story.answer(&mut seat, observed(&[0.1])).unwrap();
    let before = seat.life.brain().fingerprint();
    for observation in [&[][..], &[f32::NAN], &[0.1, 0.2], &[1e30]] {
        assert_eq!(story.answer(&mut seat, observed(observation)), Err(ErrorCode::Protocol));
    }
    let reward = f32::INFINITY;
    let request = Request::Observed { phase: Phase::Ended, reward, observation: &[0.2] };
    assert_eq!(story.answer(&mut seat, request), Err(ErrorCode::Protocol));
    let request = Request::Asked { action: &[0.0, 9.0], observation: &[0.2] };
    assert_eq!(story.answer(&mut seat, request), Err(ErrorCode::Protocol));
    assert_eq!(seat.life.brain().fingerprint(), before);
}

#[test]
fn an_episode_that_was_cut_off_is_not_continued() {
    let mut seat = seat();
    let mut story = story(&seat);
    for (phase, learned) in
        [(Phase::GoesOn, 0), (Phase::CutOff, 1), (Phase::GoesOn, 1), (Phase::Begins, 1)]
    {
        let request = Request::Observed { phase, reward: 0.0, observation: &[0.1] };
        let reply = story.answer(&mut seat, request).unwrap();
        assert_eq!(reply == Reply::Rest, phase == Phase::CutOff);
        assert_eq!(seat.life.brain().stats().learned, learned, "{phase:?}");
    }
}
