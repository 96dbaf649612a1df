//! One robot, served by its own thread until it goes.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use minbrain::{Action, ActionSpace};
use minbrain_wire::{
    Answer, Decoder, ErrorCode, Extensions, Frame, Hello, MAX_VALUES, Request, encode, kind,
};
use thiserror::Error;
use tracing::{info, warn};

use super::link::Link;
use super::turn::{IsOriginal, Reply, Story, finish_cycle, write_fallback};
use super::watch::{Line, Post};
use super::welcome::Introduced;
use crate::brains::roster::{Claim, Turned};
use crate::brains::seat::Seat;
use crate::brains::story::Surroundings;
use crate::limits::{BUSY_CYCLES, IDLE_LEAST, MESSAGE_TIMEOUT};
use crate::runtime::Shared;

/// Why a robot is not served any longer.
#[derive(Debug, Error)]
pub(crate) enum Parted {
    #[error("it closed the connection")]
    Left,
    #[error("it was silent for too long")]
    Silent,
    #[error("a message took too long")]
    Slow,
    #[error("its stream lost its step: {}", .0.name())]
    Lost(ErrorCode),
    #[error("the server goes down")]
    Closing,
    #[error("connection: {0}")]
    Io(#[from] io::Error),
}

/// Whether the robot asks again as soon as it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Haste {
    Yes,
    No,
}

/// A robot and its brain.
pub(crate) struct Service {
    shared: Arc<Shared>,
    claim: Claim,
    seat: Arc<Mutex<Seat>>,
    post: Arc<Post>,
    decoder: Decoder,
    first: Option<Vec<f32>>,
    story: Story,
    space: ActionSpace,
    out: Vec<u8>,
    /// How long the robot took for its last message, and how many came in haste since the last pause.
    pause: Duration,
    hurried: u32,
}

impl Service {
    /// Finds a brain for a robot, and answers its handshake. `None` if it was sent away.
    pub(crate) fn begin(
        mut link: Link,
        introduced: Introduced,
        (address, shared): (SocketAddr, Arc<Shared>),
    ) -> Option<Self> {
        let Introduced { hello, role, mut decoder, first } = introduced;
        let claim = match shared.roster.admit(&hello, address.to_string(), &shared.settings) {
            Ok(claim) => claim,
            Err(turned) => {
                warn!(%address, ?turned, "a robot was turned away");
                refuse(&mut link, turned);
                return None;
            }
        };
        info!(%address, robot = claim.robot, brain = claim.brain, ?role, "a robot came");
        let hardware = f32::from(u8::from(has_gpu(&claim.seat)));
        let agreed = Hello { hardware, ..hello.answer(Extensions::ALL) };
        let space = space_of(&claim.seat);
        let story = Story::new(claim.robot, agreed, role, &space);
        decoder.grow(MAX_VALUES);
        let post = Arc::new(Post::new(link));
        shared.watch.add(&post);
        let seat = Arc::clone(&claim.seat);
        let mut out = Vec::new();
        if first.is_none() {
            encode(kind::HANDSHAKE, &agreed.values(), &mut out);
        }
        let (pause, hurried) = (IDLE_LEAST, 0);
        Some(Self { shared, claim, seat, post, decoder, first, story, space, out, pause, hurried })
    }

    pub(crate) fn robot(&self) -> u64 {
        self.claim.robot
    }

    /// Serves until there is a reason not to.
    pub(crate) fn run(&mut self) -> Parted {
        match self.serve() {
            Err(reason) => {
                let code = match reason {
                    Parted::Lost(code) => Some(code),
                    Parted::Closing => Some(ErrorCode::Closing),
                    _ => None,
                };
                if let Some(code) = code {
                    // Nothing is left to do about a robot that does not hear it.
                    let _ = self.tell(code);
                }
                reason
            }
            Ok(never) => match never {},
        }
    }

    fn serve(&mut self) -> Result<std::convert::Infallible, Parted> {
        self.send()?;
        if let Some(values) = self.first.take() {
            self.answer(kind::SENSED, &values)?;
        }
        let mut values = Vec::with_capacity(MAX_VALUES);
        loop {
            self.receive()?;
            let frame = self.decoder.next().map_err(|error| Parted::Lost(error.code()))?;
            let Some(Frame { kind, values: came }) = frame else { continue };
            values.clear();
            values.extend_from_slice(came);
            self.answer(kind, &values)?;
        }
    }

    /// Waits for a whole message.
    fn receive(&mut self) -> Result<(), Parted> {
        let since = Instant::now();
        let mut haste = if self.pause < IDLE_LEAST { Haste::Yes } else { Haste::No };
        let mut begun = (!self.decoder.is_empty()).then_some(since);
        while !self.decoder.is_whole().map_err(|error| Parted::Lost(error.code()))? {
            if self.shared.is_closing() {
                return Err(Parted::Closing);
            }
            let got = self.read(std::mem::replace(&mut haste, Haste::No));
            match got {
                Ok(0) => return Err(Parted::Left),
                Ok(bytes) => {
                    self.decoder.filled(bytes);
                    begun = begun.or_else(|| Some(Instant::now()));
                }
                Err(error) if is_pause(&error) => {}
                Err(error) => return Err(error.into()),
            }
            if begun.is_some_and(|begun| begun.elapsed() > MESSAGE_TIMEOUT) {
                return Err(Parted::Slow);
            }
            if begun.is_none() && since.elapsed() > self.shared.settings.idle {
                return Err(Parted::Silent);
            }
        }
        self.pause = since.elapsed();
        Ok(())
    }

