//! Reports: what a document is made from, put together from the plan and what was released.

use super::adaptations::Adaptation;
use super::evaluate::site_comparison::pairs;
use super::figures::Drawn;
use super::manifest::Manifest;
use super::planned::Planned;
use super::tables::smallest;
use super::voices::Voice;
use super::{Beside, Loaded, Request, lock, pipeline_name, quality};
use crate::cache::Cache;
use crate::files::Folder;
use groundwork_charts::{Figure, Label};
use groundwork_disclosure::{CellKey, Released};
use groundwork_plan::adaptation::FIELDS;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::evaluation::Design;
use groundwork_plan::indicator::{self, Kind, Summary};
use groundwork_plan::method::CellMethod;
use groundwork_plan::number::{Unit, format_value};
use groundwork_plan::plan::{Plan, Report};
use groundwork_plan::text::{Language, Localised};
use groundwork_report::{
    AdaptationInfo, Anchor, Attachment, ComparisonInfo, Direction, Drawing, EvaluationInfo, IndicatorInfo,
    Input, InputFile, Manuscript, Packed, PlacedFigure, PlacedLabel, Provenance, Relationship, Templates,
    VoiceInfo, WebPage, Words, attach,
};
use std::sync::Arc;

/// What a report in every language is made from.
pub(super) struct Parts<'a> {
    pub(super) request: &'a Request,
    pub(super) plan: &'a Plan,
    pub(super) report: &'a Report,
    pub(super) released: &'a Released,
    pub(super) loaded: &'a Loaded,
    pub(super) rows_told: bool,
    pub(super) inside: &'a Inside,
    /// Each figure as it is printed, and drawn for narrow screens.
    pub(super) figures: &'a [(Drawn, Option<Drawn>)],
    pub(super) planned: &'a Planned,
    pub(super) words: &'a Words,
    pub(super) beside: &'a Beside,
    pub(super) earlier: &'a [(CellKey, f64)],
    /// Where pages are kept, and looked for.
    pub(super) cache: Option<&'a Cache>,
}

/// A report in a language.
pub(super) struct Composed {
    /// The identifier that it prints.
    pub(super) id: String,
    pub(super) pdf: Vec<u8>,
    pub(super) page: WebPage,
    /// Whether the pages were set by an earlier run.
    pub(super) is_as_before: bool,
    /// Letters that no font has.
    pub(super) unshown: Vec<char>,
}

