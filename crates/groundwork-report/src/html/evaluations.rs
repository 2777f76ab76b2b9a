//! Evaluations: what was asked and how, what was found and how sure it is, what was learned.

use super::markup::Listing;
use super::{Page, Section};
use crate::document::{Estimate, Evaluation, Lesson};
use maud::{Markup, html};

/// So many rows of an evaluation are printed.
const MOST: usize = 14;

/// What a table of comparisons has said already.
const PAIRS: [&str; 2] = ["difference of sites", "ratio of sites"];

/// The dimensions of RE-AIM, in order.
const RE_AIM: [&str; 5] = ["reach", "effectiveness", "adoption", "implementation", "maintenance"];

/// The rows with a verdict, or that ask for one.
fn judged(evaluation: &Evaluation) -> impl Iterator<Item = &Estimate> {
    evaluation.rows.iter().filter(|r| r.verdict.is_some() || r.estimand_id.contains(", margin "))
}

/// The rows that speak for an evaluation: verdicts, else the first that answers its question.
fn speaking(evaluation: &Evaluation) -> Vec<&Estimate> {
    let verdicts: Vec<&Estimate> = judged(evaluation).collect();
    match verdicts.is_empty() {
        false => verdicts,
        true => evaluation.rows.iter().find(|r| r.said.is_some()).into_iter().collect(),
    }
}

