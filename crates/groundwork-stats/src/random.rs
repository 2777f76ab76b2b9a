//! Random numbers that depend on nothing but a seed and a number.
//!
//! A [`Stream`] is the output of ChaCha with eight rounds (Bernstein 2008)
//! under a 32-byte key, the seed, and a 64-bit nonce, the number of the
//! replicate. Replicate 17 has the same numbers whether it is drawn first,
//! last, alone or on another thread, and nothing is carried from one replicate
//! to the next. The seed comes from the caller, who makes it from the plan,
//! the indicator and the method; nothing here looks at a clock.
//!
//! Every number below is defined by the 64-bit words of the stream, read as
//! little-endian, and by the arithmetic stated, so that the draws do not change
//! with a library. Whole numbers below n are drawn without bias by the method
//! of Lemire: a word times n is n ranges laid end to end, and the few words
//! that would make one range longer than another are drawn again. Many small
//! numbers are taken from one word (Brackett-Rozinsky and Lemire), which
//! matters where 10,000 resamples of 1,000 clusters are drawn.
//!
//! Bernstein DJ (2008). ChaCha, a variant of Salsa20. Workshop record of SASC.
//! Lemire D (2019). Fast random integer generation in an interval. ACM
//! Transactions on Modeling and Computer Simulation 29:3. Brackett-Rozinsky N,
//! Lemire D (2025). Batched ranged random integer generation. Software:
//! Practice and Experience 55:155-169.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The most numbers taken from one word.
const BATCH_MOST: usize = 8;

/// As many numbers are taken from one word as keep the product of their ranges
/// below 2 to this power, so that less than a word in sixteen is drawn again.
const BATCH_BITS: u32 = 60;

/// The random numbers of one replicate.
///
/// ```
/// use groundwork_stats::random::Stream;
///
/// let seed = [7; 32];
/// let mut stream = Stream::new(&seed, 17);
/// let first = stream.index(1000);
/// assert!(first < 1000);
/// // The same replicate again, whatever was drawn in between.
/// assert_eq!(Stream::new(&seed, 17).index(1000), first);
/// ```
#[derive(Clone, Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
    /// Bits not yet handed out as signs, the lowest first.
    signs: u64,
    signs_left: u32,
}

impl Stream {
    /// The stream of one replicate under a seed.
    pub fn new(seed: &[u8; 32], replicate: u64) -> Self {
        let mut generator = ChaCha8Rng::from_seed(*seed);
        generator.set_stream(replicate);
        Self { generator, signs: 0, signs_left: 0 }
    }

