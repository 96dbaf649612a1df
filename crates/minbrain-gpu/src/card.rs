//! What adapters there are, and which of them are real.

use wgpu::{Adapter, AdapterInfo, Backends, DeviceType, Instance, InstanceDescriptor};

/// An adapter, as its driver describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its name.
    pub name: String,
    /// By which interface it is reached: vulkan, metal or dx12.
    pub backend: String,
    /// The driver and its version.
    pub driver: String,
    /// Whether it is a program on the processor, as lavapipe and WARP are: never faster than the
    /// processor itself, and never chosen unless it is forced.
    pub is_software: bool,
}

/// Names by which software adapters are known whose drivers call them something else.
const SOFTWARE: [&str; 5] =
    ["llvmpipe", "lavapipe", "swiftshader", "microsoft basic render", "softpipe"];

impl Card {
    fn new(info: AdapterInfo) -> Self {
        Self {
            is_software: is_software(info.device_type, &info.name),
            backend: info.backend.to_string(),
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
            name: info.name,
        }
    }
}

/// By type, and by name where a driver calls its processor something else.
fn is_software(kind: DeviceType, name: &str) -> bool {
    let name = name.to_lowercase();
    kind == DeviceType::Cpu || SOFTWARE.iter().any(|known| name.contains(known))
}

/// All adapters of this machine that can compute, real ones first. Cost: loads the drivers, tens of
/// milliseconds.
pub fn cards() -> Vec<Card> {
    adapters().into_iter().map(|(card, _)| card).collect()
}

pub(crate) fn adapters() -> Vec<(Card, Adapter)> {
    let backends = Backends::VULKAN | Backends::METAL | Backends::DX12;
    let instance = Instance::new(InstanceDescriptor {
        backends,
        ..InstanceDescriptor::new_without_display_handle()
    });
    let found = pollster::block_on(instance.enumerate_adapters(backends));
    let mut found: Vec<_> = found
        .into_iter()
        .map(|adapter| {
            let info = adapter.get_info();
            (rank(info.device_type), Card::new(info), adapter)
        })
        .collect();
    found.sort_by_key(|(rank, card, _)| (card.is_software, *rank));
    found.into_iter().map(|(_, card, adapter)| (card, adapter)).collect()
}

/// A card of its own before one that shares the processor's memory.
fn rank(kind: DeviceType) -> u8 {
    match kind {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_is_known_by_type_and_by_name() {
        for name in ["llvmpipe (LLVM 15.0.6, 256 bits)", "SwiftShader Device", "anything"] {
            assert!(is_software(DeviceType::Cpu, name), "{name}");
        }
        assert!(is_software(DeviceType::Other, "Microsoft Basic Render Driver"));
        assert!(is_software(DeviceType::VirtualGpu, "llvmpipe (LLVM 15.0.6, 256 bits)"));
        for name in ["NVIDIA GeForce RTX 4090", "AMD Radeon RX 7900", "Apple M3"] {
            assert!(!is_software(DeviceType::DiscreteGpu, name), "{name}");
        }
    }
}
