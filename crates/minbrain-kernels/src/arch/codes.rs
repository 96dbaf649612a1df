//! Distances of codes: whole numbers, so that every level gives the same.

use crate::codes::{Quad, Sieve};
use crate::lanes::{LANES, first_lanes};
use crate::scalar;

/// Which instructions compare codes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Scalar,
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2),
    #[cfg(target_arch = "x86_64")]
    Vnni(x86::Vnni),
}

impl Level {
    /// The fastest that this processor has, no wider than 512 or 256 bits.
    pub(crate) fn detect(may_be_512_bits: Width) -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let vnni = x86::Vnni::detect().filter(|_| may_be_512_bits == Width::Bits512);
            let found = vnni.map(Self::Vnni).or_else(|| x86::Avx2::detect().map(Self::Avx2));
            found.unwrap_or(Self::Portable)
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = may_be_512_bits;
            Self::Portable
        }
    }

    #[inline]
    pub(crate) fn within(self, block: &[Quad], sieve: &Sieve, lanes: usize, limit: u32) -> u64 {
        match self {
            Self::Scalar => scalar::codes_within(block, sieve, lanes, limit),
            Self::Portable => portable(block, sieve, lanes, limit),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(level) => level.within(block, sieve, lanes, limit),
            #[cfg(target_arch = "x86_64")]
            Self::Vnni(level) => level.within(block, sieve, lanes, limit),
        }
    }
}

/// The widest vectors that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Bits256,
    Bits512,
}

