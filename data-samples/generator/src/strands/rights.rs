//! Human and legal rights: relief for those who help and those who work, and
//! the cases of people whose rights were violated.

use crate::calendar::{Day, EXTRACT, QUARTERS, quarter_end, quarter_start};
use crate::design::{SITES, Site};
use crate::programme::Sex;
use crate::rng::{Rng, Stream};
use crate::sheet::{Sheet, Tool};
use crate::strands::resources::{GRANTS, grant_for};
use crate::submissions::Form;
use crate::text::Word;

/// What is handed out.
pub(crate) const ITEMS: [Word; 5] = [
    ("rice", "ข้าวสาร"),
    ("masks", "หน้ากาก"),
    ("hygiene_kit", "ชุดสุขอนามัย"),
    ("food_parcel", "ถุงยังชีพ"),
    ("school_kit", "ชุดนักเรียน"),
];
/// To whom.
pub(crate) const RECIPIENTS: [Word; 3] =
    [("authorities", "เจ้าหน้าที่รัฐ"), ("community_leaders", "ผู้นำชุมชน"), ("workers", "แรงงาน")];
/// What a case is about.
pub(crate) const MATTERS: [Word; 5] = [
    ("wages", "ค่าจ้าง"),
    ("papers_withheld", "ยึดเอกสาร"),
    ("injury", "บาดเจ็บ"),
    ("violence", "ความรุนแรง"),
    ("status", "สถานะบุคคล"),
];
/// Whom cases are referred to.
pub(crate) const AGENCIES: [Word; 5] = [
    ("police", "ตำรวจ"),
    ("labour_office", "แรงงานจังหวัด"),
    ("hospital", "โรงพยาบาล"),
    ("shelter", "บ้านพัก"),
    ("legal_aid", "สภาทนายความ"),
];
/// How cases end.
pub(crate) const OUTCOMES: [Word; 4] =
    [("in_favour", "ชนะ"), ("settled", "ไกล่เกลี่ย"), ("dismissed", "ยกฟ้อง"), ("withdrawn", "ถอนเรื่อง")];

/// Distributions in the quarter.
const DISTRIBUTIONS: [[u32; QUARTERS]; 2] =
    [[4, 4, 10, 22, 20, 14, 12, 14, 10, 8], [1, 1, 3, 8, 6, 6, 4, 5, 4, 4]];
/// Cases opened in the quarter, at scale 1.
const CASES: [[u32; QUARTERS]; 2] = [[6, 6, 5, 5, 6, 7, 6, 6, 6, 6], [1, 1, 1, 2, 2, 3, 2, 3, 3, 3]];

/// One distribution of one kind of thing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relief {
    pub(crate) site: Site,
    pub(crate) day: Day,
    pub(crate) item: u8,
    /// `None` where nobody wrote down for whom it was.
    pub(crate) recipient: Option<u8>,
    pub(crate) quantity: u32,
    pub(crate) grant: u8,
}

/// The case of one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RightsCase {
    pub(crate) site: Site,
    pub(crate) sex: Sex,
    pub(crate) matter: u8,
    pub(crate) opened: Day,
    pub(crate) referred: Option<(Day, u8)>,
    pub(crate) interpreter: Option<bool>,
    pub(crate) lawyer: Option<bool>,
    pub(crate) resolved: Option<Day>,
    /// How it ended; may be blank when it did.
    pub(crate) outcome: Option<u8>,
}

pub(crate) struct Rights {
    pub(crate) relief: Vec<Relief>,
    /// By day of opening.
    pub(crate) cases: Vec<RightsCase>,
}

impl Rights {
    pub(crate) fn draw(seed: u64, scale: u32) -> Rights {
        let mut rng = Rng::stream(seed, Stream::Rights);
        let (mut relief, mut cases) = (Vec::new(), Vec::new());
        for site in SITES {
            for quarter in 0..QUARTERS {
                let (from, until) = (quarter_start(quarter).0, quarter_end(quarter).0);
                for _ in 0..DISTRIBUTIONS[site.index()][quarter] {
                    let day = Day(rng.between(from, until));
                    relief.push(Relief {
                        site,
                        day,
                        item: rng.below(5) as u8,
                        recipient: (!rng.chance(1, 25)).then(|| [0, 1, 1, 2, 2, 2][rng.below(6) as usize]),
                        quantity: 5 * (1 + rng.below(40) as u32),
                        grant: grant_for(&mut rng, "rights", site, day),
                    });
                }
                for _ in 0..CASES[site.index()][quarter] * scale {
                    let opened = Day(rng.between(from, until));
                    cases.push(draw_case(&mut rng, site, opened));
                }
            }
        }
        relief.sort_by_key(|relief| relief.day);
        cases.sort_by_key(|case| case.opened);
        Rights { relief, cases }
    }

