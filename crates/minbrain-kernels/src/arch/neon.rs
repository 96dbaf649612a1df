//! 128-bit vectors of 64-bit Arm.

use std::arch::aarch64::{
    float32x4_t, vaddvq_f32, vaddvq_u32, vandq_u32, vcleq_f32, vcvtq_f32_s32, vdup_n_u32,
    vdupq_n_f32, vfmaq_f32, vget_low_s16, vld1q_f32, vld1q_u32, vmaxq_f32, vminq_f32, vmovl_s8,
    vmovl_s16, vmulq_f32, vreinterpret_s8_u32, vst1q_f32, vsubq_f32,
};

use crate::arch::Vector;

crate::arch::level!(Neon, float32x4_t, "neon", ["neon"]);

crate::arch::vector!(float32x4_t, 4, {
    fn load(from: *const f32) -> Self {
        vld1q_f32(from)
    }
    fn store(self, to: *mut f32) {
        vst1q_f32(to, self)
    }
    fn splat(value: f32) -> Self {
        vdupq_n_f32(value)
    }
    fn sub(self, other: Self) -> Self {
        vsubq_f32(self, other)
    }
    fn mul(self, other: Self) -> Self {
        vmulq_f32(self, other)
    }
    fn mul_add(self, other: Self, add: Self) -> Self {
        vfmaq_f32(add, self, other)
    }
    fn min(self, other: Self) -> Self {
        vminq_f32(self, other)
    }
    fn sum(self) -> f32 {
        vaddvq_f32(self)
    }
    fn max(self, other: Self) -> Self {
        vmaxq_f32(self, other)
    }
    fn at_most(self, bound: Self) -> u64 {
        let bits = vld1q_u32([1, 2, 4, 8].as_ptr());
        u64::from(vaddvq_u32(vandq_u32(vcleq_f32(self, bound), bits)))
    }
});