impl Parts<'_> {
    /// The report in a language: its pages, with the files that travel inside, and its twin for screens.
    pub(super) fn compose(
        &self,
        language: Language,
        templates: &Templates,
    ) -> Result<Composed, Vec<Diagnostic>> {
        let plan = self.plan;
        let indicators: Vec<IndicatorInfo> = plan.indicators.iter().map(|i| self.indicator(i)).collect();
        let comparisons: Vec<ComparisonInfo> = plan
            .evaluations
            .iter()
            .filter_map(|evaluation| Some((evaluation, evaluation.site_comparison()?)))
            .flat_map(|(evaluation, design)| {
                pairs(plan, design).into_iter().map(|(cell, reference, _)| ComparisonInfo {
                    evaluation: evaluation.id.clone(),
                    question: evaluation.question.clone(),
                    cell,
                    reference,
                })
            })
            .collect();
        let evaluations: Vec<EvaluationInfo> = plan
            .evaluations
            .iter()
            .map(|evaluation| EvaluationInfo {
                id: evaluation.id.clone(),
                design: evaluation.design.word(),
                question: evaluation.question.clone(),
                standing: self.planned.standing(&evaluation.id),
                by_lot: evaluation.by_lot,
                // Designs with several events or items name each by itself.
                outcome: evaluation.estimand.outcome.clone().filter(|_| {
                    !matches!(evaluation.design, Design::TimeToEvent(_) | Design::TranslatedTest(_))
                }),
                re_aim: evaluation.re_aim,
                criterion: evaluation.criterion,
            })
            .collect();
        let (adaptations, voices) = (self.adaptations(), self.voices());
        let figures: Vec<PlacedFigure> = self.figures.iter().map(placed).collect();
        // Where somebody could be found by it, nothing is said of how many rows there are.
        let quality = if self.rows_told { quality::quality(self.loaded, &plan.labels) } else { Vec::new() };
        let people = quality::people(self.loaded, smallest(plan));
        let provenance = self.provenance();
        let attachments = self.attachments();
        let input = Input {
            language,
            period: self.report.period,
            as_of: plan.calendar.as_of,
            template: &self.report.template,
            programme: &plan.programme.title,
            sites: &plan.sites,
            indicators: &indicators,
            comparisons: &comparisons,
            released: self.released,
            quality: &quality,
            people: &people,
            figures: &figures,
            limits: &limits(plan),
            provenance: &provenance,
            attachments: &attachments,
            evaluations: &evaluations,
            adaptations: &adaptations,
            voices: &voices,
            voices_kept_back: self.beside.voices.kept_back,
            lessons: &self.report.lessons,
            asks: &self.report.asks,
            earlier: self.earlier,
            invented: plan.programme.notice.as_ref(),
            labels: &plan.labels,
        };
        let manuscript = Manuscript::new(&input, templates)?;
        let (pages, page) = rayon::join(|| self.pages(&manuscript), || manuscript.web_page());
        let (pages, is_as_before) = pages?;
        let (id, unshown) = (manuscript.id().to_owned(), manuscript.unshown().iter().copied().collect());
        Ok(Composed { id, pdf: attach(pages, &attachments)?, page, is_as_before, unshown })
    }

    /// The pages, and whether they are those of an earlier run that said the same.
    fn pages(&self, manuscript: &Manuscript<'_>) -> Result<(Vec<u8>, bool), Vec<Diagnostic>> {
        let Some(cache) = self.cache else { return Ok((manuscript.pages()?, false)) };
        let key = cache.key(&["pages", &manuscript.content()]);
        if let Some(pages) = cache.bytes(&key) {
            return Ok((pages, true));
        }
        let pages = manuscript.pages()?;
        cache.keep_bytes(&key, &pages);
        Ok((pages, false))
    }

    fn adaptations(&self) -> Vec<AdaptationInfo> {
        let info = |adaptation: &Adaptation| AdaptationInfo {
            id: adaptation.id.clone(),
            site: adaptation.site.clone(),
            on: adaptation.on,
            fields: FIELDS.into_iter().zip(adaptation.fields.iter().cloned()).collect(),
            moves: adaptation.moves.clone(),
        };
        self.beside.log.all.iter().map(info).collect()
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        let info = |voice: &Voice| VoiceInfo {
            id: voice.id.clone(),
            kind: voice.kind.clone(),
            speaker: voice.speaker.clone(),
            about: voice.about.clone(),
            text: voice.text.clone(),
        };
        self.beside.voices.all.iter().map(info).collect()
    }

    fn indicator(&self, indicator: &indicator::Indicator) -> IndicatorInfo {
        let in_both = |of: &dyn Fn(Language) -> String| Localised {
            en: of(Language::En),
            th: Some(of(Language::Th)),
            my: Some(of(Language::My)),
        };
        let additivity = indicator.kind.additivity();
        let has_denominator = indicator.parts(Language::En).1.is_some();
        IndicatorInfo {
            id: indicator.id.clone(),
            title: indicator.title.clone(),
            unit: indicator.unit.clone(),
            direction: direction(indicator.direction),
            target: indicator.target("", &self.report.period.id()),
            headline: indicator.headline,
            definition: in_both(&|l| indicator.sentence(l)),
            numerator: in_both(&|l| indicator.parts(l).0),
            denominator: has_denominator.then(|| in_both(&|l| indicator.parts(l).1.unwrap_or_default())),
            method: method(indicator),
            additive_over_sites: additivity.sites,
            additive_over_periods: additivity.periods,
        }
    }

    fn provenance(&self) -> Provenance {
        let mut versions = vec![("groundwork".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
        versions.extend(lock::versions());
        Provenance {
            inputs: self
                .loaded
                .files
                .iter()
                .map(|(path, file)| InputFile {
                    path: path.clone(),
                    sha256: file.sha256.clone(),
                    rows: self.rows_told.then_some(file.rows),
                })
                .collect(),
            pipeline: pipeline_name(&self.request.path),
            versions,
            // The same exports and the same program give the same bytes.
            verify: format!("groundwork run {} --out again", pipeline_name(&self.request.path)),
        }
    }

    fn attachments(&self) -> Vec<Attachment> {
        let Inside { manifest, pipeline, sheet, indicators } = self.inside;
        let said = |what: &str| self.words.fill(&format!("attachments.{what}"), &[]);
        let attachment =
            |name: &str, content: &Arc<Packed>, relationship, mime: &str, what: &str| Attachment {
                name: name.to_owned(),
                content: Arc::clone(content),
                relationship,
                mime: mime.to_owned(),
                description: said(what),
            };
        let name = pipeline_name(&self.request.path);
        let mut out = vec![
            attachment("manifest.json", manifest, Relationship::Source, "application/json", "manifest"),
            attachment(&name, pipeline, Relationship::Source, "application/yaml", "pipeline"),
        ];
        if let Some((is_workbook, sheet)) = sheet {
            let (ending, mime) = match is_workbook {
                true => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                false => ("csv", "text/csv"),
            };
            // Its own name may be that of another attachment.
            let name = format!("indicator-sheet.{ending}");
            out.push(attachment(&name, sheet, Relationship::Source, mime, "sheet"));
        }
        if let Some(indicators) = indicators {
            out.push(attachment("indicators.csv", indicators, Relationship::Data, "text/csv", "indicators"));
        }
        out
    }
}

/// What travels inside every report.
pub(super) struct Inside {
    manifest: Arc<Packed>,
    pipeline: Arc<Packed>,
    /// The file that indicators stand in, and whether it is a workbook.
    sheet: Option<(bool, Arc<Packed>)>,
    indicators: Option<Arc<Packed>>,
}

impl Inside {
    pub(super) fn new(
        request: &Request,
        loaded: &Loaded,
        manifest: &Manifest,
        tables: &Folder,
    ) -> Result<Self, Vec<Diagnostic>> {
        let packed = |bytes: &[u8]| match Packed::new(bytes) {
            Ok(packed) => Ok(Arc::new(packed)),
            Err(e) => Err(vec![Diagnostic::bug("report.packed", format!("a file could not be packed: {e}"))]),
        };
        let sheet = match &loaded.indicator_sheet {
            Some((name, bytes)) => Some((name.to_lowercase().ends_with(".xlsx"), packed(bytes)?)),
            None => None,
        };
        Ok(Self {
            manifest: packed(&manifest.inside())?,
            pipeline: packed(request.text.as_bytes())?,
            sheet,
            indicators: tables.get("indicators.csv").map(|bytes| packed(bytes)).transpose()?,
        })
    }
}

/// The direction as reports know it.
pub(super) fn direction(direction: indicator::Direction) -> Direction {
    match direction {
        indicator::Direction::Increase => Direction::Increase,
        indicator::Direction::Decrease => Direction::Decrease,
    }
}

fn placed((drawn, narrow): &(Drawn, Option<Drawn>)) -> PlacedFigure {
    let figure = &drawn.figure;
    let small = drawn.section == "cell";
    PlacedFigure {
        id: drawn.id.clone(),
        chart: drawn.chart.to_owned(),
        section: drawn.section.clone(),
        about: drawn.about.clone(),
        title: figure.title.clone(),
        caption: drawn.caption.clone(),
        alt: figure.alt.clone(),
        width_pt: figure.width_pt,
        height_pt: figure.height_pt,
        marks_svg: figure.marks_svg.clone().into_bytes(),
        labels: labels(figure),
        narrow: narrow.as_ref().filter(|_| !small).map(|narrow| Drawing {
            width_pt: narrow.figure.width_pt,
            height_pt: narrow.figure.height_pt,
            marks_svg: narrow.figure.marks_svg.clone().into_bytes(),
            labels: labels(&narrow.figure),
        }),
        data: if small { Vec::new() } else { numbers(&figure.csv) },
    }
}

/// The rows of a table of values separated by commas.
fn numbers(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().flatten().map(|row| row.iter().map(str::to_owned).collect()).collect()
}

fn labels(figure: &Figure) -> Vec<PlacedLabel> {
    let placed = |label: &Label| PlacedLabel {
        text: label.text.clone(),
        x_pt: label.x_pt,
        y_pt: label.y_pt,
        anchor: match label.anchor {
            groundwork_charts::Anchor::Start => Anchor::Start,
            groundwork_charts::Anchor::Middle => Anchor::Middle,
            groundwork_charts::Anchor::End => Anchor::End,
        },
        size_pt: label.size_pt,
        weight: label.weight,
        colour: label.colour.to_owned(),
    };
    figure.labels.iter().map(placed).collect()
}

/// How value and interval are obtained, in words: what is computed, and the method and the level of
/// the interval that the indicator has.
pub(crate) fn method(indicator: &indicator::Indicator) -> Localised {
    let (en, th, my) = match indicator.kind.summary() {
        Summary::FullCount | Summary::Total => (
            "Full count of what the exports hold; no interval, because nothing was sampled.",
            "นับครบทุกแถวในข้อมูลส่งออก ไม่มีช่วงความเชื่อมั่นเพราะไม่ได้สุ่มตัวอย่าง",
            "ဒေတာဖိုင်များရှိ အရာအားလုံးကို ရေတွက်သည်။ နမူနာမယူသဖြင့် အပိုင်းအခြား မရှိပါ။",
        ),
        Summary::RowMean => ("Sum divided by count", "ผลรวมหารด้วยจำนวน", "စုစုပေါင်းကို အရေအတွက်ဖြင့် စားသည်"),
        Summary::Share => ("Numerator divided by denominator", "ตัวตั้งหารด้วยตัวหาร", "ပိုင်းဝေကို ပိုင်းခြေဖြင့် စားသည်"),
        Summary::ClusteredRatio => (
            "Ratio of sums, with the variance between clusters",
            "อัตราส่วนของผลรวม ใช้ความแปรปรวนระหว่างกลุ่ม",
            "စုစုပေါင်းများ၏ အချိုး၊ အုပ်စုများကြား ကွဲပြားမှုဖြင့်",
        ),
        Summary::Quotient => (
            "Ratio of two full counts; no interval.",
            "อัตราส่วนของการนับครบสองค่า ไม่มีช่วงความเชื่อมั่น",
            "အပြည့်အစုံ ရေတွက်ချက် နှစ်ခု၏ အချိုး၊ အပိုင်းအခြား မရှိပါ။",
        ),
        Summary::Quantile(_) => ("The value of a rank", "ค่าตามลำดับ", "အဆင့်တစ်ခု၏ တန်ဖိုး"),
        Summary::Rate { .. } => {
            ("Events divided by person-time", "จำนวนเหตุการณ์หารด้วยคน-เวลา", "အဖြစ်အပျက်ကို လူ-အချိန်ဖြင့် စားသည်")
        }
        Summary::Bounds => (
            "No value: at least the largest figure, at most the sum of all (Fréchet 1935).",
            "ไม่มีค่าเดียว: อย่างน้อยเท่ากับตัวเลขสูงสุด อย่างมากเท่ากับผลรวม (Fréchet 1935)",
            "တန်ဖိုးတစ်ခုတည်း မရှိပါ။ အနည်းဆုံး အကြီးဆုံးဂဏန်း၊ အများဆုံး စုစုပေါင်း (Fréchet 1935)။",
        ),
        Summary::TopShare { .. } => (
            "Full count; no interval. Each person counts for the leader they first appear with.",
            "นับครบ ไม่มีช่วงความเชื่อมั่น แต่ละคนนับให้ผู้นำคนแรกที่พบ",
            "အပြည့်အစုံ ရေတွက်သည်။ လူတစ်ဦးကို ပထမဆုံးတွေ့သော ခေါင်းဆောင်အတွက် ရေတွက်သည်။",
        ),
        Summary::Derived => (
            "Computed from other indicators; no interval.",
            "คำนวณจากตัวชี้วัดอื่น ไม่มีช่วงความเชื่อมั่น",
            "အခြားညွှန်းကိန်းများမှ တွက်သည်။ အပိုင်းအခြား မရှိပါ။",
        ),
    };
    if indicator.method == CellMethod::ReachBand {
        return linked();
    }
    let has_interval = !en.ends_with('.');
    let is_usual = indicator.method == CellMethod::default_of(indicator.kind.summary())
        && (indicator.level - 0.95).abs() < 1e-9;
    let id = indicator.method.id();
    let level = |language: Language| format_value(indicator.level, &Unit::Share, language);
    let said = |text: &str, interval: String| {
        if has_interval { format!("{text}{interval}") } else { text.to_owned() }
    };
    if is_usual {
        let (en, th, my) = usual(&indicator.kind.summary());
        return Localised { en: en.to_owned(), th: Some(th.to_owned()), my: Some(my.to_owned()) };
    }
    Localised {
        en: said(en, format!("; {} interval by {id}.", level(Language::En))),
        th: Some(said(th, format!(" พร้อมช่วงความเชื่อมั่น {} ด้วยวิธี {id}", level(Language::Th)))),
        my: Some(said(my, format!("၊ {} အပိုင်းအခြား {id} ဖြင့်။", level(Language::My)))),
    }
}

/// What is said of people who were found by comparing records.
fn linked() -> Localised {
    Localised {
        en: "Different people, found by comparing names, birthdays and places, because no number identifies them. The band goes from counting every link that is as likely right as wrong to counting sure links only; where it is wider than 15%, no single number is given (Fellegi and Sunter 1969).".into(),
        th: Some("จำนวนคนที่ไม่ซ้ำกัน หาโดยเปรียบเทียบชื่อ วันเกิด และสถานที่ เพราะไม่มีเลขประจำตัว ช่วงนี้เริ่มจากการนับทุกคู่ที่น่าจะเป็นคนเดียวกันจนถึงการนับเฉพาะคู่ที่แน่ใจ หากช่วงกว้างเกินร้อยละ 15 จะไม่ให้ตัวเลขเดียว (Fellegi and Sunter 1969)".into()),
        my: Some("ကိုယ်ပိုင်နံပါတ် မရှိသောကြောင့် အမည်၊ မွေးနေ့နှင့် နေရာတို့ကို နှိုင်းယှဉ်၍ တွေ့ရှိသော မတူညီသူများ။ ဖြစ်နိုင်ခြေရှိသော ချိတ်ဆက်မှုအားလုံးမှ သေချာသော ချိတ်ဆက်မှုများအထိ အပိုင်းအခြားဖြစ်ပြီး ၁၅% ထက်ကျယ်လျှင် ဂဏန်းတစ်ခုတည်း မပေးပါ (Fellegi and Sunter 1969)။".into()),
    }
}

/// The same for the usual method at the usual level, with its source.
fn usual(summary: &Summary) -> (&'static str, &'static str, &'static str) {
    match summary {
        Summary::FullCount | Summary::Total => (
            "Full count of what the exports hold; no interval, because nothing was sampled.",
            "นับครบทุกแถวในข้อมูลส่งออก ไม่มีช่วงความเชื่อมั่นเพราะไม่ได้สุ่มตัวอย่าง",
            "ဒေတာဖိုင်များရှိ အရာအားလုံးကို ရေတွက်သည်။ နမူနာမယူသဖြင့် အပိုင်းအခြား မရှိပါ။",
        ),
        Summary::RowMean => (
            "Sum divided by count, with a 95% t interval.",
            "ผลรวมหารด้วยจำนวน พร้อมช่วงความเชื่อมั่น t ร้อยละ 95",
            "စုစုပေါင်းကို အရေအတွက်ဖြင့် စားသည်၊ ၉၅% t အပိုင်းအခြားဖြင့်။",
        ),
        Summary::Share => (
            "Numerator divided by denominator, with the 95% Wilson score interval (Wilson 1927).",
            "ตัวตั้งหารด้วยตัวหาร พร้อมช่วงความเชื่อมั่น Wilson ร้อยละ 95 (Wilson 1927)",
            "ပိုင်းဝေကို ပိုင်းခြေဖြင့် စားသည်၊ ၉၅% Wilson အပိုင်းအခြားဖြင့် (Wilson 1927)။",
        ),
        Summary::ClusteredRatio => (
            "Ratio of sums with a 95% interval from the variance between clusters, on the log scale, t with clusters less one degrees of freedom.",
            "อัตราส่วนของผลรวม พร้อมช่วงความเชื่อมั่นร้อยละ 95 จากความแปรปรวนระหว่างกลุ่ม",
            "စုစုပေါင်းများ၏ အချိုး၊ အုပ်စုများကြား ကွဲပြားမှုမှ ၉၅% အပိုင်းအခြားဖြင့်။",
        ),
        Summary::Quotient => (
            "Ratio of two full counts; no interval.",
            "อัตราส่วนของการนับครบสองค่า ไม่มีช่วงความเชื่อมั่น",
            "အပြည့်အစုံ ရေတွက်ချက် နှစ်ခု၏ အချိုး၊ အပိုင်းအခြား မရှိပါ။",
        ),
        Summary::Quantile(_) => (
            "The value of a rank, with an interval between two ranks that covers at least 95% (Thompson 1936).",
            "ค่าตามลำดับ พร้อมช่วงระหว่างสองลำดับที่ครอบคลุมอย่างน้อยร้อยละ 95 (Thompson 1936)",
            "အဆင့်တစ်ခု၏ တန်ဖိုး၊ အနည်းဆုံး ၉၅% ခြုံငုံသော အဆင့်နှစ်ခုကြား အပိုင်းအခြားဖြင့် (Thompson 1936)။",
        ),
        Summary::Rate { .. } => (
            "Events divided by person-time, with the exact 95% Poisson interval (Garwood 1936).",
            "จำนวนเหตุการณ์หารด้วยคน-เวลา พร้อมช่วงความเชื่อมั่น Poisson ร้อยละ 95 (Garwood 1936)",
            "အဖြစ်အပျက်ကို လူ-အချိန်ဖြင့် စားသည်၊ တိကျသော ၉၅% Poisson အပိုင်းအခြားဖြင့် (Garwood 1936)။",
        ),
        Summary::Bounds => (
            "No value: at least the largest figure, at most the sum of all (Fréchet 1935).",
            "ไม่มีค่าเดียว: อย่างน้อยเท่ากับตัวเลขสูงสุด อย่างมากเท่ากับผลรวม (Fréchet 1935)",
            "တန်ဖိုးတစ်ခုတည်း မရှိပါ။ အနည်းဆုံး အကြီးဆုံးဂဏန်း၊ အများဆုံး စုစုပေါင်း (Fréchet 1935)။",
        ),
        Summary::TopShare { .. } => (
            "Full count; no interval. Each person counts for the leader they first appear with.",
            "นับครบ ไม่มีช่วงความเชื่อมั่น แต่ละคนนับให้ผู้นำคนแรกที่พบ",
            "အပြည့်အစုံ ရေတွက်သည်။ လူတစ်ဦးကို ပထမဆုံးတွေ့သော ခေါင်းဆောင်အတွက် ရေတွက်သည်။",
        ),
        Summary::Derived => (
            "Computed from other indicators; no interval.",
            "คำนวณจากตัวชี้วัดอื่น ไม่มีช่วงความเชื่อมั่น",
            "အခြားညွှန်းကိန်းများမှ တွက်သည်။ အပိုင်းအခြား မရှိပါ။",
        ),
    }
}

/// What a reader should know before using the numbers, from what the plan holds.
pub(super) fn limits(plan: &Plan) -> Vec<Localised> {
    let mut out: Vec<Localised> = Vec::new();
    for partner in &plan.partners {
        let id = &partner.id;
        out.push(Localised {
            en: format!("The numbers of {id} are those that this partner released, from rows that are not here; they are no part of the numbers of all sites together."),
            th: Some(format!("ตัวเลขของ {id} เป็นตัวเลขที่ภาคีเผยแพร่จากข้อมูลที่ไม่มีในที่นี้ และไม่รวมอยู่ในตัวเลขรวมทุกพื้นที่")),
            my: Some(format!("{id} ၏ ဂဏန်းများသည် မိတ်ဖက်က ထုတ်ပြန်ထားသည်များ ဖြစ်ပြီး နေရာအားလုံး၏ စုစုပေါင်းတွင် မပါဝင်ပါ။")),
        });
    }
    let mut add = |en: &str, th: &str, my: &str| {
        out.push(Localised { en: en.to_owned(), th: Some(th.to_owned()), my: Some(my.to_owned()) });
    };
    if !plan.evaluations.is_empty() {
        add(
            "Sites were not assigned at random and may differ in whom they serve, how long they have worked and what else happened there; a comparison describes them and does not prove a cause.",
            "พื้นที่ไม่ได้ถูกสุ่มเลือก และอาจต่างกันในกลุ่มผู้รับบริการ ระยะเวลาทำงาน และเหตุการณ์อื่น การเปรียบเทียบจึงเป็นการพรรณนา ไม่ใช่การพิสูจน์สาเหตุ",
            "နေရာများကို ကျပန်းမရွေးထားပါ။ ဝန်ဆောင်မှုခံသူ၊ လုပ်ကိုင်သည့်ကာလနှင့် အခြားဖြစ်ရပ်များ ကွာခြားနိုင်သည်။ နှိုင်းယှဉ်ချက်သည် ဖော်ပြရုံသာ ဖြစ်ပြီး အကြောင်းရင်းကို သက်သေမပြပါ။",
        );
    }
    if plan.indicators.iter().any(|i| matches!(i.kind, Kind::DistinctCount(_))) {
        add(
            "Each person is counted once in a cell. Sites and periods must not be added up: someone who attends in two of them is one person.",
            "แต่ละคนถูกนับหนึ่งครั้งในแต่ละช่อง ห้ามนำพื้นที่หรือช่วงเวลามารวมกัน เพราะคนที่เข้าร่วมหลายแห่งยังคงเป็นคนเดียว",
            "လူတစ်ဦးကို အကွက်တစ်ခုတွင် တစ်ကြိမ်သာ ရေတွက်သည်။ နေရာနှင့် ကာလများကို မပေါင်းရပါ။ နှစ်နေရာတွင် ပါဝင်သူသည် တစ်ဦးတည်း ဖြစ်သည်။",
        );
    }
    if plan.indicators.iter().any(|i| matches!(i.kind, Kind::Completion(_))) {
        add(
            "Completion looks only at those who have had the full time; those who entered later are counted beside it as not yet mature.",
            "อัตราการเสร็จสิ้นพิจารณาเฉพาะผู้ที่มีเวลาครบแล้ว ผู้ที่เข้ามาทีหลังแสดงแยกไว้ว่ายังไม่ครบเวลา",
            "ပြီးစီးမှုသည် အချိန်ပြည့်ရရှိသူများကိုသာ ကြည့်သည်။ နောက်မှဝင်သူများကို အချိန်မပြည့်သေးဟု သီးခြားပြသည်။",
        );
    }
    out
}
