//! 512-bit vectors.

use std::arch::x86_64::{
    __m512, _CMP_LE_OQ, _mm512_cmp_ps_mask, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_max_ps,
    _mm512_min_ps, _mm512_mul_ps, _mm512_reduce_add_ps, _mm512_set1_ps, _mm512_storeu_ps,
    _mm512_sub_ps,
};

use crate::arch::Vector;

crate::arch::level!(Avx512, __m512, "avx512f", ["avx512f"]);

crate::arch::vector!(__m512, 16, {
    fn load(from: *const f32) -> Self {
        _mm512_loadu_ps(from)
    }
    fn store(self, to: *mut f32) {
        _mm512_storeu_ps(to, self)
    }
    fn splat(value: f32) -> Self {
        _mm512_set1_ps(value)
    }
    fn sub(self, other: Self) -> Self {
        _mm512_sub_ps(self, other)
    }
    fn mul(self, other: Self) -> Self {
        _mm512_mul_ps(self, other)
    }
    fn mul_add(self, other: Self, add: Self) -> Self {
        _mm512_fmadd_ps(self, other, add)
    }
    fn min(self, other: Self) -> Self {
        _mm512_min_ps(self, other)
    }
    fn sum(self) -> f32 {
        _mm512_reduce_add_ps(self)
    }
    fn max(self, other: Self) -> Self {
        _mm512_max_ps(self, other)
    }
    fn at_most(self, bound: Self) -> u64 {
        u64::from(_mm512_cmp_ps_mask::<_CMP_LE_OQ>(self, bound))
    }
});
