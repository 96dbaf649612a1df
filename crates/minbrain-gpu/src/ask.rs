//! Questions on their way to the GPU: three passes for a few hundred of them at a time.

use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, Buffer, BufferBinding, BufferUsages,
    CommandEncoder, CommandEncoderDescriptor, ComputePass, ComputePassDescriptor,
};

use crate::chunks::{Chunk, buffer};
use crate::error::GpuError;
use crate::gpu::Gpu;
use crate::limits::{MAX_LOWS_BYTES, MAX_TILES, most_contenders, most_picked};
use crate::pipelines::{Pipelines, Width};
use crate::proof::{Ask, Question};
use crate::resident::Resident;
use crate::ticket::{Spares, Ticket};

const WORD: usize = size_of::<u32>();
/// Groups of lanes whose lowest distance is kept, in each tile.
const GROUPS: usize = 8;
/// Where one chunk's scope begins after another's: what every adapter takes.
const SCOPE_STRIDE: usize = 256;
/// Questions of one submission at most.
const MOST_AT_ONCE: usize = 1_024;

/// See `shaders/shared.wgsl`.
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Scope {
    blocks: u32,
    chunk_first: u32,
    chunk_blocks: u32,
    tile_blocks: u32,
    tiles: u32,
    first_tile: u32,
    queries: u32,
    rows: u32,
    directions: u32,
    k: u32,
    most_picked: u32,
    most_found: u32,
}

/// What passes write to, used again and again.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Scopes, points, asks, lows, picked, found.
    buffers: [Option<Buffer>; 6],
    /// One for each chunk.
    bindings: Vec<BindGroup>,
    spares: Spares,
}

/// Which of the buffers.
const SCOPES: usize = 0;
const POINTS: usize = 1;
const ASKS: usize = 2;
const FOUND: usize = 5;

impl Scratch {
    /// Buffers are others now.
    pub(crate) fn rebind(&mut self) {
        self.bindings.clear();
    }

    pub(crate) fn bytes(&self) -> usize {
        self.buffers.iter().flatten().map(|buffer| buffer.size() as usize).sum()
    }

    /// Sees to it that each buffer has its bytes.
    fn make_room(&mut self, gpu: &Gpu, bytes: [usize; 6]) {
        for (at, (slot, bytes)) in self.buffers.iter_mut().zip(bytes).enumerate() {
            let has = slot.as_ref().map_or(0, |buffer| buffer.size() as usize);
            if has < bytes {
                let kind = if at == SCOPES { BufferUsages::UNIFORM } else { BufferUsages::STORAGE };
                let usage = kind | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
                *slot = Some(buffer(gpu.device(), "scratch", bytes.next_power_of_two(), usage));
                self.bindings.clear();
            }
        }
    }

    fn bind(&mut self, gpu: &Gpu, pipelines: &Pipelines, chunks: &[Chunk]) {
        if !self.bindings.is_empty() {
            return;
        }
        let [Some(scopes), Some(points), Some(asks), Some(lows), Some(picked), Some(found)] =
            &self.buffers
        else {
            return;
        };
        let of_chunk = |chunk: &Chunk| {
            let size = std::num::NonZeroU64::new(size_of::<Scope>() as u64);
            let scope = BufferBinding { buffer: scopes, offset: 0, size };
            let all = [&chunk.values, &chunk.tenancies, points, asks, lows, picked, found];
            let mut entries =
                vec![BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(scope) }];
            entries.extend((1..).zip(all).map(|(binding, buffer)| BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            }));
            gpu.device().create_bind_group(&BindGroupDescriptor {
                label: None,
                layout: &pipelines.layout,
                entries: &entries,
            })
        };
        self.bindings = chunks.iter().map(of_chunk).collect();
    }

    fn write(&self, gpu: &Gpu, at: usize, bytes: &[u8]) {
        if let Some(buffer) = &self.buffers[at] {
            gpu.queue().write_buffer(buffer, 0, bytes);
        }
    }
}

/// How one set of questions is cut up.
#[derive(Clone, Copy, Debug)]
struct Plan {
    k: usize,
    tile_blocks: usize,
    tiles: usize,
    /// Questions of one submission.
    at_once: usize,
}

impl Plan {
    fn new(resident: &Resident, questions: usize, k: usize) -> Self {
        let wanted = resident.blocks.div_ceil(MAX_TILES).next_power_of_two();
        let tile_blocks = wanted.min(resident.chunks.each);
        let tiles = resident.blocks.div_ceil(tile_blocks);
        let fit = MAX_LOWS_BYTES / (tiles * GROUPS * WORD);
        let at_once = fit.clamp(4, MOST_AT_ONCE) / 4 * 4;
        Self { k, tile_blocks, tiles, at_once: at_once.min(questions) }
    }

    fn answer_words(self) -> usize {
        most_contenders(self.k) + 1
    }

    fn bytes(self, resident: &Resident) -> [usize; 6] {
        let padded = self.at_once.next_multiple_of(4);
        [
            resident.chunks.all.len() * SCOPE_STRIDE,
            padded * resident.shape.rows * 2 * WORD,
            padded * size_of::<Ask>(),
            self.at_once * self.tiles * GROUPS * WORD,
            self.at_once * (most_picked(self.k) + 2) * WORD,
            self.at_once * self.answer_words() * WORD,
        ]
    }
}

