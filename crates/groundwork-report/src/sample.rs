//! One invented report for the tests: two sites, five indicators, a withheld number.

use crate::attached::Packed;
use crate::input::{
    Anchor, Attachment, ComparisonInfo, Direction, IndicatorInfo, Input, InputFile, IssueCount,
    PeopleQuality, PlacedFigure, PlacedLabel, Provenance, Relationship, SourceQuality,
};
use groundwork_disclosure::{Cell, CellKey, Contrast, Counts, Finding, Released, release};
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::issue::Action;
use groundwork_plan::label::Labels;
use groundwork_plan::number::Unit;
use groundwork_plan::period::Period;
use groundwork_plan::site::{Site, SiteRole};
use groundwork_plan::text::{Language, Localised};
use jiff::civil::date;
use std::sync::Arc;

/// The denominator of the withheld cell: a number that nothing else has.
pub(crate) const SECRET: f64 = 7919.0;

pub(crate) struct Sample {
    pub(crate) programme: Localised,
    pub(crate) sites: Vec<Site>,
    pub(crate) indicators: Vec<IndicatorInfo>,
    pub(crate) comparisons: Vec<ComparisonInfo>,
    pub(crate) released: Released,
    pub(crate) quality: Vec<SourceQuality>,
    pub(crate) people: Vec<PeopleQuality>,
    pub(crate) figures: Vec<PlacedFigure>,
    pub(crate) limits: Vec<Localised>,
    pub(crate) provenance: Provenance,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) notice: Localised,
    pub(crate) labels: Labels,
}

impl Sample {
    pub(crate) fn input(&self, language: Language) -> Input<'_> {
        Input {
            language,
            period: Period::parse("2021-Q4").unwrap(),
            as_of: date(2022, 1, 15),
            template: "quarterly-funder",
            programme: &self.programme,
            sites: &self.sites,
            indicators: &self.indicators,
            comparisons: &self.comparisons,
            released: &self.released,
            quality: &self.quality,
            people: &self.people,
            figures: &self.figures,
            limits: &self.limits,
            provenance: &self.provenance,
            attachments: &self.attachments,
            evaluations: &[],
            adaptations: &[],
            voices: &[],
            voices_kept_back: 0,
            lessons: &[],
            asks: &[],
            earlier: &[],
            invented: Some(&self.notice),
            labels: &self.labels,
        }
    }
}

pub(crate) fn both(en: &str, th: &str) -> Localised {
    Localised { en: en.into(), th: Some(th.into()), my: None }
}

pub(crate) fn site(id: &str, en: &str, th: &str, role: Option<SiteRole>) -> Site {
    Site { id: id.into(), name: both(en, th), code: None, role, since: None, spellings: Vec::new() }
}

pub(crate) fn indicator(id: &str, title: Localised, unit: Unit, target: Option<f64>) -> IndicatorInfo {
    IndicatorInfo {
        id: id.into(),
        title,
        unit,
        direction: Direction::Increase,
        target,
        headline: true,
        definition: both(
            "It shows how far families have come in the period.",
            "แสดงว่าครอบครัวก้าวหน้าเพียงใดในงวดนี้",
        ),
        numerator: both("families that have every document", "ครอบครัวที่มีเอกสารครบ"),
        denominator: Some(both("families enrolled a year before", "ครอบครัวที่เข้าร่วมเมื่อหนึ่งปีก่อน")),
        method: both(
            "Numerator divided by denominator; 95% Wilson interval.",
            "ตัวตั้งหารด้วยตัวหาร ช่วงความเชื่อมั่น 95% แบบวิลสัน",
        ),
        additive_over_sites: false,
        additive_over_periods: false,
    }
}

/// A share of a denominator, with an interval of half a width around it.
pub(crate) fn share(id: &str, site: &str, numerator: f64, denominator: f64) -> Cell {
    let value = numerator / denominator;
    let half = 0.9 / denominator.sqrt();
    Cell {
        key: CellKey::total(id, site, "2021-Q4"),
        numerator,
        denominator: Some(denominator),
        immature: None,
        n: denominator as u64,
        counts: Counts::Part,
        unit: Unit::Share,
        method: "wilson",
        finding: Finding::Value {
            value,
            interval: Some(((value - half).max(0.0), (value + half).min(1.0), 0.95)),
        },
        people: true,
        partial: false,
        inputs: Vec::new(),
    }
}

fn count(id: &str, site: &str, value: f64) -> Cell {
    Cell {
        denominator: None,
        counts: Counts::Total,
        unit: Unit::Count,
        method: "full_count",
        finding: Finding::Value { value, interval: None },
        n: value as u64,
        ..share(id, site, value, 1.0)
    }
}