    /// The next 64 bits of the stream.
    #[inline]
    pub fn word(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A whole number from 0 to n - 1, each with the same probability; zero
    /// when `n` is 0.
    #[inline]
    pub fn index(&mut self, n: u64) -> u64 {
        let (mut high, mut low) = product(self.word(), n);
        if low < n {
            let least = n.wrapping_neg() % n;
            while low < least {
                (high, low) = product(self.word(), n);
            }
        }
        high
    }

    /// Fills a slice with whole numbers from 0 to n - 1, independent and each
    /// with the same probability; with zeros when `n` is 0.
    ///
    /// Several numbers come from one word, so that they are others than as
    /// many calls of [`Stream::index`] would give. What is left of the last
    /// word is dropped.
    pub fn indices(&mut self, n: u32, out: &mut [u32]) {
        let mut places = out.iter_mut();
        self.each_index(n, places.len(), |_, index| {
            if let Some(place) = places.next() {
                *place = index;
            }
        });
    }

    /// The most numbers in a batch, see [`Stream::each_index`].
    pub(crate) const LANES: usize = BATCH_MOST;

    /// Hands `count` whole numbers from 0 to n - 1 to a function, one by one,
    /// each with its place in the batch it came from: the numbers that
    /// [`Stream::indices`] would write.
    #[inline]
    pub(crate) fn each_index(&mut self, n: u32, count: usize, mut take: impl FnMut(usize, u32)) {
        match batch(n) {
            1 => self.each_batch::<1>(n, count, &mut take),
            2 => self.each_batch::<2>(n, count, &mut take),
            3 => self.each_batch::<3>(n, count, &mut take),
            4 => self.each_batch::<4>(n, count, &mut take),
            5 => self.each_batch::<5>(n, count, &mut take),
            6 => self.each_batch::<6>(n, count, &mut take),
            7 => self.each_batch::<7>(n, count, &mut take),
            _ => self.each_batch::<BATCH_MOST>(n, count, &mut take),
        }
    }

    #[inline]
    fn each_batch<const K: usize>(&mut self, n: u32, count: usize, take: &mut impl FnMut(usize, u32)) {
        let range = u64::from(n);
        let all = range.pow(K as u32).max(1);
        // 2^64 modulo the product of the ranges.
        let least = all.wrapping_neg() % all;
        for _ in 0..count / K {
            let drawn = self.batch_of::<K>(range, least);
            for (lane, &index) in drawn.iter().enumerate() {
                take(lane, index);
            }
        }
        let left = count % K;
        if left > 0 {
            let drawn = self.batch_of::<K>(range, least);
            for (lane, &index) in drawn.iter().enumerate() {
                if lane < left {
                    take(lane, index);
                }
            }
        }
    }

    /// K numbers below `range` from one word; the word is drawn again when
    /// what is left of it is below `least`.
    #[inline]
    fn batch_of<const K: usize>(&mut self, range: u64, least: u64) -> [u32; K] {
        loop {
            let mut rest = self.word();
            let drawn = std::array::from_fn(|_| {
                let (high, low) = product(rest, range);
                rest = low;
                high as u32
            });
            if rest >= least {
                return drawn;
            }
        }
    }

    /// A number from 0, included, to 1, excluded: one of the 2^53 multiples of
    /// 2^-53, each with the same probability.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.word() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// One or minus one, each with probability a half.
    ///
    /// A word makes 64 signs, from its lowest bit to its highest; a set bit is
    /// a one.
    #[inline]
    pub fn sign(&mut self) -> f64 {
        if self.signs_left == 0 {
            self.signs = self.word();
            self.signs_left = u64::BITS;
        }
        let sign = if self.signs & 1 == 1 { 1.0 } else { -1.0 };
        self.signs >>= 1;
        self.signs_left -= 1;
        sign
    }
}

/// How many numbers below `n` are taken from one word.
fn batch(n: u32) -> usize {
    let mut count = 1;
    let mut all = u64::from(n);
    while count < BATCH_MOST {
        all = match all.checked_mul(u64::from(n)) {
            Some(all) if all <= 1 << BATCH_BITS => all,
            _ => break,
        };
        count += 1;
    }
    count
}

/// The upper and the lower 64 bits of a product.
#[inline]
fn product(one: u64, other: u64) -> (u64, u64) {
    let wide = u128::from(one) * u128::from(other);
    ((wide >> 64) as u64, wide as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0, 1, 2, ..., 31.
    fn seed() -> [u8; 32] {
        std::array::from_fn(|at| at as u8)
    }

    #[test]
    fn stream_is_chacha_with_eight_rounds() {
        // The published key stream for a key and a nonce of zeros
        // (draft-strombergson-chacha-test-vectors-01, TC1, 8 rounds).
        let published = [
            0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6, 0x7f, 0x5b, 0xb8, 0xe8, 0x1f, 0x09, 0xa5, 0xa1,
            0x2c, 0x84, 0x0e, 0xc3, 0xce, 0x9a, 0x7f, 0x3b, 0x18, 0x1b, 0xe1, 0x88, 0xef, 0x71, 0x1a, 0x1e,
        ];
        let mut stream = Stream::new(&[0; 32], 0);
        let found: Vec<u8> = (0..4).flat_map(|_| stream.word().to_le_bytes()).collect();
        assert_eq!(found, published);
    }

    #[test]
    fn stream_takes_its_nonce_from_the_replicate() {
        // Computed by a separate program from the definition of ChaCha.
        let mut stream = Stream::new(&seed(), 0x0102_0304_0506_0708);
        let found: Vec<u64> = (0..4).map(|_| stream.word()).collect();
        assert_eq!(
            found,
            [0xacc3_b33f_999c_5bb7, 0x7675_7b38_6474_6227, 0x9ceb_3797_d12c_7687, 0x162a_b0a0_2645_16fc]
        );
        // Past the first four blocks as well.
        let mut stream = Stream::new(&seed(), 1);
        let found: Vec<u64> = (0..40).map(|_| stream.word()).collect();
        assert_eq!(
            [found[0], found[1], found[31], found[32], found[39]],
            [
                0xbd0e_d2f9_ef1d_c74f,
                0x9136_ba56_92c5_3841,
                0x36b7_2c64_5fe3_143a,
                0x572a_9bf3_d061_7703,
                0x356e_0587_1e3f_0fae
            ]
        );
    }

    #[test]
    fn stream_of_a_replicate_depends_on_nothing_drawn_before() {
        let draw = |replicate| {
            let mut stream = Stream::new(&seed(), replicate);
            (0..50).map(|_| stream.index(1000)).collect::<Vec<_>>()
        };
        let forward: Vec<_> = (0..20).map(draw).collect();
        let backward: Vec<_> = (0..20).rev().map(draw).collect();
        assert!(forward.iter().eq(backward.iter().rev()));
        assert_ne!(forward[0], forward[1]);
    }

    #[test]
    fn index_has_its_test_vectors() {
        let mut stream = Stream::new(&seed(), 7);
        let found: Vec<u64> = (0..10).map(|_| stream.index(1000)).collect();
        assert_eq!(found, [940, 156, 336, 359, 22, 275, 75, 65, 666, 150]);
        // A range just above 2^63 draws again nearly every other time.
        let mut stream = Stream::new(&seed(), 7);
        let found: Vec<u64> = (0..4).map(|_| stream.index((1 << 63) + 1)).collect();
        assert_eq!(
            found,
            [8674186708332960791, 3104850807167943474, 2536476599349338079, 699800480876485117]
        );
    }

    #[test]
    fn indices_have_their_test_vectors() {
        let draw = |n| {
            let mut out = [0; 14];
            Stream::new(&seed(), 9).indices(n, &mut out);
            out
        };
        assert_eq!(draw(0), [0; 14]);
        assert_eq!(draw(1), [0; 14]);
        assert_eq!(draw(6), [0, 3, 2, 1, 1, 3, 5, 2, 5, 2, 3, 2, 3, 3]);
        assert_eq!(draw(8), [0, 5, 7, 7, 2, 2, 3, 3, 7, 1, 7, 1, 7, 5]);
        assert_eq!(draw(1000), [93, 576, 189, 301, 965, 23, 904, 774, 174, 652, 928, 669, 477, 178]);
        assert_eq!(
            draw(4_000_000_000),
            [
                374304757, 3619096698, 1908712046, 2093819686, 2424204488, 909686123, 651740885, 228278679,
                2262551254, 1709042475, 2984361570, 3543496190, 3876399410, 3998399850
            ]
        );
    }

    #[test]
    fn indices_are_even() {
        for n in [2_u32, 3, 8, 1000, 70_000] {
            let draws = 200_000;
            let mut out = vec![0; draws];
            Stream::new(&seed(), 3).indices(n, &mut out);
            assert!(out.iter().all(|&index| index < n));
            // Ten bins by value, and the place within a word: the mean of each
            // of eight interleaved parts.
            let expected = f64::from(n - 1) / 2.0;
            for part in 0..8 {
                let drawn: Vec<f64> = out.iter().skip(part).step_by(8).map(|&i| f64::from(i)).collect();
                let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
                let error = f64::from(n) / (12.0 * drawn.len() as f64).sqrt();
                assert!((mean - expected).abs() < 5.0 * error, "{n} {part} {mean}");
            }
        }
    }

    #[test]
    fn batch_keeps_the_product_below_its_bound() {
        assert_eq!([1, 2, 181, 182, 1000, 1024, 1025].map(batch), [8, 8, 8, 7, 6, 6, 5]);
        assert_eq!([1 << 20, (1 << 20) + 1, 1 << 30, (1 << 30) + 1, u32::MAX].map(batch), [3, 2, 2, 1, 1]);
    }

    #[test]
    fn uniform_and_sign_have_their_test_vectors() {
        let mut stream = Stream::new(&seed(), 7);
        let found: Vec<f64> = (0..3).map(|_| stream.uniform()).collect();
        assert_eq!(found, [0.9404572073719483, 0.15681078123632974, 0.33662859903748554]);
        let mut stream = Stream::new(&seed(), 7);
        let found: Vec<f64> = (0..10).map(|_| stream.sign()).collect();
        assert_eq!(found, [-1.0, 1.0, 1.0, 1.0, -1.0, 1.0, -1.0, -1.0, -1.0, -1.0]);
    }

    #[test]
    fn sign_takes_a_word_for_sixty_four() {
        let mut stream = Stream::new(&seed(), 7);
        for _ in 0..64 {
            stream.sign();
        }
        assert_eq!(stream.word(), 0x2824_c059_11fb_b7d0);
    }

    #[test]
    fn index_of_nothing_is_zero() {
        let mut stream = Stream::new(&seed(), 0);
        assert_eq!(stream.index(0), 0);
        assert_eq!(stream.index(1), 0);
    }
}
