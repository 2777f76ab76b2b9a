//! Resources: grants received and money spent, by strand, site and grant.

use crate::calendar::{Day, MONTHS, month_start};
use crate::design::{SITES, Site, activity_percent, volunteers_trained};
use crate::rng::{Rng, Stream};
use crate::sheet::{Sheet, Tool};
use crate::text::Word;

/// The grants, by position.
pub(crate) const GRANTS: [&str; 6] =
    ["core_2019", "nan_2019", "youth_2020", "relief_2020", "core_2021", "donations"];
/// Who gives: each grant's funder.
const FUNDER_OF: [u8; 6] = [0, 1, 2, 3, 0, 4];
/// The funders, by position.
pub(crate) const FUNDERS: [&str; 5] =
    ["foundation_a", "embassy_b", "foundation_c", "church_d", "individuals"];
/// The strands money is spent on.
pub(crate) const STRANDS: [&str; 9] = [
    "volunteers",
    "social_media",
    "youth",
    "livelihoods",
    "rights",
    "registration",
    "awareness_support",
    "expansion",
    "administration",
];
/// What money is spent on.
pub(crate) const KINDS: [Word; 5] = [
    ("salaries", "เงินเดือน"),
    ("stipends", "ค่าตอบแทนอาสาสมัคร"),
    ("materials", "วัสดุ"),
    ("travel", "เดินทาง"),
    ("other", "อื่น ๆ"),
];
/// Position of volunteers' stipends.
pub(crate) const STIPENDS: u8 = 1;

/// Baht a month by strand and site, as usual.
const MONTHLY: [[u64; 2]; 9] = [
    [52_000, 31_000],
    [6_000, 3_000],
    [24_000, 12_000],
    [30_000, 17_000],
    [22_000, 8_000],
    [19_000, 11_000],
    [9_000, 4_000],
    [3_000, 9_000],
    [15_000, 6_000],
];
/// Baht a volunteer and month.
const STIPEND: u64 = 500;

/// Instalments: grant, day, baht for Chiang Rai and for Nan.
const INSTALMENTS: [(u8, Day, [u64; 2]); 14] = [
    (0, Day::of(2019, 7, 15), [1_300_000, 200_000]),
    (0, Day::of(2020, 2, 10), [1_300_000, 250_000]),
    (0, Day::of(2020, 9, 7), [1_000_000, 250_000]),
    (1, Day::of(2019, 7, 22), [0, 500_000]),
    (1, Day::of(2020, 7, 20), [0, 700_000]),
    (1, Day::of(2021, 7, 19), [0, 600_000]),
    (2, Day::of(2020, 1, 13), [350_000, 150_000]),
    (2, Day::of(2021, 1, 18), [350_000, 200_000]),
    (3, Day::of(2020, 4, 8), [300_000, 60_000]),
    (3, Day::of(2020, 8, 24), [220_000, 50_000]),
    (4, Day::of(2021, 6, 28), [1_100_000, 400_000]),
    (5, Day::of(2019, 12, 20), [140_000, 35_000]),
    (5, Day::of(2020, 12, 21), [210_000, 60_000]),
    (5, Day::of(2021, 12, 20), [180_000, 55_000]),
];

/// Money received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Income {
    pub(crate) grant: u8,
    pub(crate) site: Site,
    pub(crate) day: Day,
    pub(crate) amount: u64,
}

impl Income {
    pub(crate) fn funder(&self) -> u8 {
        FUNDER_OF[usize::from(self.grant)]
    }
}

/// Money spent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expense {
    pub(crate) site: Site,
    pub(crate) strand: u8,
    pub(crate) kind: u8,
    pub(crate) grant: u8,
    pub(crate) day: Day,
    pub(crate) amount: u64,
}

pub(crate) struct Resources {
    pub(crate) incomes: Vec<Income>,
    pub(crate) expenses: Vec<Expense>,
}

