//! Whether a GPU helps the brains of this program, and from where on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use etcetera::BaseStrategy;
use minbrain::gpu::{Gpu, GpuError, GpuHelp, Which};
use minbrain::limits::MAX_EXPERIENCES;
use minbrain::{BrainBuilder, Crossover, Profile};

use crate::failure::Failure;

/// The name of the profile, in a directory of our own where the platform keeps settings.
const FILE: &str = "crossover.profile";
const DIRECTORY: &str = "minbrain";
/// Fewer experiences than this are never put to a GPU.
const FEWEST: u64 = 1_000;

/// Whether and from where on a GPU is asked.
#[derive(Clone, Debug, Args)]
pub(crate) struct GpuArgs {
    /// Whether a GPU is asked past the crossover; answers are the same either way
    #[arg(long, value_name = "WHICH", default_value = "auto")]
    gpu: GpuName,
    /// Ask it above so many experiences, whatever was measured
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(FEWEST..=MAX_EXPERIENCES as u64))]
    gpu_above: Option<usize>,
    /// What `minbrain bench crossover` measured [default: where the platform keeps settings]
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

/// Which GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GpuName {
    /// A real one, if there is any
    Auto,
    /// None
    Off,
    /// A program on the processor, as slow as it is: for trying things out
    Software,
}

/// A GPU, and from where on it is asked.
#[derive(Clone, Debug)]
pub(crate) struct GpuChoice {
    help: GpuHelp,
    source: Source,
}

/// Where the crossover comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// Set by hand.
    Hand(Crossover),
    /// Measured on this card.
    Measured(Profile),
    /// The guide's, since nothing was measured on it.
    Guide,
}

impl GpuArgs {
    /// The GPU that is asked, for brains of at most so many experiences; `None` for none, which is no
    /// failure unless one was asked for by name.
    ///
    /// # Errors
    /// [`Failure`] if the adapter that was asked for is not there, or the profile that was named
    /// cannot be read.
    pub(crate) fn choose(&self, budget: usize) -> Result<Option<GpuChoice>, Failure> {
        let is_hopeless = self.gpu == GpuName::Auto && !has_device_file();
        if self.gpu == GpuName::Off || budget as u64 <= FEWEST {
            return Ok(None);
        }
        let profile = match &self.profile {
            Some(path) => Some(read(path)?),
            None => {
                usual_place().ok().filter(|path| path.exists()).map(|p| read(&p)).transpose()?
            }
        };
        let opened = match self.gpu {
            _ if is_hopeless => return Ok(None),
            GpuName::Software => Gpu::open(Which::Software)?,
            _ => match Gpu::open(Which::Real) {
                Ok(gpu) => gpu,
                Err(GpuError::NoAdapter { .. }) => return Ok(None),
                Err(other) => return Err(other.into()),
            },
        };
        let source = match (self.gpu_above, profile) {
            (Some(above), _) => Source::Hand(Crossover::above(Some(above), Some(above))?),
            (None, Some(profile)) if profile.card == opened.card().name => {
                Source::Measured(profile)
            }
            _ => Source::Guide,
        };
        Ok(Some(GpuChoice { help: GpuHelp::new(opened), source }))
    }
}

impl GpuChoice {
    /// Gives it to a brain whose keys have so many dimensions.
    pub(crate) fn equip(&self, builder: BrainBuilder, dims: usize) -> BrainBuilder {
        builder.gpu(self.help.clone()).crossover(self.source.crossover(dims))
    }
}

impl Source {
    fn crossover(&self, dims: usize) -> Crossover {
        match self {
            Self::Hand(crossover) => *crossover,
            Self::Measured(profile) => profile.crossover(dims),
            Self::Guide => Crossover::GUIDE,
        }
    }
}

/// Files of which a GPU that programs can reach has one, on Linux: those of the kernel's own drivers,
/// NVIDIA's, AMD's for computing, Windows' for its guests, and those of small boards.
const DEVICE_FILES: [&str; 8] = [
    "/dev/dri",
    "/dev/nvidia0",
    "/dev/nvidiactl",
    "/dev/kfd",
    "/dev/dxg",
    "/dev/nvhost-gpu",
    "/dev/mali0",
    "/dev/kgsl-3d0",
];

/// Whether it is worth loading any driver: that takes time, and some have something to say to everybody
/// who loads them.
fn has_device_file() -> bool {
    !cfg!(target_os = "linux") || DEVICE_FILES.iter().any(|file| Path::new(file).exists())
}

/// Where the platform keeps settings.
///
/// # Errors
/// [`Failure::NoPlace`] where it has no such place.
pub(crate) fn usual_place() -> Result<PathBuf, Failure> {
    let base = etcetera::choose_base_strategy().map_err(|_| Failure::NoPlace)?;
    Ok(base.config_dir().join(DIRECTORY).join(FILE))
}

fn read(path: &Path) -> Result<Profile, Failure> {
    let text = fs::read_to_string(path).map_err(|source| at(path, source))?;
    text.parse().map_err(|source| Failure::Profile { path: path.to_path_buf(), source })
}

/// Writes a profile as a whole or not at all.
///
/// # Errors
/// [`Failure::File`] with the path.
pub(crate) fn write(path: &Path, profile: &Profile) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| at(folder, source))?;
    }
    let beside = path.with_extension("new");
    fs::write(&beside, profile.to_string()).map_err(|source| at(&beside, source))?;
    fs::rename(&beside, path).map_err(|source| at(path, source))
}

fn at(path: &Path, source: io::Error) -> Failure {
    Failure::File { path: path.to_path_buf(), source }
}