/// All lanes side by side, for the compiler to make vectors of.
fn portable(block: &[Quad], sieve: &Sieve, lanes: usize, limit: u32) -> u64 {
    let mut sums = [0_u32; LANES];
    for ((quad, codes), masks) in block.iter().zip(&sieve.codes).zip(&sieve.masks) {
        for (sum, lane) in sums.iter_mut().zip(&quad.0) {
            for at in 0..4 {
                let apart = u32::from(lane[at].abs_diff(codes[at]) & masks[at]);
                *sum += apart * apart;
            }
        }
    }
    let within = sums.iter().rev().fold(0, |bits, &sum| bits << 1 | u64::from(sum <= limit));
    within & first_lanes(lanes)
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, __m512i, _mm256_abs_epi8, _mm256_add_epi32, _mm256_and_si256, _mm256_castsi256_ps,
        _mm256_cmpgt_epi32, _mm256_load_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
        _mm256_movemask_ps, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setzero_si256,
        _mm256_sub_epi8, _mm512_abs_epi8, _mm512_and_si512, _mm512_cmple_epu32_mask,
        _mm512_dpbusd_epi32, _mm512_load_si512, _mm512_set1_epi32, _mm512_setzero_si512,
        _mm512_sub_epi8,
    };

    use super::{LANES, Quad, Sieve, first_lanes};

    /// Lanes in a vector of 256 and of 512 bits.
    const EIGHT: usize = 8;
    const SIXTEEN: usize = 16;
    /// Vectors side by side: sums that wait for each other are slower.
    const SUMS: usize = 4;

    /// Proof of AVX2.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Avx2(());

    /// Proof of AVX-512 with its dot products of bytes.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Vnni(());

    impl Avx2 {
        pub(crate) fn detect() -> Option<Self> {
            std::arch::is_x86_feature_detected!("avx2").then_some(Self(()))
        }

        #[inline]
        pub(super) fn within(self, block: &[Quad], sieve: &Sieve, lanes: usize, limit: u32) -> u64 {
            // SAFETY: `self` proves that the processor has the feature.
            unsafe { avx2(block, sieve, lanes, limit) }
        }
    }

    impl Vnni {
        pub(crate) fn detect() -> Option<Self> {
            let has_all = std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512bw")
                && std::arch::is_x86_feature_detected!("avx512vnni");
            has_all.then_some(Self(()))
        }

        #[inline]
        pub(super) fn within(self, block: &[Quad], sieve: &Sieve, lanes: usize, limit: u32) -> u64 {
            // SAFETY: `self` proves that the processor has the features.
            unsafe { vnni(block, sieve, lanes, limit) }
        }
    }

    #[target_feature(enable = "avx2")]
    fn avx2(block: &[Quad], sieve: &Sieve, lanes: usize, limit: u32) -> u64 {
        let (mut within, mut first) = (0, 0);
        while first < lanes.min(LANES) {
            within |= avx2_at(block, sieve, first, limit) << first;
            first += SUMS * EIGHT;
        }
        within & first_lanes(lanes)
    }

    /// Half a block. Sums stay far below 2^31, so they compare as signed numbers.
    #[target_feature(enable = "avx2")]
    fn avx2_at(block: &[Quad], sieve: &Sieve, first: usize, limit: u32) -> u64 {
        let mut sums = [_mm256_setzero_si256(); SUMS];
        let ones = _mm256_set1_epi16(1);
        for ((quad, &codes), &masks) in block.iter().zip(&sieve.codes).zip(&sieve.masks) {
            let codes = _mm256_set1_epi32(i32::from_ne_bytes(codes));
            let masks = _mm256_set1_epi32(i32::from_ne_bytes(masks));
            for (sum, lanes) in sums.iter_mut().zip(quad.0[first..].chunks_exact(EIGHT)) {
                // SAFETY: the chunk is 32 bytes long, and a multiple of 32 from the block's start,
                // which is aligned to 64.
                let lanes = unsafe { _mm256_load_si256(lanes.as_ptr().cast::<__m256i>()) };
                let apart = _mm256_and_si256(_mm256_abs_epi8(_mm256_sub_epi8(lanes, codes)), masks);
                let squares = _mm256_madd_epi16(_mm256_maddubs_epi16(apart, apart), ones);
                *sum = _mm256_add_epi32(*sum, squares);
            }
        }
        let limit = _mm256_set1_epi32(limit.min(i32::MAX as u32) as i32);
        let mut within = 0;
        for (at, &sum) in sums.iter().enumerate() {
            let beyond = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(sum, limit)));
            within |= u64::from(!beyond as u8) << (at * EIGHT);
        }
        within
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn vnni(block: &[Quad], sieve: &Sieve, lanes: usize, limit: u32) -> u64 {
        let within = match lanes.div_ceil(SIXTEEN) {
            0 => 0,
            1 => vnni_of::<1>(block, sieve, limit),
            2 => vnni_of::<2>(block, sieve, limit),
            3 => vnni_of::<3>(block, sieve, limit),
            _ => vnni_of::<SUMS>(block, sieve, limit),
        };
        within & first_lanes(lanes)
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn vnni_of<const N: usize>(block: &[Quad], sieve: &Sieve, limit: u32) -> u64 {
        let mut sums = [_mm512_setzero_si512(); N];
        for ((quad, &codes), &masks) in block.iter().zip(&sieve.codes).zip(&sieve.masks) {
            let codes = _mm512_set1_epi32(i32::from_ne_bytes(codes));
            let masks = _mm512_set1_epi32(i32::from_ne_bytes(masks));
            for (sum, lanes) in sums.iter_mut().zip(quad.0.chunks_exact(SIXTEEN)) {
                // SAFETY: the chunk is 64 bytes long, and a multiple of 64 from the block's start,
                // which is aligned to 64.
                let lanes = unsafe { _mm512_load_si512(lanes.as_ptr().cast::<__m512i>()) };
                let apart = _mm512_and_si512(_mm512_abs_epi8(_mm512_sub_epi8(lanes, codes)), masks);
                *sum = _mm512_dpbusd_epi32(*sum, apart, apart);
            }
        }
        let limit = _mm512_set1_epi32(limit as i32);
        let mut within = 0;
        for (at, &sum) in sums.iter().enumerate() {
            within |= u64::from(_mm512_cmple_epu32_mask(sum, limit)) << (at * SIXTEEN);
        }
        within
    }
}
