//! The three passes, compiled.

use wgpu::{
    BindGroupLayout, BindGroupLayoutDescriptor, BindGroupLayoutEntry, BindingType,
    BufferBindingType, ComputePipeline, ComputePipelineDescriptor, Device,
    PipelineCompilationOptions, PipelineLayout, PipelineLayoutDescriptor, ShaderModuleDescriptor,
    ShaderSource, ShaderStages,
};

use crate::packing::Kept;

/// How many queries share the reading of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    One,
    Four,
}

impl Width {
    /// The one for so many queries.
    pub(crate) fn of(queries: usize) -> Self {
        if queries == 1 { Self::One } else { Self::Four }
    }

    /// Queries of a group.
    pub(crate) fn queries(self) -> usize {
        match self {
            Self::One => 1,
            Self::Four => 4,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::One => include_str!("shaders/one.wgsl"),
            Self::Four => include_str!("shaders/four.wgsl"),
        }
    }
}

/// The passes for groups of one width.
#[derive(Debug)]
pub(crate) struct Passes {
    pub(crate) scan: ComputePipeline,
    pub(crate) choose: ComputePipeline,
    pub(crate) collect: ComputePipeline,
}

/// All that is compiled for one set of blocks.
#[derive(Debug)]
pub(crate) struct Pipelines {
    pub(crate) layout: BindGroupLayout,
    one: Passes,
    four: Passes,
}

/// What stands at each binding, in order: see `shaders/shared.wgsl`.
const BINDINGS: [BufferBindingType; 8] = [
    BufferBindingType::Uniform,
    BufferBindingType::Storage { read_only: true },
    BufferBindingType::Storage { read_only: true },
    BufferBindingType::Storage { read_only: true },
    BufferBindingType::Storage { read_only: true },
    BufferBindingType::Storage { read_only: false },
    BufferBindingType::Storage { read_only: false },
    BufferBindingType::Storage { read_only: false },
];

impl Pipelines {
    pub(crate) fn new(device: &Device, kept: Kept) -> Self {
        let entries: Vec<BindGroupLayoutEntry> = (0..).zip(BINDINGS).map(entry).collect();
        let label = Some("minbrain");
        let layout = device
            .create_bind_group_layout(&BindGroupLayoutDescriptor { label, entries: &entries });
        let whole = device.create_pipeline_layout(&PipelineLayoutDescriptor {
            label,
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let value = match kept {
            Kept::Full => include_str!("shaders/full.wgsl"),
            Kept::Half => include_str!("shaders/half.wgsl"),
        };
        let passes = |width: Width| Passes {
            scan: compile(
                device,
                &whole,
                (width, value),
                ("scan", include_str!("shaders/scan.wgsl")),
            ),
            choose: compile(
                device,
                &whole,
                (width, value),
                ("choose", include_str!("shaders/choose.wgsl")),
            ),
            collect: compile(
                device,
                &whole,
                (width, value),
                ("collect", include_str!("shaders/collect.wgsl")),
            ),
        };
        let (one, four) = (passes(Width::One), passes(Width::Four));
        Self { layout, one, four }
    }

    pub(crate) fn passes(&self, width: Width) -> &Passes {
        match width {
            Width::One => &self.one,
            Width::Four => &self.four,
        }
    }
}

/// The first says which chunk, by its offset.
fn entry((binding, kind): (u32, BufferBindingType)) -> BindGroupLayoutEntry {
    BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::COMPUTE,
        ty: BindingType::Buffer {
            ty: kind,
            has_dynamic_offset: kind == BufferBindingType::Uniform,
            min_binding_size: None,
        },
        count: None,
    }
}

fn compile(
    device: &Device,
    layout: &PipelineLayout,
    (width, value): (Width, &str),
    (name, pass): (&str, &str),
) -> ComputePipeline {
    let text = [width.text(), include_str!("shaders/shared.wgsl"), value, pass].join("\n");
    let module = device.create_shader_module(ShaderModuleDescriptor {
        label: Some(name),
        source: ShaderSource::Wgsl(text.into()),
    });
    device.create_compute_pipeline(&ComputePipelineDescriptor {
        label: Some(name),
        layout: Some(layout),
        module: &module,
        entry_point: Some(name),
        compilation_options: PipelineCompilationOptions::default(),
        cache: None,
    })
}