/// The grant that pays for something of a strand at a site on a day.
pub(crate) fn grant_for(rng: &mut Rng, strand: &str, site: Site, day: Day) -> u8 {
    let core = if day < Day::of(2021, 7, 1) { 0 } else { 4 };
    let relief = Day::of(2020, 4, 8) <= day && day <= Day::of(2021, 3, 31);
    match rng.below(10) {
        0 => 5,
        1..=6 if strand == "rights" && relief => 3,
        1..=7 if strand == "youth" && day >= Day::of(2020, 1, 13) => 2,
        2..=8 if site == Site::Nan => 1,
        _ => core,
    }
}

impl Resources {
    /// Money grows with the scale, so that what a person costs does not.
    pub(crate) fn draw(seed: u64, scale: u32) -> Resources {
        let mut rng = Rng::stream(seed, Stream::Resources);
        let mut incomes = Vec::new();
        for (grant, day, amounts) in INSTALMENTS {
            for (site, amount) in SITES.into_iter().zip(amounts) {
                if amount > 0 {
                    incomes.push(Income { grant, site, day, amount: amount * u64::from(scale) });
                }
            }
        }
        incomes.sort_by_key(|income| income.day);
        let mut expenses = Vec::new();
        for month in 0..MONTHS {
            for site in SITES {
                let busy = u64::from(activity_percent(site, month / 3));
                for (strand, monthly) in MONTHLY.iter().enumerate() {
                    // Half of the costs go on whatever is done.
                    let usual = monthly[site.index()] * (100 + busy) / 200;
                    for share in [60, 40] {
                        let amount = usual * share * rng.between(70, 130) as u64 / 10_000;
                        let kind = [0, 0, 2, 3, 4][rng.below(5) as usize];
                        expenses.push(draw_expense(
                            &mut rng,
                            site,
                            strand,
                            kind,
                            month,
                            amount * u64::from(scale),
                        ));
                    }
                }
                let volunteers = u64::from(volunteers_trained(site, month / 3, scale));
                let amount = STIPEND * volunteers * rng.between(60, 100) as u64 / 100;
                expenses.push(draw_expense(&mut rng, site, 0, STIPENDS, month, amount));
            }
        }
        expenses.sort_by_key(|expense| expense.day);
        Resources { incomes, expenses }
    }

    pub(crate) fn sheets(&self) -> [Sheet<'_>; 2] {
        let incomes = Sheet {
            folder: "csv",
            stem: "grants",
            row_is: "an instalment of a grant and the site it is for",
            tool: Tool::Register,
            columns: vec!["receipt", "grant", "funder", "site", "received_on", "amount_thb"],
            rows: self.incomes.len(),
            about: Box::new(|row| (self.incomes[row].day, self.incomes[row].site)),
            cells: Box::new(|row, text| {
                let income = &self.incomes[row];
                vec![
                    format!("G{:03}", row + 1),
                    GRANTS[usize::from(income.grant)].to_owned(),
                    FUNDERS[usize::from(income.funder())].to_owned(),
                    text.site(income.site),
                    text.day(income.day),
                    text.amount(income.amount),
                ]
            }),
            repeat: None,
        };
        let expenses = Sheet {
            folder: "csv",
            stem: "spending",
            row_is: "a payment",
            tool: Tool::Register,
            columns: vec!["voucher", "site", "strand", "kind", "grant", "paid_on", "amount_thb"],
            rows: self.expenses.len(),
            about: Box::new(|row| (self.expenses[row].day, self.expenses[row].site)),
            cells: Box::new(|row, text| {
                let expense = &self.expenses[row];
                vec![
                    format!("E{:04}", row + 1),
                    text.site(expense.site),
                    STRANDS[usize::from(expense.strand)].to_owned(),
                    text.word(&KINDS, Some(expense.kind)),
                    GRANTS[usize::from(expense.grant)].to_owned(),
                    text.day(expense.day),
                    text.amount(expense.amount),
                ]
            }),
            repeat: None,
        };
        [incomes, expenses]
    }
}

fn draw_expense(rng: &mut Rng, site: Site, strand: usize, kind: u8, month: usize, amount: u64) -> Expense {
    let day = month_start(month).plus(rng.between(4, 27));
    let grant = grant_for(rng, STRANDS[strand], site, day);
    Expense { site, strand: strand as u8, kind, grant, day, amount }
}
