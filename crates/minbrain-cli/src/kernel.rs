//! Which instructions the environment asks for.

use std::env;

use minbrain::Isa;
use thiserror::Error;

/// The variable that names them.
pub(crate) const VARIABLE: &str = "MINBRAIN_KERNEL";

/// The variable names no instructions that we know.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("{VARIABLE}: expected one of {expected}, got {got:?}")]
pub(crate) struct UnknownKernel {
    expected: String,
    got: String,
}

/// The instructions that the environment asks for; `None` for the fastest there are.
///
/// # Errors
/// [`UnknownKernel`] if it names others than we know. Whether this processor has them is for the
/// brain to say.
pub(crate) fn from_environment() -> Result<Option<Isa>, UnknownKernel> {
    env::var_os(VARIABLE).map(|name| named(&name.to_string_lossy())).transpose()
}

fn named(name: &str) -> Result<Isa, UnknownKernel> {
    Isa::from_name(name).ok_or_else(|| UnknownKernel {
        expected: Isa::ALL.map(Isa::name).join(", "),
        got: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_and_no_other() {
        for isa in Isa::ALL {
            assert_eq!(named(isa.name()), Ok(isa));
        }
        for wrong in ["", "AVX2", "abacus"] {
            let refused = named(wrong).unwrap_err().to_string();
            assert!(refused.contains("scalar, portable, avx2, avx512, neon"), "{refused}");
            assert!(refused.contains(&format!("{wrong:?}")), "{refused}");
        }
    }
}
