//! Invented values, sites and words, and the variants in which every chart is drawn.

use groundwork_charts::{About, ChartSite};
use groundwork_disclosure::{Cell, CellKey, Contrast, Counts, Finding, Released, release};
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::number::Unit;
use groundwork_plan::site::SiteRole;
use groundwork_plan::text::Language;

/// One way in which every chart is drawn.
pub(crate) struct Variant {
    /// The end of the file names.
    pub(crate) name: &'static str,
    /// The language of every text.
    pub(crate) language: Language,
    /// How many sites there are: 2 or 12.
    pub(crate) sites: usize,
    /// How many rows, periods, points.
    pub(crate) size: usize,
    /// Whether some cells are withheld, missing or without a meaning.
    pub(crate) gaps: bool,
    /// Whether labels are long.
    pub(crate) long: bool,
    /// Width in points.
    pub(crate) width_pt: f64,
}

impl Variant {
    /// Every variant.
    pub(crate) fn all() -> Vec<Self> {
        let plain = |name, language| Self {
            name,
            language,
            sites: 2,
            size: 8,
            gaps: false,
            long: false,
            width_pt: 470.0,
        };
        vec![
            plain("en", Language::En),
            Self { gaps: true, ..plain("th", Language::Th) },
            Self { long: true, ..plain("my", Language::My) },
            Self { sites: 12, gaps: true, ..plain("twelve", Language::En) },
            Self { size: 1, ..plain("one", Language::En) },
            Self { gaps: true, long: true, width_pt: 270.0, ..plain("narrow", Language::Th) },
        ]
    }

    /// A text in the language of the variant.
    pub(crate) fn say(&self, texts: [&str; 3]) -> String {
        let [en, th, my] = texts;
        match self.language {
            Language::En => en.into(),
            Language::Th => th.into(),
            Language::My => my.into(),
        }
    }

    /// What a chart is told about itself.
    pub(crate) fn about(&self, title: [&str; 3], subtitle: [&str; 3]) -> About {
        let mut about = About::new(self.say(title), self.say(subtitle), self.language);
        about.subtitle = self.say(subtitle);
        about.source = self.say([
            "invented register, sha-256 7f3ac2d9",
            "ทะเบียนสมมติ sha-256 7f3ac2d9",
            "စိတ်ကူးထားသော မှတ်ပုံတင်စာရင်း sha-256 7f3ac2d9",
        ]);
        about.note = self.say([
            "Every number is invented.",
            "ตัวเลขทั้งหมดเป็นข้อมูลสมมติ",
            "ဂဏန်းအားလုံးသည် စိတ်ကူးထားသော ဂဏန်းများဖြစ်သည်။",
        ]);
        about.captioned = true;
        about.width_pt = self.width_pt;
        about
    }

    /// The sites: one of origin, one of adaptation, and others to compare with.
    pub(crate) fn sites(&self) -> Vec<(&'static str, ChartSite)> {
        const OTHERS: [(&str, [&str; 3]); 10] = [
            ("phayao", ["Phayao", "พะเยา", "ဖယောက်"]),
            ("lampang", ["Lampang", "ลำปาง", "လမ်ပန်း"]),
            ("phrae", ["Phrae", "แพร่", "ဖရဲ"]),
            ("tak", ["Tak", "ตาก", "တာ့ခ်"]),
            ("mae_hong_son", ["Mae Hong Son", "แม่ฮ่องสอน", "မယ်ဟောင်ဆောင်"]),
            ("lamphun", ["Lamphun", "ลำพูน", "လမ်ပွန်း"]),
            ("chiang_mai", ["Chiang Mai", "เชียงใหม่", "ချင်းမိုင်"]),
            ("uttaradit", ["Uttaradit", "อุตรดิตถ์", "အုတ္တရာဒစ်"]),
            ("sukhothai", ["Sukhothai", "สุโขทัย", "သုခိုထိုင်း"]),
            ("loei", ["Loei", "เลย", "လီး"]),
        ];
        let two = [
            ("chiang_rai", ["Chiang Rai", "เชียงราย", "ချင်းရိုင်"], SiteRole::Origin),
            ("nan", ["Nan", "น่าน", "နန်း"], SiteRole::Adaptation),
        ];
        let first = two.map(|(id, name, role)| (id, ChartSite::new(self.say(name), Some(role))));
        let others = OTHERS
            .into_iter()
            .map(|(id, name)| (id, ChartSite::new(self.say(name), Some(SiteRole::Comparison))));
        first.into_iter().chain(others).take(self.sites).collect()
    }

