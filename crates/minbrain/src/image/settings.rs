//! The settings of a brain as bytes.

use minbrain_kernels::Isa;

use crate::action::{ActionSpace, Bounds};
use crate::budget::Budget;
use crate::config::{Config, Exploration, Forgetting, Hold, Policy};
use crate::image::{Image, ImageError, Reader, Writer, fixed, write_choice};
use crate::limits::MAX_ACTION_DIMS;
use crate::metric::Metric;
use crate::space::Effort;

/// What there is to choose from, each by its place. New ones come last.
const POLICIES: [Policy; 3] = [Policy::Consensus, Policy::Value, Policy::Imitation];
const EXPLORATIONS: [Exploration; 2] = [Exploration::Annealed, Exploration::Off];
const FORGETTINGS: [Forgetting; 5] = [
    Forgetting::Coverage,
    Forgetting::Utility,
    Forgetting::Fifo,
    Forgetting::Random,
    Forgetting::None,
];
const METRICS: [Metric; 2] = [Metric::Euclidean, Metric::Cosine];

fixed!(Bounds { low: f32, high: f32 });

/// Kinds that carry a number: which one, and the number.
type Numbered = (u8, usize);

/// Writes every setting.
pub(super) fn write(config: &Config, out: &mut Writer<'_>) {
    config.sensors.write(out);
    write_actions(&config.actions, out);
    let budget: Numbered = match config.budget {
        Budget::Experiences(count) => (0, count),
        Budget::Bytes(bytes) => (1, bytes),
    };
    budget.write(out);
    write_choice(out, &config.policy, &POLICIES);
    write_choice(out, &config.exploration, &EXPLORATIONS);
    let hold: Numbered = match config.hold {
        Hold::Cycles(cycles) => (0, cycles as usize),
        Hold::Measured => (1, 0),
    };
    hold.write(out);
    config.plan_units.write(out);
    config.history.write(out);
    write_choice(out, &config.forgetting, &FORGETTINGS);
    write_choice(out, &config.metric, &METRICS);
    config.seed.write(out);
    out.fixed(&[config.neighbours, config.associations]);
    out.fixed(&[config.min_similarity, config.spread_per_hop, config.decay_per_cycle]);
    config.cycle_period_us.write(out);
    let effort: Numbered = match config.recall_effort {
        Effort::Exact => (0, 0),
        Effort::Blocks(count) => (1, count as usize),
    };
    effort.write(out);
    let isa = config.isa.and_then(|isa| Isa::ALL.iter().position(|&other| other == isa));
    isa.write(out);
}

/// Reads what [`write`] has written; whether it is in range is not checked.
pub(super) fn read(from: &mut Reader<'_>) -> Result<Config, ImageError> {
    let sensors = from.one()?;
    let actions = read_actions(from)?;
    let budget = match from.one::<Numbered>()? {
        (0, count) => Budget::Experiences(count),
        (1, bytes) => Budget::Bytes(bytes),
        _ => return Err(from.expected("a budget")),
    };
    let policy = from.choice(&POLICIES)?;
    let exploration = from.choice(&EXPLORATIONS)?;
    let hold = match from.one::<Numbered>()? {
        (0, cycles) => Hold::Cycles(cycles.try_into().unwrap_or(u32::MAX)),
        (1, _) => Hold::Measured,
        _ => return Err(from.expected("a hold")),
    };
    let plan_units = from.one()?;
    let history = from.one()?;
    let forgetting = from.choice(&FORGETTINGS)?;
    let metric = from.choice(&METRICS)?;
    let seed = from.one()?;
    let [neighbours, associations] = from.one()?;
    let [min_similarity, spread_per_hop, decay_per_cycle] = from.one()?;
    let cycle_period_us = from.one()?;
    let recall_effort = match from.one::<Numbered>()? {
        (0, _) => Effort::Exact,
        (1, count) => Effort::Blocks(count.try_into().unwrap_or(u32::MAX)),
        _ => return Err(from.expected("an effort of recall")),
    };
    let isa = match from.one::<Option<usize>>()? {
        None => None,
        Some(at) => Some(*Isa::ALL.get(at).ok_or_else(|| from.expected("known instructions"))?),
    };
    Ok(Config {
        sensors,
        actions,
        budget,
        policy,
        exploration,
        hold,
        plan_units,
        history,
        forgetting,
        metric,
        seed,
        neighbours,
        associations,
        min_similarity,
        spread_per_hop,
        decay_per_cycle,
        cycle_period_us,
        recall_effort,
        isa,
    })
}

fn write_actions(actions: &ActionSpace, out: &mut Writer<'_>) {
    let (kind, bounds): (Numbered, &[Bounds]) = match actions {
        ActionSpace::Discrete(count) => ((0, *count), &[]),
        ActionSpace::Continuous(bounds) => ((1, bounds.len()), bounds),
    };
    kind.write(out);
    out.fixed(bounds);
}

fn read_actions(from: &mut Reader<'_>) -> Result<ActionSpace, ImageError> {
    match from.one::<Numbered>()? {
        (0, count) => Ok(ActionSpace::Discrete(count)),
        (1, dims) if dims <= MAX_ACTION_DIMS => {
            let mut bounds = Vec::with_capacity(dims);
            from.each(dims, |bound| bounds.push(bound))?;
            Ok(ActionSpace::Continuous(bounds))
        }
        _ => Err(from.expected("an action space")),
    }
}
