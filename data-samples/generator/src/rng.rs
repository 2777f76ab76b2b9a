//! Random numbers that are the same on every platform and in every build.
//!
//! The generator is SplitMix64 (Steele, Lea and Flood 2014): a counter that
//! steps by the golden ratio, passed through a 64-bit mixer. Everything is
//! drawn with integers alone, so no rounding of a floating-point library can
//! ever change a byte of what is written.
//!
//! Streams: [`Rng::keyed`] starts an independent sequence for a seed, a stream
//! name and a key. What is *drawn* (the programme) walks along one sequence;
//! what is *spelled* (the dirt) takes a fresh sequence for every row, so that
//! a row looks the same in whatever order, file or thread it is written.

/// Step of the counter: 2^64 divided by the golden ratio, made odd.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a sequence is for. Two streams of one seed never share numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Stream {
    /// Volunteers, trainings, sessions and who attended them.
    Workshops = 1,
    /// Families and their monthly follow-ups.
    Livelihood = 2,
    /// Children and the steps of their registration.
    Registration = 3,
    /// Attributes of a participant: sex, year of birth, visits elsewhere.
    Person = 4,
    /// Attributes of a volunteer that only the training list shows.
    Volunteer = 5,
    /// Attributes of a registered child.
    Child = 6,
    /// Which records are submitted twice, late or wrongly.
    Plan = 7,
    /// Spelling of one workshop submission.
    WorkshopText = 8,
    /// Spelling of one attendance row.
    AttendanceText = 9,
    /// Spelling of one follow-up submission.
    FollowUpText = 10,
    /// Spelling of one row of the training list.
    TrainingText = 11,
    /// Spelling of one row of the registration list.
    RegistrationText = 12,
    /// Identifiers of submissions.
    Uuid = 13,
    /// Seeds of the forms after the first two.
    Forms = 14,
    /// Which rows of a register stand there twice or wrongly.
    Registers = 15,
    /// Spelling of one row of the sources beyond the first five.
    SheetText = 16,
    /// Who trained a volunteer, when a volunteer left, knowledge tests.
    VolunteerLife = 17,
    /// Whether a session was held in person or remotely.
    Mode = 18,
    /// Posts, audiences and followers.
    Social = 19,
    /// Young people, their sessions, schools and placements.
    Youth = 20,
    /// What families are coached in, by whom and with whom.
    Coaching = 21,
    /// Relief and cases of people whose rights were violated.
    Rights = 22,
    /// District and group of a registered child.
    Residence = 23,
    /// People with awareness, with material support and with both.
    Combination = 24,
    /// Partner organisations, fidelity and adaptations.
    Expansion = 25,
    /// Sessions that were planned.
    Continuity = 26,
    /// Grants and spending.
    Resources = 27,
    /// Sites with a known truth.
    Scenario = 28,
    /// Who is in a register, and how they are written down.
    Register = 29,
}

/// A SplitMix64 sequence.
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
}

/// The 64-bit mixer of SplitMix64: a bijection whose output bits each depend
/// on every input bit.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Rng {
    /// The sequence of one stream of a seed.
    pub fn stream(seed: u64, stream: Stream) -> Rng {
        Rng::keyed(seed, stream, 0)
    }

    /// The sequence belonging to one `key` (a row, a person) of a stream.
    pub fn keyed(seed: u64, stream: Stream, key: u64) -> Rng {
        let named = mix(seed.wrapping_add(STEP)) ^ (stream as u64).wrapping_mul(STEP);
        let state = mix(mix(named).wrapping_add(key.wrapping_mul(STEP)));
        Rng { state }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// A whole number in `0..n`, every one equally likely; 0 when `n` is 0.
    ///
    /// Lemire's method: the upper half of a 128-bit product, with the few
    /// products that would favour some numbers drawn again.
    pub fn below(&mut self, n: u64) -> u64 {
        loop {
            let product = u128::from(self.bits()) * u128::from(n);
            let low = product as u64;
            if low >= n || low >= n.wrapping_neg() % n.max(1) {
                return (product >> 64) as u64;
            }
        }
    }

    /// A whole number in `from..=to`; `from` when `to` lies before it.
    pub fn between(&mut self, from: i32, to: i32) -> i32 {
        let width = (i64::from(to) - i64::from(from)).max(0) as u64;
        from + self.below(width + 1) as i32
    }

    /// True with probability `yes` in `of`.
    pub fn chance(&mut self, yes: u64, of: u64) -> bool {
        self.below(of) < yes
    }

    /// Failures before the first success at probability `1 / (1 + mean)`:
    /// a geometric count with exactly the mean `mean`.
    pub fn geometric(&mut self, mean: u32) -> u32 {
        let of = u64::from(mean) + 1;
        let mut failures = 0;
        while self.below(of) != 0 {
            failures += 1;
        }
        failures
    }

    /// One element of a non-empty array.
    pub fn pick<T: Copy, const N: usize>(&mut self, from: &[T; N]) -> T {
        const { assert!(N > 0) };
        from[self.below(N as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        // First outputs of SplitMix64 from state 1234567, as in Rosetta Code
        // and the reference C source.
        let mut rng = Rng { state: 1_234_567 };
        let first: Vec<u64> = (0..5).map(|_| rng.bits()).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
    }

    #[test]
    fn streams_and_keys_differ() {
        let mut seen = std::collections::HashSet::new();
        for seed in 0..20 {
            for key in 0..20 {
                assert!(seen.insert(Rng::keyed(seed, Stream::Person, key).bits()));
                assert!(seen.insert(Rng::keyed(seed, Stream::Uuid, key).bits()));
            }
        }
    }

    #[test]
    fn below_is_even_and_in_range() {
        let mut rng = Rng::stream(1, Stream::Workshops);
        let mut seen = [0u32; 7];
        for _ in 0..70_000 {
            seen[rng.below(7) as usize] += 1;
        }
        assert!(seen.iter().all(|&n| (9_600..10_400).contains(&n)), "{seen:?}");
        assert_eq!(rng.below(1), 0);
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.between(5, 4), 5);
    }

    #[test]
    fn geometric_has_its_mean_and_spread() {
        let mut rng = Rng::stream(2, Stream::Workshops);
        let n = 200_000u64;
        let (mut sum, mut squares) = (0u64, 0u64);
        for _ in 0..n {
            let x = u64::from(rng.geometric(9));
            sum += x;
            squares += x * x;
        }
        let mean = sum as f64 / n as f64;
        let variance = squares as f64 / n as f64 - mean * mean;
        assert!((mean - 9.0).abs() < 0.1, "{mean}");
        assert!((variance - 90.0).abs() < 2.5, "{variance}");
        assert_eq!(rng.geometric(0), 0);
    }
}
