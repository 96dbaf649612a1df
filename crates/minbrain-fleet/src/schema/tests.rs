use minbrain::{ActionSpace, Bounds, Forgetting, Metric};

use super::{Keep, Layout, Quantisation, Schema};
use crate::error::FleetError;
use crate::lift::Scale;

fn layout(sensors: usize) -> Layout {
    let actions = ActionSpace::Continuous(vec![Bounds { low: -1.0, high: 1.0 }]);
    Layout { sensors, actions, metric: Metric::Euclidean }
}

fn schema() -> Schema {
    let keep = Keep {
        budget: 77,
        banks: 5,
        forgetting: Forgetting::Utility,
        quantisation: Quantisation::None,
    };
    let scale = Scale { centre: vec![0.1, -1e20, 3.0], deviation: vec![1e-9, 2.5, 1e7] };
    Schema::new("arm", &layout(3), keep, scale)
}

#[test]
fn a_schema_comes_back_as_it_was_written() {
    let schema = schema();
    assert_eq!(Schema::from_text("arm", &schema.to_text()).unwrap(), schema);
}

#[test]
fn robots_of_another_kind_are_refused_with_what_differs() {
    let schema = schema();
    assert_eq!(schema.check(&layout(3)), Ok(()));
    let refused = schema.check(&layout(4)).unwrap_err();
    assert_eq!(refused.to_string(), "fleet: schema arm: sensors: expected 4, found 3");
    let mut other = layout(3);
    other.actions = ActionSpace::discrete(2);
    let refused = schema.check(&other).unwrap_err().to_string();
    assert!(refused.contains("actions: expected 2 discrete ones, found 1 continuous"), "{refused}");
    other = layout(3);
    other.metric = Metric::Cosine;
    assert!(schema.check(&other).is_err());
}

#[test]
fn another_format_is_named() {
    let text = schema().to_text().replace("format 1", "format 9");
    let error = Schema::from_text("arm", &text).unwrap_err();
    assert_eq!(error, FleetError::Version { schema: "arm".into(), expected: 1, found: 9 });
}

#[test]
fn damage_is_refused_line_by_line() {
    let whole = schema().to_text();
    for (at, _) in whole.lines().enumerate().skip(1) {
        let lines = whole.lines().enumerate().filter(|(other, _)| *other != at);
        let text: String = lines.map(|(_, line)| format!("{line}\n")).collect();
        assert!(Schema::from_text("arm", &text).is_err(), "without line {at}");
    }
    for (what, with) in
        [("2.5e0", "NaN"), ("2.5e0", "-1"), ("banks 5", "banks 0"), ("utility", "luck")]
    {
        assert!(Schema::from_text("arm", &whole.replace(what, with)).is_err(), "{what} as {with}");
    }
}
