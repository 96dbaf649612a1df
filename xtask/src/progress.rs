//! Runs steps one after the other and says, in a line each, what runs and how it went.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::steps::{Need, Step, Work};

/// Runs `steps` up to the first that fails; true if all hold.
pub(crate) fn run(steps: &[Step], root: &Path, out: &mut dyn Write) -> io::Result<bool> {
    if !all_needs_are_met(steps, root, out)? {
        return Ok(false);
    }
    let start = Instant::now();
    for (at, step) in steps.iter().enumerate() {
        writeln!(out, "[{}/{}] {}: {}", at + 1, steps.len(), step.name, step.about)?;
        out.flush()?;
        let step_start = Instant::now();
        let holds = perform(&step.work, root, out)?;
        let seconds = step_start.elapsed().as_secs_f64();
        if !holds {
            writeln!(out, "{} failed after {seconds:.1} s; its messages stand above.", step.name)?;
            if steps.len() > 1 {
                writeln!(out, "To run only this step again: cargo xtask {}", step.name)?;
            }
            return Ok(false);
        }
        writeln!(out, "[{}/{}] {}: ok in {seconds:.1} s", at + 1, steps.len(), step.name)?;
    }
    if steps.len() > 1 {
        let seconds = start.elapsed().as_secs_f64();
        writeln!(out, "all {} steps passed in {seconds:.1} s", steps.len())?;
    }
    Ok(true)
}

/// Asks for everything at once and first: nobody should wait for the tests to learn of a missing tool.
fn all_needs_are_met(steps: &[Step], root: &Path, out: &mut dyn Write) -> io::Result<bool> {
    let needs = steps.iter().filter_map(|step| step.needs.as_ref().map(|need| (step.name, need)));
    let missing: Vec<(&str, &Need)> = needs.filter(|(_, need)| !is_met(need, root)).collect();
    for (name, need) in &missing {
        let probe = need.probe.join(" ");
        writeln!(out, "{name}: `{probe}` does not run; to install it, type: {}", need.remedy)?;
    }
    Ok(missing.is_empty())
}

fn is_met(need: &Need, root: &Path) -> bool {
    let probe =
        command(need.probe).current_dir(root).stdout(Stdio::null()).stderr(Stdio::null()).status();
    probe.is_ok_and(|status| status.success())
}

/// A child shares this program's process group, so that Ctrl-C ends both.
fn perform(work: &Work, root: &Path, out: &mut dyn Write) -> io::Result<bool> {
    match work {
        Work::Inside(chore) => chore(root, out),
        Work::Program { line, with } => succeeds(line, (root, with), out),
    }
}

/// Runs a program in a folder, with more in its environment; true if it ends with 0.
pub(crate) fn succeeds(
    line: &[&str],
    (folder, with): (&Path, &[(&str, &str)]),
    out: &mut dyn Write,
) -> io::Result<bool> {
    match command(line).current_dir(folder).envs(with.iter().copied()).status() {
        Ok(status) => Ok(status.success()),
        Err(error) => {
            writeln!(out, "`{}` does not start: {error}", line.join(" "))?;
            Ok(false)
        }
    }
}

fn command(line: &[&str]) -> Command {
    let program = match line[0] {
        "cargo" => env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")),
        other => OsString::from(other),
    };
    let mut command = Command::new(program);
    command.args(&line[1..]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLDS: Step =
        Step { name: "holds", about: "always", needs: None, work: Work::Inside(|_, _| Ok(true)) };
    const BREAKS: Step =
        Step { name: "breaks", about: "never", needs: None, work: Work::Inside(|_, _| Ok(false)) };
    const ABSENT: &[&str] = &["no-such-program-anywhere"];

    fn told(steps: &[Step]) -> (bool, String) {
        let mut text = Vec::new();
        let holds = run(steps, Path::new("."), &mut text).unwrap();
        (holds, String::from_utf8(text).unwrap())
    }

    #[test]
    fn all_steps_run_in_order_and_are_timed() {
        let (holds, text) = told(&[HOLDS, HOLDS]);
        assert!(holds);
        assert!(text.starts_with("[1/2] holds: always\n[1/2] holds: ok in "), "{text}");
        assert!(text.contains("all 2 steps passed in "), "{text}");
    }

    #[test]
    fn the_first_failing_step_ends_the_run_and_is_named() {
        let (holds, text) = told(&[HOLDS, BREAKS, HOLDS]);
        assert!(!holds);
        assert!(text.ends_with("To run only this step again: cargo xtask breaks\n"), "{text}");
        assert!(!text.contains("[3/3]"), "{text}");
    }

    #[test]
    fn a_missing_need_is_told_before_any_step_runs() {
        let needs = Some(Need { probe: ABSENT, remedy: "install it so" });
        let (holds, text) = told(&[HOLDS, Step { needs, ..HOLDS }]);
        assert!(!holds);
        assert!(text.ends_with("type: install it so\n"), "{text}");
        assert!(!text.contains("[1/2]"), "{text}");
    }

    #[test]
    fn a_program_that_fails_or_is_absent_fails_its_step() {
        let failing = Work::Program { line: &["false"], with: &[] };
        assert!(!told(&[Step { work: failing, ..HOLDS }]).0);
        let (holds, text) =
            told(&[Step { work: Work::Program { line: ABSENT, with: &[] }, ..HOLDS }]);
        assert!(!holds);
        assert!(text.contains("does not start"), "{text}");
    }
}
