//! Indicators: against their targets, from period to period, from site to site; how each is made, and
//! the numbers as they stand in the file.

use super::markup::Listing;
use super::{Page, Section};
use crate::document::{Change, Comparison, Indicator, SiteText};
use maud::{Markup, html};

/// More sites than this do not fit beside each other.
const SITES: usize = 4;

const STANDINGS: [&str; 5] = ["on_track", "probably_on_track", "probably_behind", "behind", "cannot_tell"];

impl Page<'_> {
    /// The sites that have columns; a lone site is the same as all sites.
    fn columns(&self) -> &[SiteText] {
        match self.doc.sites.len() {
            2..=SITES => &self.doc.sites,
            _ => &[],
        }
    }

    /// The head of the column of all sites.
    fn all(&self) -> Markup {
        match self.doc.sites.as_slice() {
            [only] => self.in_colour(&only.name, only.colour),
            _ => self.w("all_sites"),
        }
    }

    fn named(&self, indicator: &Indicator) -> Markup {
        html! {
            (self.t(&indicator.title))
            @if indicator.direction == "decrease" { br; span class="small" { (self.w("indicators.decrease")) } }
        }
    }

    /// What the shapes mean.
    fn rules(&self) -> Markup {
        html! {
            (self.w("indicators.rule"))
            @for (at, id) in STANDINGS.iter().enumerate() {
                @if at > 0 { " ·" }
                " " (self.standing(id)) ": " (self.w(&format!("indicators.rules.{id}")))
            }
        }
    }

    /// Every indicator: the sites, all together, how it moved, the target.
    pub(super) fn performance(&self) -> Vec<Section> {
        let doc = self.doc;
        if doc.indicators.is_empty() {
            return Vec::new();
        }
        let sites = self.columns();
        let lines = doc.figures.iter().any(|f| f.section == "cell");
        let targets = doc.indicators.iter().any(|i| i.standing.id != "none");
        let mut head = vec![self.w("indicators.indicator")];
        head.extend(sites.iter().map(|s| self.in_colour(&s.name, s.colour)));
        head.push(self.all());
        if lines {
            head.push(self.w("changes.recent"));
        }
        head.push(self.w("changes.before"));
        let last = head.len();
        if targets {
            head.extend([self.w("indicators.target"), self.w("indicators.status")]);
        }
        let row = |indicator: &Indicator| {
            let mut row = vec![self.named(indicator)];
            if !sites.is_empty() {
                row.extend(indicator.cells.iter().map(|c| self.cell(c)));
            }
            row.push(self.cell(&indicator.all));
            if lines {
                row.push(self.in_cell(&indicator.id));
            }
            let change = doc.changes.iter().find(|c| c.id == indicator.id);
            row.push(change.map_or_else(|| self.w("dash"), |c| self.since_before(c)));
            if targets {
                let target = indicator.standing.target.as_ref();
                row.push(target.map_or_else(|| self.w("dash"), |t| self.t(&t.text)));
                row.push(self.standing(indicator.standing.id));
            }
            row
        };
        let remark = html! {
            (self.w("changes.rule"))
            @if targets { " " (self.rules()) "." }
            @if doc.withheld.count.raw > 0.0 { " " (self.mark_explained()) }
        };
        let body = self.listing(Listing {
            caption: self.say("indicators.caption"),
            head,
            numbers: &(1..=last).collect::<Vec<_>>(),
            rows: doc.indicators.iter().map(row).collect(),
            remark,
        });
        Section::titled(self.say("indicators.title"), body)
    }

    fn since_before(&self, change: &Change) -> Markup {
        html! {
            @if let Some(before) = &change.before.value { span class="whole" { (self.t(&before.text)) } " " }
            span class="small" { (self.w(&format!("changes.{}", change.moved))) }
        }
    }

    fn mark_explained(&self) -> Markup {
        html! { span class="mark" aria-hidden="true" { (self.say("withheld_mark")) } " " (self.w("withheld")) "." }
    }

    /// Every indicator against its target.
    pub(super) fn indicators(&self) -> Vec<Section> {
        let doc = self.doc;
        if doc.indicators.is_empty() {
            return Section::titled(
                self.say("indicators.title"),
                html! { p { (self.w("indicators.none")) } },
            );
        }
        let sites = self.columns();
        let mut head = vec![self.w("indicators.indicator")];
        head.extend(sites.iter().map(|s| self.in_colour(&s.name, s.colour)));
        head.push(self.all());
        head.extend(["target", "achievement", "status"].map(|w| self.w(&format!("indicators.{w}"))));
        let text = |number: Option<&crate::document::Number>| {
            number.map_or_else(|| self.w("dash"), |n| self.t(&n.text))
        };
        let row = |indicator: &Indicator| {
            let mut row = vec![self.named(indicator)];
            if !sites.is_empty() {
                row.extend(indicator.cells.iter().map(|c| self.cell(c)));
            }
            row.push(self.cell(&indicator.all));
            row.push(text(indicator.standing.target.as_ref()));
            row.push(text(indicator.standing.achievement.as_ref()));
            row.push(self.standing(indicator.standing.id));
            row
        };
        let remark = html! {
            (self.rules()) ". " (self.w("indicators.achievement_rule")) "."
            @if doc.withheld.count.raw > 0.0 { " " (self.mark_explained()) }
            @if sites.is_empty() && doc.sites.len() > 1 { " " (self.w("indicators.many_sites")) "." }
        };
        let body = self.listing(Listing {
            caption: self.say("indicators.caption"),
            numbers: &(1..head.len() - 1).collect::<Vec<_>>(),
            head,
            rows: doc.indicators.iter().map(row).collect(),
            remark,
        });
        Section::titled(self.say("indicators.title"), body)
    }

    /// What moved since the period before.
    pub(super) fn changes(&self) -> Vec<Section> {
        let doc = self.doc;
        let body = if doc.changes.is_empty() {
            html! { p { (self.w("changes.none")) } }
        } else {
            self.listing(Listing {
                caption: self.say("changes.caption"),
                head: vec![
                    self.w("indicators.indicator"),
                    self.w("changes.before"),
                    self.w("changes.now"),
                    self.w("changes.change"),
                    self.w("changes.reading"),
                ],
                numbers: &[1, 2, 3],
                rows: doc
                    .changes
                    .iter()
                    .map(|c| {
                        vec![
                            self.t(&c.title),
                            self.cell(&c.before),
                            self.cell(&c.now),
                            self.t(&c.change.text),
                            self.w(&format!("changes.{}", c.moved)),
                        ]
                    })
                    .collect(),
                remark: self.w("changes.rule"),
            })
        };
        let mut out = Section::titled(self.say("changes.title"), body);
        out.extend(self.restated());
        out
    }

    /// Values of earlier periods that an earlier release gave otherwise.
    pub(super) fn restated(&self) -> Vec<Section> {
        let doc = self.doc;
        if doc.restated.is_empty() {
            return Vec::new();
        }
        Section::plain(
            self.listing(Listing {
                caption: self.say("changes.restated"),
                head: vec![
                    self.w("indicators.indicator"),
                    self.w("workbook.site"),
                    self.w("changes.period"),
                    self.w("changes.before"),
                    self.w("changes.now"),
                ],
                numbers: &[3, 4],
                rows: doc
                    .restated
                    .iter()
                    .map(|r| {
                        [&r.title, &r.site, &r.period, &r.before.text, &r.now.text]
                            .map(|t| self.t(t))
                            .to_vec()
                    })
                    .collect(),
                remark: html! {},
            }),
        )
    }

    /// The comparisons, grouped by the question that asks for them.
    pub(super) fn comparison(&self) -> Vec<Section> {
        let mut names: Vec<&str> = Vec::new();
        for row in &self.doc.comparisons {
            if !names.contains(&row.evaluation.as_str()) {
                names.push(&row.evaluation);
            }
        }
        if names.is_empty() {
            return Vec::new();
        }
        let groups = names
            .iter()
            .map(|name| self.doc.comparisons.iter().filter(|c| c.evaluation == *name).collect::<Vec<_>>());
        let body = html! { @for group in groups { (self.compared(&group)) } };
        Section::titled(self.say("comparison.title"), body)
    }

    fn compared(&self, rows: &[&Comparison]) -> Markup {
        let Some(first) = rows.first() else { return html! {} };
        let same = rows.iter().all(|r| r.name == first.name && r.reference_name == first.reference_name);
        let side = |name: &str, colour: &str, cell| {
            html! {
                @if !same { span class="small" { (self.in_colour(name, colour)) } " " }
                (self.cell(cell))
            }
        };
        let (left, right) = match same {
            true => (
                self.in_colour(&first.name, first.colour),
                self.in_colour(&first.reference_name, first.reference_colour),
            ),
            false => (html! {}, html! {}),
        };
        let reading = |r: &Comparison| match (r.value.is_some(), r.verdict) {
            (false, _) => self.t(&self.reason(r.status, r.reason)),
            (true, None) => self.w("comparison.no_interval"),
            (true, Some("no_clear_difference")) => self.w("comparison.no_clear_difference"),
            (true, Some(verdict)) => html! {
                (self.in_colour(&r.name, r.colour)) " " (self.w(&format!("comparison.{verdict}"))) " "
                (self.in_colour(&r.reference_name, r.reference_colour))
            },
        };
        let table = self.listing(Listing {
            caption: self.say("comparison.caption"),
            head: vec![
                self.w("comparison.indicator"),
                left,
                right,
                self.w("comparison.difference"),
                self.w("comparison.reading"),
            ],
            numbers: &[1, 2, 3],
            rows: rows
                .iter()
                .map(|r| {
                    vec![
                        self.t(&r.indicator),
                        side(&r.name, r.colour, &r.cell),
                        side(&r.reference_name, r.reference_colour, &r.reference),
                        self.estimated(r.value.as_ref(), r.interval.as_ref(), r.status),
                        reading(r),
                    ]
                })
                .collect(),
            remark: self.w("comparison.remark"),
        });
        html! {
            @if !first.question.is_empty() { p { (self.t(&first.question)) } }
            (table)
        }
    }

    /// How each indicator is made.
    pub(super) fn methods(&self) -> Vec<Section> {
        if self.doc.indicators.is_empty() {
            return Vec::new();
        }
        let term = |name: &str, text: &str| {
            html! {
                @if !text.is_empty() { br; span class="small" { (self.w(name)) ": " } (self.t(text)) }
            }
        };
        let additive = |i: &Indicator| match (i.additive_over_sites, i.additive_over_periods) {
            (true, true) => "both",
            (true, false) => "sites",
            (false, true) => "periods",
            (false, false) => "neither",
        };
        let row = |i: &Indicator| {
            vec![
                self.t(&i.title),
                html! {
                    (self.t(&i.definition))
                    (term("methods.numerator", &i.numerator))
                    (term("methods.denominator", i.denominator.as_deref().unwrap_or_default()))
                },
                html! {
                    (self.t(&i.method)) br;
                    span class="small" { (self.w(&format!("methods.additive.{}", additive(i)))) }
                },
            ]
        };
        let body = self.listing(Listing {
            caption: self.say("methods.caption"),
            head: ["indicator", "what", "how"].map(|w| self.w(&format!("methods.{w}"))).to_vec(),
            numbers: &[],
            rows: self.doc.indicators.iter().map(row).collect(),
            remark: html! {},
        });
        Section::titled(self.say("methods.title"), body)
    }

    /// The unrounded numbers, as in the file.
    pub(super) fn evidence(&self) -> Vec<Section> {
        let doc = self.doc;
        if doc.evidence.is_empty() {
            return Section::titled(self.say("evidence.title"), html! { p { (self.w("evidence.none")) } });
        }
        let shown = |text: &Option<String>, withheld: bool| match text {
            _ if withheld => self.withheld(),
            Some(text) => html! { (text) },
            None => self.w("dash"),
        };
        let names = ["indicator", "site", "numerator", "denominator", "value", "lower", "upper"];
        let body = self.listing(Listing {
            caption: self.say("evidence.caption"),
            head: names.map(|w| self.w(&format!("evidence.{w}"))).to_vec(),
            numbers: &[2, 3, 4, 5, 6],
            rows: doc
                .evidence
                .iter()
                .map(|e| {
                    let withheld = e.status == "withheld";
                    let site = if e.site.is_empty() { self.say("evidence.all") } else { &e.site };
                    let mut row = vec![self.t(&e.indicator), self.t(site)];
                    let numbers = [&e.numerator, &e.denominator, &e.value, &e.lower, &e.upper];
                    row.extend(numbers.map(|n| shown(n, withheld)));
                    row
                })
                .collect(),
            remark: html! {},
        });
        Section::titled(self.say("evidence.title"), body)
    }
}
