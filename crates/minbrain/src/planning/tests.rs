//! The parts of a plan against independent answers.

use minbrain_kernels::{Kernel, ROW};

use super::change_trend::ChangeTrend;
use super::concave::make_concave;
use super::course::Course;
use super::frame::Frame;
use super::improve::{Attempt, Improver};
use super::outlook::Outlook;
use super::sweep::{Progress, Sweep};
use super::work::{BACKWARD_UNITS, ROLLOUT_UNITS, Work};
use crate::action::ActionSpace;
use crate::budget::Budget;
use crate::columns::Facts;
use crate::config::{Config, Policy};
use crate::experience::Origin;
use crate::experiences::Experiences;
use crate::features::{Point, Row};
use crate::limits::PLAN_HORIZON;
use crate::seed::Random;

fn uniform(random: &mut Random) -> f32 {
    2.0 * random.unit() - 1.0
}

#[test]
fn slopes_are_differences_of_the_change() {
    let (dims, outputs) = (3, 2);
    let mut random = Random::new(5);
    let mut trend = ChangeTrend::new(Kernel::detect(), dims, outputs);
    let count = trend.features.count();
    let coefficients: Vec<f64> =
        (0..count * outputs).map(|_| f64::from(uniform(&mut random))).collect();
    trend.assign(&coefficients);
    let change = |point: &Point| {
        let mut features: Row = [0.0; _];
        trend.features.write(point, &mut features);
        let mut says = [0.0; ROW];
        trend.add_change(&features, &mut says);
        says
    };
    let mut point: Point = [0.0; _];
    point[..dims].copy_from_slice(&[0.3, -0.7, 0.5]);
    let mut slopes = vec![0.0; dims * ROW];
    trend.write_slopes(&point, &mut slopes);
    for dim in 0..dims {
        let (mut below, mut above) = (point, point);
        below[dim] -= 0.01;
        above[dim] += 0.01;
        for output in 0..outputs {
            let difference = (change(&above)[output] - change(&below)[output]) / 0.02;
            let slope = slopes[dim * ROW + output];
            assert!((slope - difference).abs() < 1e-3, "{slope} {difference}");
        }
    }
}

/// The nearest concave matrix to `M` is `P` with `P <= 0`, `P - M >= 0` and `P (P - M) = 0`: checked
/// through random directions and a product.
#[test]
fn the_concave_part_is_the_nearest() {
    let mut random = Random::new(7);
    let n = 5;
    let mut matrix = vec![0.0; n * ROW];
    for i in 0..n {
        for j in i..n {
            let value = uniform(&mut random);
            matrix[i * ROW + j] = value;
            matrix[j * ROW + i] = value;
        }
    }
    let mut concave = matrix.clone();
    make_concave(n, ROW, &mut concave);
    let form = |m: &[f32], x: &[f32]| -> f32 {
        (0..n).map(|i| (0..n).map(|j| x[i] * m[i * ROW + j] * x[j]).sum::<f32>()).sum()
    };
    for _ in 0..200 {
        let x: Vec<f32> = (0..n).map(|_| uniform(&mut random)).collect();
        assert!(form(&concave, &x) <= 1e-5);
        assert!(form(&concave, &x) <= form(&matrix, &x) + 1e-5);
    }
    for i in 0..n {
        for j in 0..n {
            let entry = |k: usize| concave[k * ROW + j] - matrix[k * ROW + j];
            let product: f32 = (0..n).map(|k| concave[i * ROW + k] * entry(k)).sum();
            assert!(product.abs() < 1e-5, "{product}");
        }
    }
}

#[test]
fn what_is_not_a_number_has_no_concave_part() {
    let mut matrix = vec![f32::NAN; 3 * ROW];
    make_concave(3, ROW, &mut matrix);
    assert!(matrix.iter().all(|&value| value == 0.0));
}

/// A cart on a line: `x' = x + 0.3 v`, `v' = v + b u`, rewarded by `-(x'^2 + 0.1 v'^2 + 0.5 u^2)`.
fn cart(push: f64) -> Outlook {
    let mut outlook = Outlook::new(Kernel::detect(), 2, 3);
    let features = outlook.change.features;
    let mut change = vec![0.0; features.count() * 2];
    change[2 * 2] = 0.3;
    change[3 * 2 + 1] = push;
    let mut reward = vec![0.0; features.count()];
    for (dim, factor) in [(0, -1.0), (1, -0.1), (2, -0.5)] {
        reward[features.product(dim, dim)] = factor;
    }
    outlook.learn(&change, &reward);
    outlook
}

/// The regulator of the cart by Riccati's recursion: the actions from a start.
fn riccati(push: f64, mut state: [f64; 2]) -> Vec<f64> {
    let (a, b) = ([[1.0, 0.3], [0.0, 1.0]], [0.0, push]);
    let mut cost = [[0.0; 2]; 2];
    let mut gains = Vec::new();
    for _ in 0..PLAN_HORIZON {
        let ahead = [[cost[0][0] + 1.0, cost[0][1]], [cost[1][0], cost[1][1] + 0.1]];
        let times = |m: &[[f64; 2]; 2], v: [f64; 2]| m.map(|r| r[0] * v[0] + r[1] * v[1]);
        let column = |j: usize| [a[0][j], a[1][j]];
        let dot = |x: [f64; 2], y: [f64; 2]| x[0] * y[0] + x[1] * y[1];
        let own = 0.5 + dot(b, times(&ahead, b));
        let mixed: [f64; 2] = std::array::from_fn(|j| dot(b, times(&ahead, column(j))));
        gains.push([mixed[0] / own, mixed[1] / own]);
        cost = std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                dot(column(i), times(&ahead, column(j))) - mixed[i] * mixed[j] / own
            })
        });
    }
    let mut actions = Vec::new();
    for gain in gains.iter().rev() {
        let u = -(gain[0] * state[0] + gain[1] * state[1]);
        actions.push(u);
        state = [state[0] + 0.3 * state[1], state[1] + push * u];
    }
    actions
}

