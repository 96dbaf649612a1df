//! Blocks of experiences that stay on the GPU.

use minbrain_kernels::{LANES, Lanes};

use crate::ask::Scratch;
use crate::chunks::Chunks;
use crate::error::{GpuError, within};
use crate::gpu::Gpu;
use crate::hidden::Hidden;
use crate::limits::{MAX_BATCH, MAX_NEIGHBOURS, MAX_ROWS, UPLOAD_BYTES};
use crate::packing::{Packing, Precision};
use crate::proof::{Question, bound};
use crate::ticket::Ticket;

/// What the rows of a block are, and how they are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows of a block: one for each dimension.
    pub rows: usize,
    /// The first so many rows are the components of directions of length 1, compared by one minus
    /// their dot product. The others are compared by the weighted squared distance, and both are
    /// added.
    pub directions: usize,
}

impl Shape {
    /// All rows by the weighted squared distance.
    pub fn euclidean(rows: usize) -> Self {
        Self { rows, directions: 0 }
    }
}

/// Who lives in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenancy {
    /// How many lanes are taken, the first ones.
    pub count: usize,
    /// Which part they belong to, below 2^24.
    pub part: u32,
}

/// Blocks of experiences on a GPU, and questions to them.
#[derive(Debug)]
pub struct Resident {
    pub(crate) gpu: Gpu,
    pub(crate) shape: Shape,
    pub(crate) packing: Packing,
    pub(crate) chunks: Hidden<Chunks>,
    /// One more than the last block that was written.
    pub(crate) blocks: usize,
    gathered: Gathered,
    pub(crate) scratch: Hidden<Scratch>,
}

/// Blocks side by side that wait to be sent.
#[derive(Debug, Default)]
struct Gathered {
    first: usize,
    words: Vec<u32>,
    tenancies: Vec<u32>,
}

impl Resident {
    /// Nothing yet, in full precision. Blocks take `4 * 64` bytes per row.
    ///
    /// # Errors
    /// [`GpuError::Input`] for 0 or more than 320 rows, or more directions than rows;
    /// [`GpuError::Lost`].
    pub fn new(gpu: &Gpu, shape: Shape) -> Result<Self, GpuError> {
        Self::with_precision(gpu, shape, &Precision::Full)
    }

    /// The same in this precision.
    ///
    /// # Errors
    /// As [`new`](Self::new), and for a grid with other than one value of each per row.
    pub fn with_precision(
        gpu: &Gpu,
        shape: Shape,
        precision: &Precision,
    ) -> Result<Self, GpuError> {
        gpu.check()?;
        let Shape { rows, directions } = shape;
        within("rows", rows, MAX_ROWS)?;
        if directions > rows {
            let expected = format!("at most {rows}");
            return Err(GpuError::Input { field: "directions", expected, came: directions });
        }
        if let Precision::Half { means, deviations } = precision {
            let expected = || format!("{rows} values");
            for (field, came) in [("means", means.len()), ("deviations", deviations.len())] {
                if came != rows {
                    return Err(GpuError::Input { field, expected: expected(), came });
                }
            }
        }
        let packing = Packing::new((rows, directions), precision);
        Ok(Self {
            chunks: Hidden::new(Chunks::new(gpu, packing.words())?),
            gpu: gpu.clone(),
            shape,
            packing,
            blocks: 0,
            gathered: Gathered::default(),
            scratch: Hidden::new(Scratch::default()),
        })
    }

    /// Takes in a block as it is now: one [`Lanes`] per row, of which the first
    /// [`count`](Tenancy::count) lanes count. Blocks are numbered from 0; those between that were never
    /// written are empty. Cost: the block is packed, and sent with others beside it.
    ///
    /// # Errors
    /// [`GpuError::Input`] for another number of rows, more than 64 lanes, or a part of 2^24 or more;
    /// [`GpuError::Lost`].
    pub fn write(&mut self, block: u32, rows: &[Lanes], tenancy: Tenancy) -> Result<(), GpuError> {
        let Tenancy { count, part } = tenancy;
        if rows.len() != self.shape.rows {
            let expected = format!("{} rows", self.shape.rows);
            return Err(GpuError::Input { field: "rows", expected, came: rows.len() });
        }
        if count > LANES || part >= 1 << 24 {
            let expected = format!("at most {LANES} lanes of a part below 2^24");
            return Err(GpuError::Input { field: "tenancy", expected, came: count });
        }
        self.gpu.check()?;
        let block = block as usize;
        let Gathered { first, tenancies, words } = &self.gathered;
        let follows = block == first + tenancies.len()
            && self.chunks.place(block).0 == self.chunks.place(*first).0
            && words.len() * size_of::<u32>() < UPLOAD_BYTES;
        if !follows {
            self.send();
            self.gathered.first = block;
        }
        self.packing.pack(rows, count, &mut self.gathered.words);
        self.gathered.tenancies.push(count as u32 | part << 8);
        self.blocks = self.blocks.max(block + 1);
        Ok(())
    }

    /// Sends what was gathered.
    fn send(&mut self) {
        let Gathered { first, words, tenancies } = &mut self.gathered;
        if tenancies.is_empty() {
            return;
        }
        if self.chunks.make_room(&self.gpu, *first + tenancies.len()) {
            self.scratch.rebind();
        }
        self.chunks.send(&self.gpu, *first, (words, tenancies));
        words.clear();
        tenancies.clear();
    }

    /// Asks for the `k` nearest to each of 1 to 4,096 questions, and does not wait: the answer is the
    /// [`Ticket`]'s. Blocks that are written later do not change it.
    ///
    /// Cost here: packing the questions and handing work to the driver, some tens of microseconds. There:
    /// every block is read once for each four questions.
    ///
    /// # Errors
    /// [`GpuError::Unsuited`] where values or weights leave the range in which contenders can be
    /// proven; [`GpuError::Input`] for `k` outside 1 to 256, no question or too many, questions of
    /// another length, or nothing written yet; [`GpuError::Lost`].
    pub fn ask(&mut self, questions: &[Question<'_>], k: usize) -> Result<Ticket, GpuError> {
        within("questions", questions.len(), MAX_BATCH)?;
        within("k", k, MAX_NEIGHBOURS)?;
        let rows = self.shape.rows;
        for Question { probe, .. } in questions {
            let came = probe.key.len().min(probe.weights.len());
            if came < rows {
                return Err(GpuError::Input {
                    field: "probe",
                    expected: format!("{rows} values"),
                    came,
                });
            }
        }
        if self.blocks == 0 {
            return Err(GpuError::Input {
                field: "blocks",
                expected: "one or more".into(),
                came: 0,
            });
        }
        self.gpu.check()?;
        let bounds = |question| bound(&self.packing, self.shape.directions, question);
        let asks = questions.iter().map(bounds).collect::<Result<Vec<_>, _>>()?;
        self.send();
        self.submit((questions, &asks), k)
    }

    /// The device that it lives on.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Bytes on the GPU: blocks, and what questions are answered in.
    pub fn bytes(&self) -> usize {
        self.chunks.bytes() + self.scratch.bytes()
    }
}