fn quotient(id: &str, site: &str, numerator: f64, denominator: f64) -> Cell {
    let value = numerator / denominator;
    Cell {
        counts: Counts::Quotient,
        unit: Unit::Ratio,
        method: "ratio.linearised.log",
        finding: Finding::Value { value, interval: Some((value * 0.8, value * 1.22, 0.95)) },
        ..share(id, site, numerator, denominator)
    }
}

pub(crate) fn contrast(id: &str, unit: Unit, value: f64, limits: (f64, f64)) -> Contrast {
    Contrast {
        evaluation: "sites".into(),
        cell: CellKey::total(id, "nan", "2021-Q4"),
        reference: CellKey::total(id, "chiang_rai", "2021-Q4"),
        unit,
        summary: "difference",
        method: "mn.score",
        finding: Finding::Value { value, interval: Some((limits.0, limits.1, 0.95)) },
        std_error: None,
        statistic: None,
        df: None,
        p_value: None,
        n: 680,
        n_clusters: None,
    }
}

pub(crate) fn comparison(id: &str) -> ComparisonInfo {
    ComparisonInfo {
        evaluation: "sites".into(),
        question: both(
            "Does the model hold in Nan as it does in Chiang Rai?",
            "แบบจำลองใช้ได้ผลในน่านเหมือนในเชียงรายหรือไม่",
        ),
        cell: CellKey::total(id, "nan", "2021-Q4"),
        reference: CellKey::total(id, "chiang_rai", "2021-Q4"),
    }
}

pub(crate) fn policy() -> Policy {
    Policy::of(Audience::Partner)
}

fn cells() -> Vec<Cell> {
    let mut before = share("registered", "", 352.0, 671.0);
    before.key.period = "2021-Q3".into();
    vec![
        share("registered", "chiang_rai", 255.0, 412.0),
        share("registered", "nan", 129.0, 268.0),
        share("registered", "", 384.0, 680.0),
        before,
        share("self_sufficient", "chiang_rai", 169.0, 412.0),
        share("self_sufficient", "nan", 118.0, 268.0),
        share("self_sufficient", "", 287.0, 680.0),
        quotient("multiplier", "chiang_rai", 1204.0, 143.0),
        quotient("multiplier", "nan", 512.0, 84.0),
        quotient("multiplier", "", 1716.0, 227.0),
        count("reached", "chiang_rai", 1204.0),
        count("reached", "nan", 512.0),
        count("reached", "", 1716.0),
        share("out_of_school", "chiang_rai", 33.0, 551.0),
        share("out_of_school", "nan", 3.0, SECRET),
        share("out_of_school", "", 36.0, 551.0 + SECRET),
    ]
}

fn indicators() -> Vec<IndicatorInfo> {
    let registered = both("Civil registration completed within a year", "การจดทะเบียนราษฎรเสร็จสมบูรณ์ภายในหนึ่งปี");
    let reached = both("People reached by prevention sessions", "ผู้เข้าร่วมกิจกรรมป้องกัน");
    vec![
        indicator("registered", registered, Unit::Share, Some(0.55)),
        IndicatorInfo {
            headline: false,
            ..indicator(
                "self_sufficient",
                both("Livelihood self-sufficiency", "การพึ่งตนเองด้านรายได้"),
                Unit::Share,
                Some(0.45),
            )
        },
        IndicatorInfo {
            numerator: both("people reached", "ผู้ได้รับการดูแล"),
            denominator: Some(both("active volunteers", "อาสาสมัครที่ทำงานอยู่")),
            ..indicator(
                "multiplier",
                both("People reached for each volunteer", "จำนวนผู้ได้รับการดูแลต่ออาสาสมัครหนึ่งคน"),
                Unit::Ratio,
                Some(6.0),
            )
        },
        IndicatorInfo {
            denominator: None,
            headline: false,
            additive_over_sites: true,
            ..indicator("reached", reached, Unit::Count, None)
        },
        IndicatorInfo {
            direction: Direction::Decrease,
            ..indicator(
                "out_of_school",
                both("Children out of school", "เด็กนอกระบบโรงเรียน"),
                Unit::Share,
                Some(0.05),
            )
        },
    ]
}

pub(crate) fn figure(id: &str) -> PlacedFigure {
    let label = |text: &str, x_pt, anchor| PlacedLabel {
        text: text.into(),
        x_pt,
        y_pt: 20.0,
        anchor,
        size_pt: 8.0,
        weight: 600,
        colour: "#004488".into(),
    };
    PlacedFigure {
        id: id.into(),
        chart: "dot_interval".into(),
        section: "front".into(),
        about: String::new(),
        title: "Chiang Rai stands above Nan".into(),
        caption: "Civil registration by site, per cent, with 95% intervals.".into(),
        alt: "Dot plot of civil registration: 62% in Chiang Rai, 48% in Nan.".into(),
        width_pt: 480.0,
        height_pt: 120.0,
        marks_svg: br##"<svg xmlns="http://www.w3.org/2000/svg" width="480" height="120"
            viewBox="0 0 480 120"><path d="M0 60H480" stroke="#333333"/><circle cx="300" cy="60"
            r="3" fill="#004488"/></svg>"##
            .to_vec(),
        labels: vec![
            label("Chiang Rai เชียงราย", 0.0, Anchor::Start),
            label("Nan น่าน", 240.0, Anchor::Middle),
            label("မြန်မာ ●", 480.0, Anchor::End),
        ],
        narrow: None,
        data: vec![vec!["site".into(), "value".into()], vec!["chiang_rai".into(), "0.62".into()]],
    }
}

