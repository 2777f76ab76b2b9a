//! Invented sites with a known truth: how different they are, who is served, what interrupted them
//! and what an adaptation did. For trying whether evaluations err as rarely as they say.
//!
//! Every person is served once, in one site and one month, belongs to one of two groups, and
//! succeeds or does not. The probability is the sum of the parts of [`Scenario`], kept between 0
//! and 1.

use crate::rng::{Rng, Stream};

/// What is true.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// How many sites there are, 2 to 30 in the tests. The first is the reference.
    pub sites: usize,
    /// How many months.
    pub months: usize,
    /// People a site and month.
    pub people: u64,
    /// The probability of success of the easier group in the reference, a share.
    pub share: f64,
    /// What is added to it in every other site: the true difference.
    pub difference: f64,
    /// The part of people who belong to the harder group: in the reference, and elsewhere.
    pub harder: [f64; 2],
    /// What the harder group has less.
    pub hardship: f64,
    /// What the reference loses in some months, from the first to the one before the last.
    pub shock: (std::ops::Range<usize>, f64),
    /// The month from which the second site is adapted, and what that adds there.
    pub adaptation: (usize, f64),
    /// The standard deviation of what a site has of its own, the reference among them.
    pub between_sites: f64,
}

/// One person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// The site, from 0.
    pub site: usize,
    /// The month, from 0.
    pub month: usize,
    /// Whether the person belongs to the harder group.
    pub harder: bool,
    /// Whether the person succeeded.
    pub succeeded: bool,
}

impl Scenario {
    /// Sites of one month that are alike, of so many people each.
    pub fn alike(sites: usize, people: u64, share: f64) -> Self {
        Self {
            sites,
            months: 1,
            people,
            share,
            difference: 0.0,
            harder: [0.0, 0.0],
            hardship: 0.0,
            shock: (0..0, 0.0),
            adaptation: (0, 0.0),
            between_sites: 0.0,
        }
    }

    /// The probability of success, given what a site has of its own.
    pub fn probability(&self, site: usize, month: usize, harder: bool, own: f64) -> f64 {
        let mut p = self.share + own;
        if site > 0 {
            p += self.difference;
        }
        if harder {
            p -= self.hardship;
        }
        if site == 0 && self.shock.0.contains(&month) {
            p -= self.shock.1;
        }
        if site == 1 && month >= self.adaptation.0 {
            p += self.adaptation.1;
        }
        p.clamp(0.0, 1.0)
    }

    /// What each site has of its own.
    pub fn own(&self, seed: u64) -> Vec<f64> {
        let mut rng = Rng::keyed(seed, Stream::Scenario, u64::MAX);
        (0..self.sites).map(|_| self.between_sites * normal(&mut rng)).collect()
    }

    /// Everybody, by site and month.
    pub fn draw(&self, seed: u64) -> Vec<Served> {
        let own = self.own(seed);
        let mut out = Vec::new();
        for (site, own) in own.into_iter().enumerate() {
            for month in 0..self.months {
                let key = (site * self.months + month) as u64;
                let mut rng = Rng::keyed(seed, Stream::Scenario, key);
                for _ in 0..self.people {
                    let harder = uniform(&mut rng) < self.harder[usize::from(site > 0)];
                    let succeeded = uniform(&mut rng) < self.probability(site, month, harder, own);
                    out.push(Served { site, month, harder, succeeded });
                }
            }
        }
        out
    }
}

/// A number from 0 up to 1, one of 2⁵³.
fn uniform(rng: &mut Rng) -> f64 {
    (rng.bits() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A standard normal number: twelve uniform ones less six, which has mean 0 and variance 1 and
/// needs no function whose last bit differs between platforms.
fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| uniform(rng)).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_succeed_as_often_as_they_should() {
        let scenario = Scenario {
            months: 3,
            difference: -0.1,
            harder: [0.2, 0.6],
            hardship: 0.3,
            shock: (1..2, 0.4),
            adaptation: (2, 0.25),
            ..Scenario::alike(2, 40_000, 0.6)
        };
        let people = scenario.draw(1);
        assert_eq!(people.len(), 2 * 3 * 40_000);
        let share = |site: usize, month: usize| {
            let of: Vec<&Served> = people.iter().filter(|p| p.site == site && p.month == month).collect();
            of.iter().filter(|p| p.succeeded).count() as f64 / of.len() as f64
        };
        // 0.6 - 0.2 × 0.3; in the shock 0.2 of the easier and none of the harder group, of whom
        // 0.6 - 0.4 - 0.3 would be below nothing; elsewhere 0.5 - 0.6 × 0.3, and 0.25 more in the end.
        for (site, month, expected) in
            [(0, 0, 0.54), (0, 1, 0.16), (0, 2, 0.54), (1, 0, 0.32), (1, 1, 0.32), (1, 2, 0.57)]
        {
            assert!((share(site, month) - expected).abs() < 0.012, "{site} {month}: {}", share(site, month));
        }
        assert_eq!(scenario.draw(1), people);
        assert_ne!(scenario.draw(2), people);
    }

    #[test]
    fn sites_spread_as_they_should() {
        let scenario = Scenario { between_sites: 0.1, ..Scenario::alike(20_000, 0, 0.5) };
        let own = scenario.own(3);
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        let variance = own.iter().map(|o| (o - mean) * (o - mean)).sum::<f64>() / own.len() as f64;
        assert!(mean.abs() < 0.003 && (variance.sqrt() - 0.1).abs() < 0.003, "{mean} {variance}");
    }
}
