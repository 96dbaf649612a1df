//! Metrics, in the text format of Prometheus.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use minbrain::Stats;

use crate::runtime::Shared;

/// What is known of one brain at one moment.
struct Sample {
    number: u32,
    stats: Stats,
    quantiles_us: [f64; 3],
    cycles: u64,
    missed: u64,
}

/// The share of cycles that each quantile speaks of.
const QUANTILES: [f64; 3] = [0.5, 0.99, 0.999];

pub(crate) async fn metrics(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let text = tokio::task::spawn_blocking(move || write(&shared)).await.unwrap_or_default();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

fn write(shared: &Shared) -> String {
    let mut out = String::new();
    let (strangers, turned_away) = shared.gate.counts();
    let robots = shared.roster.robots().len();
    let own = [
        ("minbrain_robots", "gauge", "Robots that are connected.", robots as f64),
        (
            "minbrain_robots_seen_total",
            "counter",
            "Robots that ever connected.",
            shared.roster.robots_seen() as f64,
        ),
        (
            "minbrain_strangers",
            "gauge",
            "Peers that have not introduced themselves yet.",
            strangers as f64,
        ),
        (
            "minbrain_turned_away_total",
            "counter",
            "Peers turned away, since there were too many.",
            turned_away as f64,
        ),
        (
            "minbrain_uptime_seconds",
            "gauge",
            "Time since the server started.",
            shared.began.elapsed().as_secs_f64(),
        ),
    ];
    for (name, kind, help, value) in own {
        head(&mut out, (name, kind, help));
        let _ = writeln!(out, "{name} {value}");
    }
    let samples = samples(shared);
    for (name, kind, help, value) in PER_BRAIN {
        head(&mut out, (name, kind, help));
        for sample in &samples {
            let _ = writeln!(out, "{name}{{brain=\"{}\"}} {}", sample.number, value(sample));
        }
    }
    let name = "minbrain_cycle_seconds";
    head(&mut out, (name, "gauge", "How long the cycles of the last seconds took."));
    for sample in &samples {
        for (quantile, us) in QUANTILES.iter().zip(sample.quantiles_us) {
            let labels = format!("brain=\"{}\",quantile=\"{quantile}\"", sample.number);
            let _ = writeln!(out, "{name}{{{labels}}} {}", us / 1e6);
        }
    }
    out
}

/// A metric of each brain: name, kind, help, and how it is read.
type PerBrain = (&'static str, &'static str, &'static str, fn(&Sample) -> f64);

const PER_BRAIN: [PerBrain; 14] = [
    ("minbrain_experiences", "gauge", "Experiences kept.", |s| s.stats.experiences as f64),
    ("minbrain_capacity_experiences", "gauge", "Most experiences that may be kept.", |s| {
        s.stats.capacity as f64
    }),
    ("minbrain_experience_bytes", "gauge", "Bytes that experiences take.", |s| {
        (s.stats.bytes + s.stats.bytes_fixed) as f64
    }),
    ("minbrain_cycles_total", "counter", "Control cycles served.", |s| s.cycles as f64),
    ("minbrain_learned_total", "counter", "Outcomes learned from.", |s| s.stats.learned as f64),
    ("minbrain_forgotten_total", "counter", "Experiences forgotten.", |s| s.stats.forgotten as f64),
    (
        "minbrain_outliers_total",
        "counter",
        "Experiences with a reading far outside of what is usual.",
        |s| s.stats.outliers as f64,
    ),
    ("minbrain_bootstraps_total", "counter", "Decisions at random.", |s| s.stats.bootstraps as f64),
    ("minbrain_missed_deadlines_total", "counter", "Requests answered with the fallback.", |s| {
        s.missed as f64
    }),
    ("minbrain_gpu_in_use", "gauge", "1 if a GPU answers past the crossover.", |s| {
        f64::from(u8::from(s.stats.gpu.is_in_use))
    }),
    ("minbrain_gpu_answered_total", "counter", "Recalls that a GPU answered.", |s| {
        s.stats.gpu.answered as f64
    }),
    (
        "minbrain_gpu_passed_back_total",
        "counter",
        "Recalls past the crossover that the processor answered.",
        |s| s.stats.gpu.dispatched.saturating_sub(s.stats.gpu.answered) as f64,
    ),
    ("minbrain_gpu_losses_total", "counter", "GPUs that were lost.", |s| s.stats.gpu.losses as f64),
    ("minbrain_surprise", "gauge", "Moving average of surprise.", |s| f64::from(s.stats.surprise)),
];

fn head(out: &mut String, (name, kind, help): (&str, &str, &str)) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// A brain that does not answer is left out.
fn samples(shared: &Shared) -> Vec<Sample> {
    let ask = |hosted: crate::brains::hosted::Hosted| {
        let number = hosted.number;
        hosted.ask(move |brain, pulse| Sample {
            number,
            stats: brain.stats(),
            quantiles_us: QUANTILES.map(|share| pulse.recent.quantile_us(share)),
            cycles: pulse.cycles,
            missed: pulse.missed,
        })
    };
    shared.roster.brains().into_iter().filter_map(|hosted| ask(hosted).ok()).collect()
}
