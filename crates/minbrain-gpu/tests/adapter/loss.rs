//! A device that goes away takes no program with it, and a question that is late is given up.

use std::time::Duration;

use minbrain_gpu::{Gpu, GpuError, Question, Resident, Shape, Tenancy, Which, cards};
use minbrain_kernels::{LANES, Lanes, Probe};

use crate::device;

const PATIENCE: Duration = Duration::from_secs(60);

fn filled(gpu: &Gpu, blocks: u32) -> Resident {
    let mut resident = Resident::new(gpu, Shape::euclidean(2)).unwrap();
    for block in 0..blocks {
        let place = |row: u32| std::array::from_fn(|lane| (block * 64 + lane as u32 + row) as f32);
        let rows = [0, 1].map(|row| Lanes(place(row)));
        resident.write(block, &rows, Tenancy { count: LANES, part: 0 }).unwrap();
    }
    resident
}

fn question() -> Question<'static> {
    Question { probe: Probe { key: &[100.0, 101.0], weights: &[1.0, 1.0] }, part: None }
}

#[test]
fn a_lost_device_refuses_everything_from_then_on() {
    let gpu = device();
    let mut resident = filled(&gpu, 40);
    let before = resident.ask(&[question()], 2).unwrap();
    assert!(before.wait(PATIENCE).unwrap().contenders(0).unwrap().contains(&100));
    let under_way = resident.ask(&[question()], 2).unwrap();
    assert!(!gpu.is_lost());
    gpu.close();
    assert!(gpu.is_lost() && under_way.is_ready());
    assert!(matches!(under_way.wait(PATIENCE), Err(GpuError::Lost { .. })));
    assert!(matches!(resident.ask(&[question()], 2), Err(GpuError::Lost { .. })));
    let rows = [Lanes::ZERO; 2];
    let written = resident.write(0, &rows, Tenancy { count: 1, part: 0 });
    assert!(matches!(written, Err(GpuError::Lost { .. })));
    let another = Resident::new(&gpu, Shape::euclidean(2)).map(|_| ());
    assert!(matches!(another, Err(GpuError::Lost { .. })));
    // Another device is none the worse for it.
    filled(&device(), 2).ask(&[question()], 2).unwrap().wait(PATIENCE).unwrap();
}

#[test]
fn a_question_without_patience_is_late_or_answered_and_the_next_is_right() {
    let gpu = device();
    let mut resident = filled(&gpu, 4_000);
    let questions = vec![question(); 256];
    let mut late = 0;
    for _ in 0..8 {
        match resident.ask(&questions, 20).unwrap().wait(Duration::ZERO) {
            Ok(answers) => assert!(answers.contenders(255).unwrap().contains(&100)),
            Err(GpuError::Late { .. }) => late += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(late > 0, "a million comparisons take longer than nothing");
    let answers = resident.ask(&questions, 20).unwrap().wait(PATIENCE).unwrap();
    assert!((0..256).all(|query| answers.contenders(query).unwrap().contains(&100)));
}

#[test]
fn an_answer_that_is_waited_for_elsewhere_is_ready_in_the_end() {
    let gpu = device();
    let mut resident = filled(&gpu, 4);
    let ticket = resident.ask(&[question()], 3).unwrap();
    while !ticket.is_ready() {}
    assert!(ticket.wait(Duration::ZERO).unwrap().contenders(0).unwrap().contains(&100));
}

#[test]
fn software_is_never_opened_as_if_it_were_a_gpu() {
    let has_real = cards().iter().any(|card| !card.is_software);
    match Gpu::open(Which::Real) {
        Ok(gpu) => assert!(has_real && !gpu.card().is_software),
        Err(GpuError::NoAdapter { came, .. }) => {
            assert!(!has_real);
            assert!(cards().iter().all(|card| came.contains(&card.name)), "{came}");
        }
        Err(other) => panic!("{other}"),
    }
}