impl Page<'_> {
    /// What is evaluated.
    pub(super) fn object(&self) -> Vec<Section> {
        let doc = self.doc;
        let planned = doc.evaluations.iter().filter(|e| e.standing != "exploratory").count();
        let n = |n: usize| self.words.count(n);
        let counted = self
            .say("object.counted")
            .replace("{planned}", &n(planned))
            .replace("{exploratory}", &n(doc.evaluations.len() - planned));
        let sites: Vec<&str> = doc.sites.iter().map(|s| s.name.as_str()).collect();
        let rows = [
            ("programme", doc.programme.clone()),
            ("sites", sites.join(", ")),
            ("period", doc.period.text.clone()),
            ("date", doc.as_of.text.clone()),
            ("questions", counted),
        ];
        let body = html! {
            dl {
                @for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
                    dt { (self.w(&format!("object.{name}"))) } dd { (self.t(text)) }
                }
            }
        };
        Section::titled(self.say("object.title"), body)
    }

    /// What was asked, how it was answered, whether that was planned.
    pub(super) fn matrix(&self) -> Vec<Section> {
        let doc = self.doc;
        if doc.evaluations.is_empty() {
            return Vec::new();
        }
        let criteria = doc.evaluations.iter().any(|e| e.criterion.is_some());
        let row = |e: &Evaluation| {
            let mut row = vec![
                self.t(&e.question),
                self.w(&format!("designs.{}.name", e.design)),
                html! {
                    (self.w(&format!("standings.{}", e.standing)))
                    @if !e.deviations.is_empty() { br; span class="small" { (self.t(&e.deviations.join(", "))) } }
                },
            ];
            if criteria {
                let criterion = e.criterion.map(|c| self.w(&format!("criteria.{c}")));
                row.push(criterion.unwrap_or_else(|| self.w("dash")));
            }
            row
        };
        let names = ["question", "design", "standing", "criterion"];
        let names = names.iter().take(if criteria { 4 } else { 3 });
        let body = self.listing(Listing {
            caption: self.say("matrix.caption"),
            head: names.map(|w| self.w(&format!("matrix.{w}"))).collect(),
            numbers: &[],
            rows: doc.evaluations.iter().map(row).collect(),
            remark: html! {},
        });
        Section::titled(self.say("matrix.title"), body)
    }

    /// Every verdict against the margin that was set beforehand; by the dimensions of RE-AIM where
    /// evaluations name theirs.
    pub(super) fn scorecard(&self) -> Vec<Section> {
        let all = &self.doc.evaluations;
        let framed = all.iter().any(|e| e.re_aim.is_some());
        let rows: Vec<Vec<Markup>> = if framed {
            RE_AIM.iter().flat_map(|dimension| self.dimension(dimension)).collect()
        } else {
            let judged = all.iter().flat_map(|e| judged(e).map(move |r| (e, r)));
            judged.map(|(e, r)| self.answered(html! {}, e, r)).collect()
        };
        if rows.is_empty() {
            return Vec::new();
        }
        let names = [
            "matrix.question",
            "indicators.indicator",
            "comparison.difference",
            "scorecard.verdict",
            "certainty.word",
        ];
        let body = self.listing(Listing {
            caption: self.say(if framed { "scorecard.caption_frame" } else { "scorecard.caption" }),
            head: names.map(|w| self.w(w)).to_vec(),
            numbers: &[2],
            rows,
            remark: self.w("scorecard.rule"),
        });
        Section::titled(self.say("scorecard.title"), body)
    }

    /// The rows of a dimension of RE-AIM; one that says so where nothing asks about it.
    fn dimension(&self, dimension: &str) -> Vec<Vec<Markup>> {
        let title = html! { b { (self.w(&format!("re_aim.{dimension}"))) } };
        let asked: Vec<&Evaluation> =
            self.doc.evaluations.iter().filter(|e| e.re_aim == Some(dimension)).collect();
        if asked.is_empty() {
            let none = self.w("scorecard.unasked");
            return vec![vec![title, none, html! {}, html! {}, html! {}]];
        }
        let mut rows = Vec::new();
        for evaluation in asked {
            let before = if rows.is_empty() {
                html! { (title) br; }
            } else {
                html! {}
            };
            let speaking = speaking(evaluation);
            if speaking.is_empty() {
                let question = html! { (before) (self.t(&evaluation.question)) };
                rows.push(vec![question, self.w("scorecard.open"), html! {}, html! {}, html! {}]);
            }
            for (at, row) in speaking.into_iter().enumerate() {
                let before = if at == 0 {
                    before.clone()
                } else {
                    html! {}
                };
                rows.push(self.answered(before, evaluation, row));
            }
        }
        rows
    }

    fn answered(&self, before: Markup, evaluation: &Evaluation, row: &Estimate) -> Vec<Markup> {
        vec![
            html! { (before) (self.t(&evaluation.question)) },
            html! { (self.t(&row.indicator)) br; span class="small" { (self.t(&row.contrast)) } },
            self.estimated(row.value.as_ref(), row.interval.as_ref(), row.status),
            self.verdict(row),
            self.certainty(row),
        ]
    }

    fn verdict(&self, row: &Estimate) -> Markup {
        let Some(verdict) = row.verdict else {
            return if row.status == "withheld" { self.withheld() } else { self.w("dash") };
        };
        let shape = match verdict {
            "adapted" => "●",
            "worse" => "○",
            "inconclusive" => "◔",
            _ => "?",
        };
        html! {
            span class="shape" aria-hidden="true" { (shape) } " " (self.w(&format!("verdict.{verdict}")))
        }
    }

    /// What was planned, and apart from it what is exploratory.
    pub(super) fn findings(&self) -> Vec<Section> {
        let (others, planned): (Vec<_>, Vec<_>) =
            self.doc.evaluations.iter().partition(|e| e.standing == "exploratory");
        let mut out = Vec::new();
        if !planned.is_empty() {
            let body = html! { @for e in planned { (self.part(e, false)) } };
            out.extend(Section::titled(self.say("findings.planned"), body));
        }
        if !others.is_empty() {
            let body = html! {
                p { (self.w("findings.exploratory_note")) }
                @for e in others { (self.part(e, false)) }
            };
            out.extend(Section::titled(self.say("findings.exploratory"), body));
        }
        out
    }

    /// Every evaluation, beside a table of comparisons.
    pub(super) fn all_findings(&self) -> Vec<Section> {
        if self.doc.evaluations.is_empty() {
            return Vec::new();
        }
        let body = html! { @for e in &self.doc.evaluations { (self.part(e, true)) } };
        Section::titled(self.say("findings.title"), body)
    }

    /// One evaluation: its question, what its design can say, its figures, its evidence.
    fn part(&self, evaluation: &Evaluation, compared: bool) -> Markup {
        let design = format!("designs.{}", evaluation.design);
        let figures = self.figures_about(&evaluation.id);
        html! {
            h3 { (self.t(&evaluation.question)) }
            p class="note" { (self.w(&format!("{design}.name"))) ". " (self.w(&format!("{design}.means"))) }
            (figures)
            @if evaluation.design == "adaptation" {
                (self.became(None))
            } @else {
                (self.sentences(evaluation))
                (self.evidence_of(evaluation, compared))
            }
        }
    }

    fn evidence_of(&self, evaluation: &Evaluation, compared: bool) -> Markup {
        // A curve shows the shares by time.
        let is_drawn = self.doc.figures.iter().any(|f| f.about == evaluation.id && f.chart == "completion");
        let said_before = |r: &Estimate| {
            (is_drawn && r.estimand_id.starts_with("share with"))
                || (compared
                    && evaluation.design == "site_comparison"
                    && PAIRS.contains(&r.estimand_id.as_str()))
        };
        let hidden = evaluation.rows.iter().filter(|r| r.status == "withheld").count();
        let shown: Vec<&Estimate> = evaluation
            .rows
            .iter()
            .filter(|r| r.status != "withheld" && r.answers && !said_before(r))
            .take(MOST)
            .collect();
        let n = |n: usize| self.words.count(n);
        let kept = self.hidden_rows(hidden);
        if shown.is_empty() {
            return html! {
                @if !kept.is_empty() { p { (self.t(&kept)) } }
                @else if !compared { p { (self.w("findings.none")) } }
            };
        }
        let others = evaluation.rows.len() - shown.len() - hidden;
        let further = match others {
            0 => String::new(),
            _ => self.say("findings.more").replace("{n}", &n(others)),
        };
        // A name that stands over all rows is said once.
        let first = shown.first().map_or("", |r| r.indicator.as_str());
        let same = shown.iter().all(|r| r.indicator == first);
        let row = |r: &&Estimate| {
            let about = if same { "" } else { r.indicator.as_str() };
            let small = [about, &r.term, &r.contrast].map(str::to_owned);
            vec![
                html! {
                    (self.t(&r.estimand))
                    @if small.iter().any(|s| !s.is_empty()) { br; span class="small" { (self.joined(&small)) } }
                },
                self.estimated(r.value.as_ref(), r.interval.as_ref(), r.status),
                r.n.as_ref().map_or_else(|| self.w("dash"), |n| self.t(&n.text)),
                self.reading(r),
            ]
        };
        self.listing(Listing {
            caption: if same && !first.is_empty() { first } else { self.say("findings.caption") },
            head: ["what", "estimate", "n", "reading"].map(|w| self.w(&format!("findings.{w}"))).to_vec(),
            numbers: &[1, 2],
            rows: shown.iter().map(row).collect(),
            remark: self.joined_by_blank(&[further, kept]),
        })
    }

    fn joined_by_blank(&self, parts: &[String]) -> Markup {
        let kept: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
        self.t(&kept.join(" "))
    }

    fn reading(&self, row: &Estimate) -> Markup {
        match (row.verdict, &row.value, &row.p) {
            (Some(verdict), _, _) => self.w(&format!("verdict.{verdict}")),
            (None, None, _) => self.t(&self.reason(row.status, &row.reason)),
            (None, Some(_), Some(p)) => self.t(&p.text),
            (None, Some(_), None) => html! {},
        }
    }

    /// What was learned.
    pub(super) fn lessons(&self) -> Vec<Section> {
        let lessons = &self.doc.lessons;
        let body = html! {
            @if lessons.is_empty() { p { (self.w("lessons.none")) } }
            @for (at, lesson) in lessons.iter().enumerate() { (self.lesson(at + 1, lesson)) }
        };
        Section::titled(self.say("lessons.title"), body)
    }

    fn lesson(&self, n: usize, lesson: &Lesson) -> Markup {
        let terms = [
            ("condition", &lesson.condition),
            ("mechanism", &lesson.mechanism),
            ("counter", &lesson.counter_evidence),
            ("would_change", &lesson.would_change),
        ];
        let terms: Vec<(&str, &String)> =
            terms.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?))).collect();
        let rows = self.resting_on(lesson);
        let own = Some(&lesson.id).filter(|id| !id.is_empty());
        let about = own.into_iter().chain(&lesson.evaluations).chain(&lesson.adaptations);
        let about: Vec<&str> = about.map(String::as_str).collect();
        html! {
            h3 { (self.number_of(n)) ". " (self.t(&lesson.lesson)) }
            @if !terms.is_empty() {
                dl {
                    @for (name, text) in terms { dt { (self.w(&format!("lessons.{name}"))) } dd { (self.t(text)) } }
                }
            }
            @if !rows.is_empty() {
                (self.listing(Listing {
                    caption: self.say("lessons.evidence"),
                    head: ["matrix.question", "findings.what", "findings.estimate", "scorecard.verdict"]
                        .map(|w| self.w(w))
                        .to_vec(),
                    numbers: &[2],
                    rows: rows
                        .iter()
                        .map(|(e, r)| vec![
                            self.t(&e.question),
                            html! { (self.t(&r.estimand)) br; span class="small" { (self.t(&r.indicator)) } },
                            self.estimated(r.value.as_ref(), r.interval.as_ref(), r.status),
                            self.verdict(r),
                        ])
                        .collect(),
                    remark: html! {},
                }))
            }
            (self.became(Some(&lesson.adaptations)))
            (self.voices_about(&about))
        }
    }

    /// The rows that a lesson rests on: verdicts first, else the first published rows of each.
    fn resting_on(&self, lesson: &Lesson) -> Vec<(&Evaluation, &Estimate)> {
        let mut out = Vec::new();
        for e in self.doc.evaluations.iter().filter(|e| lesson.evaluations.contains(&e.id)) {
            let judged: Vec<&Estimate> = e.rows.iter().filter(|r| r.verdict.is_some()).collect();
            let published = || e.rows.iter().filter(|r| r.value.is_some() && r.answers).take(2);
            match judged.is_empty() {
                true => out.extend(published().map(|r| (e, r))),
                false => out.extend(judged.into_iter().map(|r| (e, r))),
            }
        }
        out
    }

    /// What should be done, by whom and until when.
    pub(super) fn recommendations(&self) -> Vec<Section> {
        let with: Vec<(usize, &Lesson)> =
            (1..).zip(&self.doc.lessons).filter(|(_, l)| l.recommendation.is_some()).collect();
        if with.is_empty() {
            return Vec::new();
        }
        let or_dash = |text: &Option<String>| match text {
            Some(text) => self.t(text),
            None => self.w("dash"),
        };
        let row = |(n, l): &(usize, &Lesson)| {
            let cost = l.cost.as_ref().map(|c| self.say_or(&format!("lessons.costs.{c}"), c));
            vec![
                html! { (self.number_of(*n)) ". " (or_dash(&l.recommendation)) },
                or_dash(&l.owner),
                or_dash(&l.by),
                or_dash(&cost),
            ]
        };
        let body = self.listing(Listing {
            caption: self.say("lessons.caption"),
            head: ["recommendation", "owner", "by", "cost"].map(|w| self.w(&format!("lessons.{w}"))).to_vec(),
            numbers: &[],
            rows: with.iter().map(row).collect(),
            remark: html! {},
        });
        Section::titled(self.say("lessons.recommendations"), body)
    }
}
