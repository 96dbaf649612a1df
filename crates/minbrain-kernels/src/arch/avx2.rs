//! 256-bit vectors with fused multiply-add.

use std::arch::x86_64::{
    __m256, _CMP_LE_OQ, _mm_add_ps, _mm_add_ss, _mm_cvtss_f32, _mm_movehdup_ps, _mm_movehl_ps,
    _mm256_castps256_ps128, _mm256_cmp_ps, _mm256_extractf128_ps, _mm256_fmadd_ps, _mm256_loadu_ps,
    _mm256_max_ps, _mm256_min_ps, _mm256_movemask_ps, _mm256_mul_ps, _mm256_set1_ps,
    _mm256_storeu_ps, _mm256_sub_ps,
};

use crate::arch::Vector;

crate::arch::level!(Avx2, __m256, "avx2,fma", ["avx2", "fma"]);

crate::arch::vector!(__m256, 8, {
    fn load(from: *const f32) -> Self {
        _mm256_loadu_ps(from)
    }
    fn store(self, to: *mut f32) {
        _mm256_storeu_ps(to, self)
    }
    fn splat(value: f32) -> Self {
        _mm256_set1_ps(value)
    }
    fn sub(self, other: Self) -> Self {
        _mm256_sub_ps(self, other)
    }
    fn mul(self, other: Self) -> Self {
        _mm256_mul_ps(self, other)
    }
    fn mul_add(self, other: Self, add: Self) -> Self {
        _mm256_fmadd_ps(self, other, add)
    }
    fn min(self, other: Self) -> Self {
        _mm256_min_ps(self, other)
    }
    fn sum(self) -> f32 {
        let four = _mm_add_ps(_mm256_castps256_ps128(self), _mm256_extractf128_ps::<1>(self));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    }
    fn max(self, other: Self) -> Self {
        _mm256_max_ps(self, other)
    }
    fn at_most(self, bound: Self) -> u64 {
        _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_LE_OQ>(self, bound)) as u64
    }
});
