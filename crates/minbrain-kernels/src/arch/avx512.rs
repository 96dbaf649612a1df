//! 512-bit vectors.

use std::arch::x86_64::{
    __m512, _CMP_LE_OQ, _mm_loadu_si128, _mm512_cmp_ps_mask, _mm512_cvtepi8_epi32,
    _mm512_cvtepi32_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_max_ps, _mm512_min_ps,
    _mm512_mul_ps, _mm512_reduce_add_ps, _mm512_set1_ps, _mm512_storeu_ps, _mm512_sub_ps,
};

use crate::arch::Vector;

crate::arch::level!(Avx512, __m512, "avx512f", ["avx512f"]);

#[rustfmt::skip]
#[allow(unsafe_op_in_unsafe_fn, reason = "each is one instruction, under the contract of the trait")]
impl Vector for __m512 {
    const WIDTH: usize = 16;
    #[inline(always)] unsafe fn load(from: *const f32) -> Self { _mm512_loadu_ps(from) }
    #[inline(always)] unsafe fn load_codes(from: *const i8) -> Self {
        _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(from.cast())))
    }
    #[inline(always)] unsafe fn store(self, to: *mut f32) { _mm512_storeu_ps(to, self) }
    #[inline(always)] unsafe fn splat(value: f32) -> Self { _mm512_set1_ps(value) }
    #[inline(always)] unsafe fn sub(self, other: Self) -> Self { _mm512_sub_ps(self, other) }
    #[inline(always)] unsafe fn mul(self, other: Self) -> Self { _mm512_mul_ps(self, other) }
    #[inline(always)] unsafe fn mul_add(self, other: Self, add: Self) -> Self {
        _mm512_fmadd_ps(self, other, add)
    }
    #[inline(always)] unsafe fn min(self, other: Self) -> Self { _mm512_min_ps(self, other) }
    #[inline(always)] unsafe fn sum(self) -> f32 { _mm512_reduce_add_ps(self) }
    #[inline(always)] unsafe fn max(self, other: Self) -> Self { _mm512_max_ps(self, other) }
    #[inline(always)] unsafe fn at_most(self, bound: Self) -> u64 {
        u64::from(_mm512_cmp_ps_mask::<_CMP_LE_OQ>(self, bound))
    }
}