    /// A label of a row; the long ones do not fit in a line.
    pub(crate) fn label(&self, i: usize) -> String {
        const SHORT: [[&str; 3]; 4] = [
            ["Civil registration", "การจดทะเบียนราษฎร", "မှတ်ပုံတင်ခြင်း"],
            ["Self-sufficiency", "การพึ่งตนเอง", "မိမိဘာသာ ရပ်တည်နိုင်မှု"],
            ["Safety plan", "แผนความปลอดภัย", "ဘေးကင်းရေး အစီအစဉ်"],
            ["School attendance", "การมาโรงเรียน", "ကျောင်းတက်ရောက်မှု"],
        ];
        const LONG: [[&str; 3]; 2] = [
            [
                "Families that finished civil registration within twelve months",
                "ครอบครัวที่จดทะเบียนราษฎรครบถ้วนภายในสิบสองเดือนนับจากวันที่พบ",
                "ဆယ့်နှစ်လအတွင်း မှတ်ပုံတင်ခြင်း ပြီးစီးခဲ့သော မိသားစုများ",
            ],
            [
                "Households whose income covers what they need in every month",
                "ครัวเรือนที่มีรายได้เพียงพอต่อความจำเป็นในทุกเดือนของปี",
                "လစဉ် လိုအပ်သည့် ဝင်ငွေ လုံလောက်သော အိမ်ထောင်စုများ",
            ],
        ];
        let text = if self.long { LONG[i % LONG.len()] } else { SHORT[i % SHORT.len()] };
        let number = if i < SHORT.len() { String::new() } else { format!(" {}", i / SHORT.len() + 1) };
        format!("{}{number}", self.say(text))
    }

    /// Whether the cell at a place is withheld, missing or without a meaning.
    pub(crate) fn spoil(&self, at: usize, cell: Cell) -> Option<Cell> {
        if !self.gaps {
            return Some(cell);
        }
        match at % 7 {
            2 => Some(few(cell)),
            4 => None,
            6 => Some(Cell { finding: Finding::Undefined("zero_denominator"), ..cell }),
            _ => Some(cell),
        }
    }
}

/// A number between 0 and 1 from a fixed sequence.
pub(crate) fn some(seed: usize) -> f64 {
    let mut state = (seed as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state ^= state >> 31;
    state = state.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state ^= state >> 29;
    (state >> 11) as f64 / (1_u64 << 53) as f64
}

/// The key of a total in the one period of the gallery.
pub(crate) fn key(indicator: &str, site: &str) -> CellKey {
    CellKey::total(indicator, site, "2021-Q4")
}

/// A share of 400 with an interval.
pub(crate) fn share(key: CellKey, value: f64) -> Cell {
    let half = 0.05;
    Cell {
        key,
        numerator: (value * 400.0).round(),
        denominator: Some(400.0),
        immature: None,
        n: 400,
        counts: Counts::Part,
        unit: Unit::Share,
        method: "wilson",
        finding: Finding::Value {
            value,
            interval: Some((f64::max(value - half, 0.0), f64::min(value + half, 1.0), 0.95)),
        },
        people: true,
        partial: false,
        inputs: Vec::new(),
    }
}

/// The same cell with so few people that it is withheld.
pub(crate) fn few(cell: Cell) -> Cell {
    Cell { numerator: 2.0, denominator: cell.denominator.map(|_| 90.0), ..cell }
}

/// A number of people.
pub(crate) fn people(key: CellKey, value: f64) -> Cell {
    Cell {
        numerator: value,
        denominator: None,
        n: value as u64,
        counts: Counts::Total,
        unit: Unit::Count,
        method: "full_count",
        finding: Finding::Value { value, interval: None },
        ..share(key, 0.5)
    }
}

/// A value of any unit that counts nobody.
pub(crate) fn plain(key: CellKey, unit: Unit, value: f64, interval: Option<(f64, f64)>) -> Cell {
    let interval = interval.map(|(lower, upper)| (lower, upper, 0.95));
    Cell { unit, people: false, finding: Finding::Value { value, interval }, ..share(key, 0.5) }
}

/// A difference of two cells.
pub(crate) fn difference(keys: (CellKey, CellKey), value: f64, half: f64) -> Contrast {
    Contrast {
        evaluation: "adapts".into(),
        cell: keys.0,
        reference: keys.1,
        unit: Unit::Share,
        summary: "difference",
        method: "mn.score",
        finding: Finding::Value { value, interval: Some((value - half, value + half, 0.95)) },
        std_error: None,
        statistic: None,
        df: None,
        p_value: None,
        n: 800,
        n_clusters: None,
    }
}

/// What passes the gate towards a partner.
pub(crate) fn pass(cells: Vec<Cell>, contrasts: Vec<Contrast>) -> Released {
    release(cells, contrasts, &Policy::of(Audience::Partner))
}
