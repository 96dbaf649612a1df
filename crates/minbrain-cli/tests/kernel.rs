//! `MINBRAIN_KERNEL` as its users meet it.

mod program;

use minbrain::Isa;
use minbrain::recall::Recall;
use program::{json_lines, minbrain, run};

const BENCH: [&str; 8] =
    ["bench", "prediction", "--steps", "1200", "--budget", "100", "--json", "--policy=coverage"];

#[test]
fn the_environment_chooses_the_instructions() {
    let mut errors = Vec::new();
    for isa in Isa::ALL {
        let said = run(minbrain().env("MINBRAIN_KERNEL", isa.name()).args(BENCH));
        if Recall::with_isa(1, 1, Some(isa)).is_ok() {
            assert_eq!(said.status, 0, "{}", said.err);
            errors.push((isa, json_lines(&said.out)[0]["nrmse"].as_f64().unwrap()));
        } else {
            assert_eq!(said.status, 1);
            assert!(said.err.contains("isa: expected one of scalar portable"), "{}", said.err);
            assert!(said.err.contains(isa.name()), "{}", said.err);
        }
    }
    // Sums come in another order, which shows in the last digits: that is how we know it was heard.
    assert!(errors.len() >= 2 && errors[0].1 != errors[1].1, "{errors:?}");
    assert!(errors.iter().all(|(_, error)| (error / errors[0].1 - 1.0).abs() < 1e-3), "{errors:?}");
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let said = run(minbrain().env("MINBRAIN_KERNEL", "abacus").args(BENCH));
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    for isa in Isa::ALL {
        assert!(said.err.contains(isa.name()), "{}", said.err);
    }
    assert!(said.err.contains("MINBRAIN_KERNEL") && said.err.contains("abacus"), "{}", said.err);
}

#[test]
fn help_tells_of_it() {
    assert!(run(minbrain().arg("--help")).out.contains("MINBRAIN_KERNEL"));
}