    /// Reads some bytes; after a hasty question, looks for the next one before it goes to sleep.
    fn read(&mut self, haste: Haste) -> io::Result<usize> {
        let mut line = line(&self.post);
        match haste {
            Haste::Yes => line.link.read_soon(self.decoder.space(), IDLE_LEAST),
            Haste::No => line.link.read(self.decoder.space()),
        }
    }

    /// Answers one message, and uses the time after it.
    fn answer(&mut self, kind: u8, values: &[f32]) -> Result<(), Parted> {
        if kind == kind::HANDSHAKE {
            return self.greet_again(values);
        }
        match Request::read(Frame { kind, values }, &self.story.hello) {
            Ok(request) => self.ask_brain(request)?,
            Err(code) => return self.tell(code),
        }
        self.use_the_time();
        Ok(())
    }

    fn greet_again(&mut self, values: &[f32]) -> Result<(), Parted> {
        let hello = Hello::read(values).map(|hello| hello.answer(Extensions::ALL));
        if hello != Ok(self.story.hello) {
            return self.tell(ErrorCode::Protocol);
        }
        self.out.clear();
        encode(kind::HANDSHAKE, &self.story.hello.values(), &mut self.out);
        self.send()
    }

    /// Puts a request to the brain; the watch answers if that takes too long.
    fn ask_brain(&mut self, request: Request<'_>) -> Result<(), Parted> {
        let began = Instant::now();
        let fallback = self.story.fallback(&self.shared.settings.fallback, &self.space);
        prepare(&mut line(&self.post).fallback, request, &fallback);
        self.shared.watch.ask(&self.post, began);
        let replied = match self.seat.lock() {
            Ok(mut seat) => {
                let replied = self.story.answer(&mut seat, request);
                if matches!(replied, Ok(Reply::Act { .. } | Reply::Rest)) {
                    finish_cycle(&mut seat, began, Instant::now());
                }
                replied
            }
            // Another robot's thread failed while it held the brain.
            Err(_) => Err(ErrorCode::BrainFailed),
        };
        self.out.clear();
        match replied {
            Ok(reply) => self.story.write(reply, &mut self.out),
            Err(code) => Answer::Error(code).encode(&mut self.out),
        }
        if self.post.claim() {
            return self.send();
        }
        self.overrule(request, replied, &fallback);
        Ok(())
    }

    /// The fallback went out instead.
    fn overrule(
        &mut self,
        request: Request<'_>,
        replied: Result<Reply, ErrorCode>,
        fallback: &Action,
    ) {
        let (Request::Sensed(observation) | Request::Observed { observation, .. }) = request else {
            return;
        };
        let Ok(mut seat) = self.seat.lock() else { return };
        if matches!(replied, Ok(Reply::Act { .. })) {
            self.story.overrule(&mut seat, fallback, observation);
        }
    }

    /// Consolidates while the robot moves, and shows what happened. A robot that asks again at once
    /// leaves hardly any time; then most cycles go without.
    fn use_the_time(&mut self) {
        self.hurried = if self.pause < IDLE_LEAST { self.hurried + 1 } else { 0 };
        let Ok(mut seat) = self.seat.lock() else { return };
        if self.hurried.is_multiple_of(BUSY_CYCLES) {
            seat.consolidate();
        }
        let Seat { life, pulse, .. } = &mut *seat;
        pulse.show(life.brain(), Surroundings::default);
    }

    fn tell(&mut self, code: ErrorCode) -> Result<(), Parted> {
        self.out.clear();
        Answer::Error(code).encode(&mut self.out);
        self.send()
    }

    fn send(&mut self) -> Result<(), Parted> {
        let mut line = line(&self.post);
        line.link.write_all(&self.out)?;
        Ok(line.link.flush()?)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.shared.watch.remove(&self.post);
        line(&self.post).link.close();
        self.shared.roster.leave(&self.claim);
    }
}

fn line(post: &Post) -> std::sync::MutexGuard<'_, Line> {
    post.line.lock().unwrap_or_else(PoisonError::into_inner)
}

fn space_of(seat: &Mutex<Seat>) -> ActionSpace {
    let seat = seat.lock().unwrap_or_else(PoisonError::into_inner);
    seat.life.brain().config().actions.clone()
}

/// Whether a GPU is asked past the crossover of this brain.
fn has_gpu(seat: &Mutex<Seat>) -> bool {
    let seat = seat.lock().unwrap_or_else(PoisonError::into_inner);
    seat.life.brain().stats().gpu.is_in_use
}

fn is_pause(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// Writes what the watch says if the brain is late.
fn prepare(out: &mut Vec<u8>, request: Request<'_>, fallback: &Action) {
    match request {
        Request::Sensed(_) => write_fallback(fallback, IsOriginal::Yes, out),
        Request::Observed { phase, .. } if !phase.is_last() => {
            write_fallback(fallback, IsOriginal::No, out);
        }
        Request::Observed { .. } => {
            out.clear();
            Answer::Decided(minbrain_wire::Decided::default()).encode(out);
        }
        Request::Asked { .. } | Request::Shown { .. } | Request::Statistics => {
            out.clear();
            Answer::Error(ErrorCode::BrainFailed).encode(out);
        }
    }
}

fn refuse(link: &mut Link, turned: Turned) {
    let code = match turned {
        Turned::Full => ErrorCode::Full,
        Turned::Misfit => ErrorCode::TooLarge,
        Turned::Broken => ErrorCode::BrainFailed,
    };
    let mut out = Vec::new();
    Answer::Error(code).encode(&mut out);
    // It is sent away; whether it hears why is up to it.
    let _ = link.write_all(&out).and_then(|()| link.flush());
    link.close();
}