fn optimise(outlook: &Outlook, start: &Point, units: u32) -> (Course, Work) {
    let (mut course, mut trial) = (Course::new(), Course::new());
    let mut improver = Improver::new(Kernel::detect(), 2, 3);
    let mut work = Work::new(units);
    course.follow(outlook, start, |_, _| {});
    improver.begin();
    for _ in 0..20 {
        let courses = (&mut course, &mut trial);
        if improver.attempt(outlook, courses, start, &mut work) == Attempt::Settled {
            break;
        }
    }
    (course, work)
}

#[test]
fn a_linear_quadratic_plan_is_riccatis() {
    let mut start: Point = [0.0; _];
    start[..2].copy_from_slice(&[0.4, -0.2]);
    let (course, _) = optimise(&cart(0.2), &start, u32::MAX);
    for (step, expected) in course.steps.iter().zip(riccati(0.2, [0.4, -0.2])) {
        assert!(expected.abs() < 0.9, "the bounds are not touched");
        assert!((f64::from(step[2]) - expected).abs() < 2e-3, "{} {expected}", step[2]);
    }
}

/// Pushing too weakly to get there, all that is possible is done, and never more.
#[test]
fn bounds_of_actions_are_respected() {
    let mut start: Point = [0.0; _];
    start[..2].copy_from_slice(&[3.0, 0.0]);
    let (course, _) = optimise(&cart(0.05), &start, u32::MAX);
    assert!(course.steps.iter().all(|step| (-1.0..=1.0).contains(&step[2])));
    assert_eq!(course.steps[0][2], -1.0);
}

#[test]
fn work_is_never_exceeded_and_the_course_never_worse() {
    let mut start: Point = [0.0; _];
    start[..2].copy_from_slice(&[1.5, 0.5]);
    let outlook = cart(0.2);
    let (idle, _) = optimise(&outlook, &start, 0);
    let mut best = idle.earned;
    for units in [0, 10, BACKWARD_UNITS, BACKWARD_UNITS + ROLLOUT_UNITS, 1_000, 10_000] {
        let (course, work) = optimise(&outlook, &start, units);
        assert!(work.used() <= units);
        assert!(course.earned >= best, "{units}: {} {best}", course.earned);
        best = course.earned;
    }
    assert!(best > idle.earned);
}

/// A quadratic world of which every tenth experience is thrown off: what is learned of it, through
/// sweeps with and without re-weighting.
#[test]
fn planted_outliers_are_weighed_down() {
    let config = Config {
        sensors: 1,
        actions: ActionSpace::continuous([(-1.0, 1.0)]),
        policy: Policy::Value,
        budget: Budget::Experiences(500),
        ..Config::default()
    };
    let mut known = Experiences::new(&config).unwrap();
    let mut random = Random::new(11);
    let change = |x: f32, u: f32| 0.3 * u - 0.2 * x + 0.1 * x * u;
    for at in 0..400 {
        let (x, u) = (uniform(&mut random), uniform(&mut random));
        let thrown = if at % 10 == 0 { 2.0 } else { 0.0 };
        let outcome = [x + change(x, u) + thrown];
        let facts = Facts {
            outcome: &outcome,
            part: 0,
            reward: x,
            ended: false,
            time_us: 0,
            surprise: 0.0,
            confidence: 1.0,
            origin: Origin::Own,
        };
        known.insert(&[x, u], facts);
    }
    let ActionSpace::Continuous(bounds) = &config.actions else { unreachable!() };
    let mut frame = Frame::new(1, bounds);
    let mut outlook = Outlook::new(known.kernel, 1, 2);
    let mut sweep = Sweep::new(1, 2, &frame);
    sweep.begin(&known);
    let mut errors = Vec::new();
    for _ in 0..6 {
        while sweep.advance(&known, (&frame, &outlook), 50).1 == Progress::UnderWay {}
        sweep.adopt(&known.scale, &mut frame, &mut outlook);
        let mut worst = 0.0_f32;
        for raw in [[0.5, 0.5], [-0.5, 0.2], [0.0, -0.9]] {
            let (mut point, mut raw_next): (Point, Point) = ([0.0; _], [0.0; _]);
            frame.place(&raw, &mut point);
            let next = outlook.next(0, &point);
            frame.raw(&next[..2], &mut raw_next);
            worst = worst.max((raw_next[0] - raw[0] - change(raw[0], raw[1])).abs());
        }
        errors.push(worst);
    }
    assert!(errors[0] > 0.1, "one sweep is thrown off: {errors:?}");
    assert!(errors[5] < 0.02, "six are not: {errors:?}");
}
