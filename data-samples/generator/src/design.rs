//! What is fixed by design: sites, how many of whom in which quarter, and the
//! parameters everything random is drawn from.
//!
//! All tables are per site (Chiang Rai, Nan) at scale 1; the scale multiplies
//! people, volunteers, staff, villages, families and cases, never the sites.

use crate::calendar::{Day, QUARTERS, quarter_end, quarter_start};
use crate::rng::Rng;

/// A site of the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// The origin, working since 2008.
    ChiangRai,
    /// The adaptation, working since July 2019.
    Nan,
}

/// Both sites, in the order of every table below.
pub const SITES: [Site; 2] = [Site::ChiangRai, Site::Nan];

impl Site {
    /// Position in every per-site table.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name in the truth file.
    pub const fn key(self) -> &'static str {
        match self {
            Site::ChiangRai => "chiang_rai",
            Site::Nan => "nan",
        }
    }

    /// The other site.
    pub const fn other(self) -> Site {
        match self {
            Site::ChiangRai => Site::Nan,
            Site::Nan => Site::ChiangRai,
        }
    }
}

/// How many people one leader reaches in a quarter.
///
/// With probability `active_permille / 1000` a leader is active and reaches
/// one person plus three geometric counts of mean `part_mean` each; otherwise
/// nobody. The mean is exactly `active_permille / 1000 * (1 + 3 * part_mean)`,
/// and the variance well above the mean, as between real volunteers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReachLaw {
    /// Probability of holding any workshop in the quarter, in thousandths.
    pub active_permille: u32,
    /// Mean of each of the three geometric parts, in people.
    pub part_mean: u32,
}

impl ReachLaw {
    const fn new(active_permille: u32, part_mean: u32) -> ReachLaw {
        ReachLaw { active_permille, part_mean }
    }

    /// Mean people reached by an active leader.
    pub const fn mean_when_active(self) -> u32 {
        1 + 3 * self.part_mean
    }

    /// Expected people per leader, inactive ones included.
    pub fn mean(self) -> f64 {
        f64::from(self.active_permille * self.mean_when_active()) / 1000.0
    }

    /// The number of people one leader reaches in one quarter.
    pub fn draw(self, rng: &mut Rng) -> u32 {
        if !rng.chance(u64::from(self.active_permille), 1000) {
            return 0;
        }
        1 + (0..3).map(|_| rng.geometric(self.part_mean)).sum::<u32>()
    }
}

const fn law(active_permille: u32, part_mean: u32) -> ReachLaw {
    ReachLaw::new(active_permille, part_mean)
}

/// People reached per trained volunteer. The closures from March 2020 cut
/// Chiang Rai to a tenth, and it recovers in part; Nan hardly notices.
pub const VOLUNTEER_REACH: [[ReachLaw; QUARTERS]; 2] = [
    [
        law(800, 13),
        law(800, 13),
        law(700, 10),
        law(250, 3),
        law(400, 5),
        law(500, 6),
        law(500, 6),
        law(400, 5),
        law(450, 5),
        law(600, 7),
    ],
    [
        law(800, 9),
        law(800, 9),
        law(800, 9),
        law(750, 8),
        law(800, 9),
        law(800, 9),
        law(800, 9),
        law(750, 9),
        law(750, 9),
        law(800, 9),
    ],
];

/// People reached per member of staff.
pub const STAFF_REACH: [[ReachLaw; QUARTERS]; 2] = [
    [
        law(900, 12),
        law(900, 12),
        law(800, 10),
        law(300, 4),
        law(500, 5),
        law(700, 6),
        law(700, 6),
        law(500, 5),
        law(600, 5),
        law(800, 8),
    ],
    [law(900, 8); QUARTERS],
];

/// Volunteers already trained when the period begins.
pub const VOLUNTEERS_BEFORE: [u32; 2] = [18, 0];

/// Volunteers whose first training falls in the quarter.
pub const VOLUNTEERS_NEW: [[u32; QUARTERS]; 2] =
    [[2, 2, 2, 0, 1, 1, 0, 1, 1, 2], [4, 2, 2, 2, 1, 2, 1, 2, 1, 1]];

/// Chance, in thousandths, that a trained volunteer attends a refresher.
pub const REFRESHER_PERMILLE: [[u64; QUARTERS]; 2] =
    [[150, 150, 100, 0, 20, 40, 40, 0, 20, 80], [0, 120, 120, 100, 120, 120, 120, 100, 120, 120]];

/// Staff who lead workshops themselves.
pub const STAFF: [u32; 2] = [5, 3];

/// Villages workshops are held in.
pub const VILLAGES: [u32; 2] = [14, 9];

/// Languages workshops are held in.
pub const LANGUAGES: [[&str; 5]; 2] =
    [["thai", "akha", "lahu", "shan", "burmese"], ["thai", "lua", "hmong", "mien", "khmu"]];

/// Topics of the workshops.
pub const TOPICS: [&str; 5] =
    ["safe_migration", "spotting_recruiters", "child_protection", "rights_at_work", "registering_a_birth"];

