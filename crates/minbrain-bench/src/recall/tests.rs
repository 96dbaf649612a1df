//! That a measurement measures what it says.

use super::*;

#[test]
fn every_neighbour_is_found_fresh_and_after_turnovers() {
    for turnover in [0, 3] {
        let settings = RecallSettings { queries: 60, turnover, ..RecallSettings::default() };
        for vectors in [Vectors::trajectory(6, 1_500, 100, 1), Vectors::gaussian(6, 1_500, 100, 1)]
        {
            let row = recall(&vectors, 500, &settings).unwrap();
            assert_eq!((row.recall, row.checked), (1.0, 60), "{row:?}");
            assert_eq!((row.experiences, row.dims, row.turnover), (500, 6, turnover));
            assert_eq!(row.ratio_to_fresh.is_some(), turnover > 0);
            assert!(row.work_share > 0.0 && row.ratio_to_floats > 1.0);
            for latency in [row.query, row.delete, row.insert, row.step, row.scan] {
                let Quantiles { p50_us, p99_us, p999_us, max_us } = latency;
                assert!(0.0 < p50_us && p50_us <= p99_us && p99_us <= p999_us);
                assert!(p999_us <= max_us);
            }
        }
    }
}

#[test]
fn a_wrong_neighbour_lowers_the_recall() {
    let vectors = Vectors::gaussian(4, 300, 40, 1);
    let settings = RecallSettings { queries: 40, ..RecallSettings::default() };
    let mut trial = Trial::new(&vectors, 200, &settings).unwrap();
    trial.fill().unwrap();
    assert_eq!(trial.check().unwrap(), (1.0, 40));
    // Say of two vectors that each is the other.
    trial.slots.swap(3, 150);
    let (recall, _) = trial.check().unwrap();
    assert!(recall < 1.0);
}

#[test]
fn what_cannot_be_measured_is_said() {
    let vectors = Vectors::gaussian(4, 30, 10, 1);
    let refused = |size, k| {
        let settings = RecallSettings { k, ..RecallSettings::default() };
        recall(&vectors, size, &settings).unwrap_err().to_string()
    };
    assert!(refused(30, 16).contains("1 to 29"));
    assert!(refused(20, 0).contains("1 to 256"));
    assert!(refused(20, 257).contains("257"));
}