fn quality() -> Vec<SourceQuality> {
    let issue = |check: &str, en: &str, th: &str, action, count| IssueCount {
        check: check.into(),
        title: both(en, th),
        action,
        count,
    };
    vec![
        SourceQuality {
            title: both("Family register", "ทะเบียนครอบครัว"),
            rows_read: 742,
            rows_set_aside: 6,
            duplicates: 11,
            left_out: 45,
            rows_kept: 680,
            issues: vec![
                issue("date.impossible", "The date does not exist", "วันที่ไม่มีอยู่จริง", Action::RowSetAside, 6),
                issue("unique", "The family stands there twice", "ครอบครัวซ้ำในทะเบียน", Action::Kept, 11),
            ],
        },
        SourceQuality {
            title: both("Session attendance", "การเข้าร่วมกิจกรรม"),
            rows_read: 5310,
            rows_set_aside: 0,
            duplicates: 37,
            left_out: 0,
            rows_kept: 5273,
            issues: vec![issue("range", "The age is out of range", "อายุอยู่นอกช่วง", Action::ValueMissing, 14)],
        },
    ]
}

fn people() -> PeopleQuality {
    let weight = |field: &str, level: &str, bits| (field.to_owned(), level.to_owned(), bits);
    PeopleQuality {
        title: "participant".into(),
        rows: 5953,
        people: (2310, 2604),
        exact: 4871,
        precision: Some(0.962),
        recall: Some(0.914),
        unlinkable: 212,
        weights: vec![
            weight("name", "the same", 9.1),
            weight("name", "the same but for spelling or order", 6.4),
            weight("name", "different", -4.2),
            weight("born", "the same day", 11.3),
            weight("born", "different", -3.9),
        ],
        sizes: vec![("1".into(), 1204), ("2".into(), 611), ("3".into(), 402), ("4 +".into(), 211)],
    }
}

/// The content of an attachment.
pub(crate) fn packed(bytes: &[u8]) -> Arc<Packed> {
    Arc::new(Packed::new(bytes).unwrap())
}

pub(crate) fn sample() -> Sample {
    let attachment = |name: &str, relationship, mime: &str, description: &str| Attachment {
        name: name.into(),
        content: packed(b"indicator,site\n"),
        relationship,
        mime: mime.into(),
        description: description.into(),
    };
    let contrasts = vec![
        contrast("registered", Unit::Share, -0.1376, (-0.214, -0.06)),
        contrast("self_sufficient", Unit::Share, 0.0301, (-0.046, 0.107)),
        contrast("out_of_school", Unit::Share, -0.0595, (-0.08, -0.04)),
    ];
    Sample {
        programme: both("Community prevention of child trafficking", "การป้องกันการค้าเด็กโดยชุมชน"),
        sites: vec![
            site("chiang_rai", "Chiang Rai", "เชียงราย", Some(SiteRole::Origin)),
            site("nan", "Nan", "น่าน", Some(SiteRole::Adaptation)),
        ],
        indicators: indicators(),
        comparisons: ["registered", "self_sufficient", "out_of_school"].map(comparison).into(),
        released: release(cells(), contrasts, &policy()),
        quality: quality(),
        people: vec![people()],
        figures: vec![figure("sites"), figure("trend")],
        limits: vec![both("Income is what families say.", "รายได้มาจากคำบอกเล่าของครอบครัว")],
        provenance: Provenance {
            inputs: vec![InputFile {
                path: "exports/family-register.xlsx".into(),
                sha256: "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab".into(),
                rows: Some(742),
            }],
            pipeline: "northern-thailand.yaml".into(),
            versions: vec![("groundwork".into(), "0.1.0".into()), ("Typst".into(), "0.15.1".into())],
            verify: "groundwork verify report.pdf".into(),
        },
        attachments: vec![
            attachment("manifest.json", Relationship::Source, "application/json", "Inputs and steps"),
            attachment("indicators.csv", Relationship::Data, "text/csv", "Every published number"),
        ],
        notice: both("The people in this report are invented.", "บุคคลในรายงานนี้เป็นบุคคลสมมติ"),
        labels: Labels::default(),
    }
}