impl Resident {
    /// Hands the questions over, and says where their answers will be.
    pub(crate) fn submit(
        &mut self,
        (questions, asks): (&[Question<'_>], &[Ask]),
        k: usize,
    ) -> Result<Ticket, GpuError> {
        let plan = Plan::new(self, questions.len(), k);
        let bytes = plan.bytes(self);
        self.scratch.make_room(&self.gpu, bytes);
        let pipelines = self.gpu.pipelines(self.packing.kept());
        self.scratch.bind(&self.gpu, pipelines, &self.chunks.all);
        let words = questions.len() * plan.answer_words();
        let staging = self.scratch.spares.take(&self.gpu, words * WORD);
        let mut last = None;
        let some = questions.chunks(plan.at_once).zip(asks.chunks(plan.at_once));
        for (at, (questions, asks)) in some.enumerate() {
            self.write_questions(plan, questions, asks);
            let device = self.gpu.device();
            let mut encoder = device.create_command_encoder(&CommandEncoderDescriptor::default());
            self.encode(&mut encoder, plan, questions.len());
            if let Some(found) = &self.scratch.buffers[FOUND] {
                let each = plan.answer_words() * WORD;
                let (to, bytes) = (at * plan.at_once * each, questions.len() * each);
                encoder.copy_buffer_to_buffer(found, 0, &staging, to as u64, bytes as u64);
            }
            last = Some(self.gpu.queue().submit([encoder.finish()]));
        }
        self.gpu.check()?;
        let shape = (questions.len(), plan.answer_words());
        Ok(Ticket::new(&self.gpu, last, (staging, shape), self.scratch.spares.clone()))
    }

    fn write_questions(&self, plan: Plan, questions: &[Question<'_>], asks: &[Ask]) {
        let width = Width::of(questions.len());
        let mut scopes = vec![0_u8; self.chunks.all.len() * SCOPE_STRIDE];
        for (at, to) in scopes.chunks_exact_mut(SCOPE_STRIDE).enumerate() {
            let scope = self.scope(plan, at, questions.len());
            to[..size_of::<Scope>()].copy_from_slice(bytemuck::bytes_of(&scope));
        }
        self.scratch.write(&self.gpu, SCOPES, &scopes);
        self.scratch.write(&self.gpu, ASKS, bytemuck::cast_slice(asks));
        let points = self.points(questions, width.queries());
        self.scratch.write(&self.gpu, POINTS, bytemuck::cast_slice(&points));
    }

    /// For each group of queries and each row: the values, then the weights. The last group is filled
    /// up with its first query.
    fn points(&self, questions: &[Question<'_>], width: usize) -> Vec<f32> {
        let mut points = Vec::with_capacity(questions.len().next_multiple_of(4) * 640);
        for group in questions.chunks(width) {
            let of_group = |at: usize| group.get(at).unwrap_or(&group[0]).probe;
            for row in 0..self.shape.rows {
                points.extend((0..width).map(|at| {
                    let value = of_group(at).key[row];
                    match row < self.shape.directions {
                        true => self.packing.direct(row, value),
                        false => self.packing.place(row, value).0,
                    }
                }));
                points.extend(
                    (0..width).map(|at| self.packing.weigh(row, of_group(at).weights[row])),
                );
            }
        }
        points
    }

    fn scope(&self, plan: Plan, chunk: usize, queries: usize) -> Scope {
        let first = chunk * self.chunks.each;
        Scope {
            blocks: self.blocks as u32,
            chunk_first: first as u32,
            chunk_blocks: (self.blocks - first).min(self.chunks.each) as u32,
            tile_blocks: plan.tile_blocks as u32,
            tiles: plan.tiles as u32,
            first_tile: (first / plan.tile_blocks) as u32,
            queries: queries as u32,
            rows: self.shape.rows as u32,
            directions: self.shape.directions as u32,
            k: plan.k as u32,
            most_picked: most_picked(plan.k) as u32,
            most_found: most_contenders(plan.k) as u32,
        }
    }

    fn encode(&self, encoder: &mut CommandEncoder, plan: Plan, queries: usize) {
        let width = Width::of(queries);
        let passes = self.gpu.pipelines(self.packing.kept()).passes(width);
        if let Some(found) = &self.scratch.buffers[FOUND] {
            encoder.clear_buffer(found, 0, None);
        }
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
        pass.set_pipeline(&passes.scan);
        self.for_each_chunk(&mut pass, |pass, chunk| {
            let blocks = self.scope(plan, chunk, queries).chunk_blocks as usize;
            let tiles = blocks.div_ceil(plan.tile_blocks) as u32;
            pass.dispatch_workgroups(tiles, queries.div_ceil(width.queries()) as u32, 1);
        });
        pass.set_pipeline(&passes.choose);
        pass.set_bind_group(0, &self.scratch.bindings[0], &[0]);
        pass.dispatch_workgroups(queries as u32, 1, 1);
        pass.set_pipeline(&passes.collect);
        self.for_each_chunk(&mut pass, |pass, _| {
            pass.dispatch_workgroups(most_picked(plan.k) as u32, queries as u32, 1);
        });
    }

    fn for_each_chunk(
        &self,
        pass: &mut ComputePass<'_>,
        mut dispatch: impl FnMut(&mut ComputePass<'_>, usize),
    ) {
        for (chunk, binding) in self.scratch.bindings.iter().enumerate() {
            pass.set_bind_group(0, binding, &[(chunk * SCOPE_STRIDE) as u32]);
            dispatch(pass, chunk);
        }
    }
}