/// First follow-up month of each family (0 is 2019-07, 18 is 2021-01), so that
/// by the end of 2021-Q2 every family has been followed for six months.
pub const FAMILY_FIRST_MONTHS: [&[u8]; 2] =
    [&[0, 0, 1, 2, 3, 4, 6, 7, 9, 11, 13, 14, 16, 17], &[1, 3, 4, 6, 8, 10, 12, 14, 16, 18]];

/// Probability, in thousandths, that a family is self-sufficient by 2021-12.
pub const SELF_SUFFICIENT_PERMILLE: [u64; 2] = [300, 250];

/// Income that counts as enough to live on, in baht a month.
pub const ENOUGH_BAHT: u32 = 9_000;

/// Consecutive months a family has to have enough.
pub const RUN_MONTHS: usize = 6;

/// Children identified in the quarter.
pub const CASES: [[u32; QUARTERS]; 2] =
    [[18, 18, 16, 8, 9, 11, 13, 12, 12, 13], [3, 4, 6, 7, 7, 8, 8, 9, 9, 9]];

/// Probability, in thousandths, that a child has an identity document within
/// twelve months of being identified.
pub const COMPLETED_PERMILLE: [u64; 2] = [620, 550];

/// Months within which a registration counts as completed.
pub const COMPLETION_MONTHS: i32 = 12;

/// How much of what was usual the sites could do, in percent, in everything but
/// the workshops: the closures stop most of it in Chiang Rai; Nan is building up.
const ACTIVITY_PERCENT: [[u32; QUARTERS]; 2] =
    [[100, 100, 80, 15, 35, 50, 50, 40, 45, 70], [40, 60, 80, 80, 90, 95, 100, 95, 95, 100]];

/// How much of what was usual a site could do in a quarter, in percent.
pub const fn activity_percent(site: Site, quarter: usize) -> u32 {
    ACTIVITY_PERCENT[site.index()][quarter]
}

/// Share of sessions and visits that were held by telephone or video, in
/// thousandths.
pub const REMOTE_PERMILLE: [[u64; QUARTERS]; 2] =
    [[0, 0, 30, 850, 600, 450, 400, 600, 550, 300], [0, 0, 0, 120, 50, 40, 40, 100, 120, 60]];

/// Districts children are registered in.
pub const DISTRICTS: [[&str; 4]; 2] = [
    ["mae_sai", "mae_fa_luang", "chiang_saen", "mueang_chiang_rai"],
    ["mueang_nan", "pua", "bo_kluea", "chaloem_phra_kiat"],
];

/// Groups the families of registered children belong to.
pub const GROUPS: [[&str; 4]; 2] = [["akha", "lahu", "shan", "lua"], ["lua", "hmong", "mien", "khmu"]];

/// Share of participants who are women or girls, in percent.
pub const FEMALE_PERCENT: u64 = 57;
/// Share of participants whose sex was never written down, in thousandths.
pub const SEX_UNKNOWN_PERMILLE: u64 = 10;
/// Share of participants who also attend in the other site, in thousandths.
pub const VISITOR_PERMILLE: u64 = 10;

/// The days of a quarter on which a site holds workshops: all of them, but in
/// 2020-Q1 Chiang Rai stops in the middle of March.
pub const fn workshop_days(site: Site, quarter: usize) -> (Day, Day) {
    let end = match (site, quarter) {
        (Site::ChiangRai, 2) => Day::of(2020, 3, 17),
        _ => quarter_end(quarter),
    };
    (quarter_start(quarter), end)
}

/// Volunteers of a site whose first training is on or before the last day of
/// the quarter, at a scale.
pub fn volunteers_trained(site: Site, quarter: usize, scale: u32) -> u32 {
    let new: u32 = VOLUNTEERS_NEW[site.index()][..=quarter].iter().sum();
    (VOLUNTEERS_BEFORE[site.index()] + new) * scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    #[test]
    fn the_design_has_the_sizes_it_should() {
        assert_eq!(volunteers_trained(Site::ChiangRai, 9, 1), 30);
        assert_eq!(volunteers_trained(Site::Nan, 9, 1), 18);
        assert_eq!(CASES[0].iter().sum::<u32>(), 130);
        assert_eq!(CASES[1].iter().sum::<u32>(), 70);
        assert_eq!(FAMILY_FIRST_MONTHS.map(<[u8]>::len), [14, 10]);
        // 2021-Q2 ends with month 23.
        for first in FAMILY_FIRST_MONTHS.concat() {
            assert!(23 - usize::from(first) + 1 >= RUN_MONTHS);
        }
    }

    #[test]
    fn a_reach_law_has_its_mean() {
        let law = VOLUNTEER_REACH[0][0];
        assert_eq!(law.mean(), 32.0);
        let mut rng = Rng::stream(3, Stream::Workshops);
        let n = 100_000;
        let sum: u64 = (0..n).map(|_| u64::from(law.draw(&mut rng))).sum();
        let mean = sum as f64 / f64::from(n);
        assert!((mean - 32.0).abs() < 0.4, "{mean}");
    }
}