    pub(crate) fn sheets(&self) -> [Sheet<'_>; 2] {
        let relief = Sheet {
            folder: "kobo",
            stem: "relief",
            row_is: "a distribution of relief",
            tool: Tool::Kobo(Form::Relief),
            columns: vec!["group_place/province", "given_on", "item", "recipient", "quantity", "grant"],
            rows: self.relief.len(),
            about: Box::new(|row| (self.relief[row].day, self.relief[row].site)),
            cells: Box::new(|row, text| {
                let relief = &self.relief[row];
                vec![
                    text.site(relief.site),
                    text.day(relief.day),
                    text.word(&ITEMS, Some(relief.item)),
                    text.word(&RECIPIENTS, relief.recipient),
                    text.whole(Some(relief.quantity)),
                    GRANTS[usize::from(relief.grant)].to_owned(),
                ]
            }),
            repeat: None,
        };
        let cases = Sheet {
            folder: "csv",
            stem: "rights_cases",
            row_is: "the case of a person",
            tool: Tool::Register,
            columns: vec![
                "case_id",
                "sex",
                "site",
                "matter",
                "opened_on",
                "referred_on",
                "agency",
                "interpreter",
                "lawyer",
                "resolved_on",
                "outcome",
            ],
            rows: self.cases.len(),
            about: Box::new(|row| (self.cases[row].opened, self.cases[row].site)),
            cells: Box::new(|row, text| {
                let case = &self.cases[row];
                vec![
                    format!("H{:03}", row + 1),
                    text.sex(case.sex),
                    text.site(case.site),
                    text.word(&MATTERS, Some(case.matter)),
                    text.day(case.opened),
                    text.date(case.referred.map(|(day, _)| day)),
                    text.word(&AGENCIES, case.referred.map(|(_, agency)| agency)),
                    text.yes(case.interpreter),
                    text.yes(case.lawyer),
                    text.date(case.resolved),
                    text.word(&OUTCOMES, case.outcome),
                ]
            }),
            repeat: None,
        };
        [relief, cases]
    }
}

fn draw_case(rng: &mut Rng, site: Site, opened: Day) -> RightsCase {
    let sex = match rng.below(40) {
        0 => Sex::Unknown,
        1..=17 => Sex::Female,
        _ => Sex::Male,
    };
    let matter = rng.below(5) as u8;
    let referred = opened.plus(rng.between(0, 40));
    let is_referred = rng.chance(4, 5) && referred <= EXTRACT;
    let agency = rng.below(5) as u8;
    let mut answer = |yes: u64| {
        let said = rng.chance(yes, 100);
        (!rng.chance(1, 20)).then_some(said)
    };
    let interpreter = answer(if site == Site::ChiangRai { 65 } else { 50 });
    let lawyer = answer(if is_referred { 55 } else { 15 });
    // With a lawyer it takes longer and ends well more often.
    let takes = if lawyer == Some(true) { (60, 420) } else { (20, 260) };
    let resolved = opened.plus(rng.between(takes.0, takes.1));
    let ends = rng.chance(17, 20) && resolved <= EXTRACT;
    let good = if lawyer == Some(true) { 55 } else { 30 };
    let outcome = match rng.below(100) {
        n if n < good => 0,
        n if n < good + 25 => 1,
        n if n < good + 35 => 2,
        _ => 3,
    };
    let written = !rng.chance(1, 30);
    RightsCase {
        site,
        sex,
        matter,
        opened,
        referred: is_referred.then_some((referred, agency)),
        interpreter,
        lawyer,
        resolved: ends.then_some(resolved),
        outcome: (ends && written).then_some(outcome),
    }
}
