//! From the input to the document: look up, format, sort. The only place where released numbers
//! become text.

use crate::adapted;
use crate::document as doc;
use crate::document::{Day, Document, Evidence, PeriodText, Withheld};
use crate::evaluated;
use crate::finding::{self, Tile};
use crate::input::{ComparisonInfo, Direction, IndicatorInfo, Input};
use crate::placed::{attachment, figure};
use crate::standing;
use crate::words::Words;
use crate::write::{self, clean, count, interval, number, ratio_interval, short, value};
use groundwork_disclosure::{CellKey, ReleasedCell, ReleasedContrast, Status};
use groundwork_plan::number::{Unit, format_day, format_exact, format_value, month_name, signed, year_of};
use groundwork_plan::period::{Frequency, Period};
use groundwork_plan::site::{Site, SiteRole};
use groundwork_plan::text::{Language, Localised};

/// The colour of text that belongs to no site.
const INK: &str = "#222222";

/// The document for an input.
pub(crate) fn document(input: &Input<'_>, words: &Words) -> Document {
    let maker = Maker { input, words, period: input.period.id() };
    let mut document = Document {
        schema: doc::SCHEMA,
        language: input.language.code(),
        digits: std::array::from_fn(|digit| words.digits(&digit.to_string())),
        words: words.language().code(),
        template: clean(input.template),
        title: String::new(),
        summary: doc::Summary { lead: String::new(), rest: Vec::new() },
        programme: maker.text(input.programme),
        period: PeriodText {
            id: maker.period.clone(),
            frequency: input.period.frequency().word(),
            text: maker.period_text(input.period),
        },
        as_of: Day {
            year: input.as_of.year(),
            month: input.as_of.month(),
            day: input.as_of.day(),
            text: format_day(input.as_of, input.language),
        },
        invented: input.invented.map(|note| maker.text(note)),
        interval_level: maker.interval_level(),
        counted: maker.counted(),
        sites: maker.sites(),
        headlines: maker.headlines(),
        figures: input.figures.iter().enumerate().map(|(at, f)| figure(at, f)).collect(),
        asks: input.asks.iter().map(|ask| maker.text(ask)).collect(),
        changes: maker.changes(),
        restated: maker.restated(),
        evaluations: evaluated::evaluations(input, words),
        adaptations: adapted::adaptations(input, words),
        voices: adapted::voices(input, words),
        voices_kept_back: (input.voices_kept_back > 0).then(|| count(input.voices_kept_back, words)),
        lessons: evaluated::lessons(input),
        indicators: input.indicators.iter().map(|i| maker.indicator(i)).collect(),
        comparisons: input.comparisons.iter().map(|c| maker.comparison(c)).collect(),
        quality: input.quality.iter().map(|q| maker.quality(q)).collect(),
        people: input.people.iter().map(|p| maker.people(p)).collect(),
        limits: input.limits.iter().map(|l| maker.text(l)).collect(),
        evidence: maker.evidence(),
        withheld: maker.withheld(),
        provenance: maker.provenance(),
        attachments: input.attachments.iter().map(attachment).collect(),
    };
    document.title = finding::title(&document, words);
    document.summary = finding::summary(&document, words);
    document
}

fn colour(site: &Site, at: usize) -> &'static str {
    match (site.role, at) {
        (Some(SiteRole::Origin), _) | (None, 0) => "#004488",
        (Some(SiteRole::Adaptation), _) | (None, 1) => "#B5480A",
        (Some(SiteRole::Comparison), _) | (None, _) => "#595959",
    }
}

/// A period as readers of a language write it: `October–December 2021`.
pub(crate) fn period_text(period: Period, words: &Words) -> String {
    let language = words.language();
    let (first, last) = (period.first_day(), period.last_day());
    let month = |day: jiff::civil::Date| month_name(day.month(), language);
    let year = |day: jiff::civil::Date| year_of(day.year(), language).to_string();
    let (begin, end) = (year(first), year(last));
    let months = match period.frequency() {
        Frequency::Year => return words.digits(&end),
        Frequency::Month => month(last).to_owned(),
        Frequency::Quarter => format!("{}–{}", month(first), month(last)),
        Frequency::FiscalQuarter(_) | Frequency::FiscalYear(_) if begin == end => {
            format!("{}–{}", month(first), month(last))
        }
        Frequency::FiscalQuarter(_) | Frequency::FiscalYear(_) => {
            return match language {
                Language::My => {
                    words.digits(&format!("{begin} ခုနှစ် {}–{end} ခုနှစ် {}", month(first), month(last)))
                }
                Language::En | Language::Th => {
                    format!("{} {begin}–{} {end}", month(first), month(last))
                }
            };
        }
    };
    match language {
        Language::My => words.digits(&format!("{end} ခုနှစ် {months}")),
        Language::En | Language::Th => format!("{months} {end}"),
    }
}

struct Maker<'a> {
    input: &'a Input<'a>,
    words: &'a Words,
    period: String,
}

impl<'a> Maker<'a> {
    fn text(&self, text: &Localised) -> String {
        clean(text.get(self.input.language))
    }

    fn period_text(&self, period: Period) -> String {
        period_text(period, self.words)
    }

    fn released(&self, indicator: &str, site: &str) -> Option<&'a ReleasedCell> {
        self.input.released.cell(&CellKey::total(indicator, site, &self.period))
    }

    fn cell(&self, released: Option<&ReleasedCell>) -> doc::Cell {
        write::cell(released, self.words)
    }

    /// The cell that speaks for all sites: their total, or the only site's when there is no total.
    fn overall(&self, indicator: &str, period: &str) -> Option<&'a ReleasedCell> {
        let cell = |site: &str| self.input.released.cell(&CellKey::total(indicator, site, period));
        cell("").or_else(|| match self.input.sites {
            [only] => cell(&only.id),
            _ => None,
        })
    }

    fn first_headline(&self) -> Option<&'a IndicatorInfo> {
        let indicators = self.input.indicators;
        indicators.iter().find(|i| i.headline).or(indicators.first())
    }

    fn counted(&self) -> Option<String> {
        let indicator = self.first_headline()?;
        Some(self.text(indicator.denominator.as_ref().unwrap_or(&indicator.numerator)))
    }

    fn interval_level(&self) -> Option<String> {
        let cells = self.input.released.cells().iter();
        let levels = cells
            .filter(|c| c.key().period == self.period && c.key().dimension.is_empty())
            .filter_map(|c| c.figures()?.interval())
            .map(|(_, _, level)| format_value(level, &Unit::Share, self.words.language()));
        let mut levels: Vec<String> = levels.collect();
        levels.sort();
        levels.dedup();
        match levels.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    fn sites(&self) -> Vec<doc::SiteText> {
        let indicator = self.first_headline();
        let n = |site: &Site| {
            let released = self.released(&indicator?.id, &site.id)?;
            Some(count(released.figures()?.n(), self.words))
        };
        let sites = self.input.sites.iter().enumerate();
        sites
            .map(|(at, site)| doc::SiteText {
                id: clean(&site.id),
                name: self.text(&site.name),
                colour: colour(site, at),
                n: n(site),
            })
            .collect()
    }

    fn standing(&self, indicator: &IndicatorInfo) -> doc::Standing {
        let cell = self.overall(&indicator.id, &self.period);
        let target = indicator.target;
        let achieved = standing::achievement(cell.and_then(ReleasedCell::value), target, indicator.direction);
        doc::Standing {
            id: standing::place(cell, target, indicator.direction).word(),
            target: target.and_then(|t| value(t, &indicator.unit, self.words)),
            achievement: achieved.and_then(|a| value(a, &Unit::Share, self.words)),
        }
    }

    fn headlines(&self) -> Vec<doc::Headline> {
        let headline = |indicator: &IndicatorInfo| {
            let overall = self.cell(self.overall(&indicator.id, &self.period));
            let standing = self.standing(indicator);
            let sites: Vec<(String, doc::Cell)> = self
                .input
                .sites
                .iter()
                .map(|s| (self.text(&s.name), self.cell(self.released(&indicator.id, &s.id))))
                .collect();
            let previous = self.overall(&indicator.id, &self.input.period.previous().id());
            let tile = Tile {
                immature: overall.immature.as_ref(),
                sites: sites.iter().map(|(name, cell)| (name.as_str(), cell)).collect(),
                previous: previous
                    .and_then(ReleasedCell::value)
                    .and_then(|v| value(v, &indicator.unit, self.words)),
                target: standing.target.as_ref(),
                frequency: self.input.period.frequency().word(),
            };
            doc::Headline {
                id: clean(&indicator.id),
                title: self.text(&indicator.title),
                unit: clean(indicator.unit.word()),
                sentence: finding::tile(&tile, self.words),
                cell: overall,
                numerator: self.text(&indicator.numerator),
                denominator: indicator.denominator.as_ref().map(|d| self.text(d)),
                standing,
            }
        };
        self.input.indicators.iter().filter(|i| i.headline).map(headline).collect()
    }

    fn indicator(&self, indicator: &IndicatorInfo) -> doc::Indicator {
        let sites = self.input.sites.iter();
        doc::Indicator {
            id: clean(&indicator.id),
            title: self.text(&indicator.title),
            unit: clean(indicator.unit.word()),
            direction: match indicator.direction {
                Direction::Increase => "increase",
                Direction::Decrease => "decrease",
            },
            cells: sites.map(|s| self.cell(self.released(&indicator.id, &s.id))).collect(),
            all: self.cell(self.overall(&indicator.id, &self.period)),
            standing: self.standing(indicator),
            definition: self.text(&indicator.definition),
            numerator: self.text(&indicator.numerator),
            denominator: indicator.denominator.as_ref().map(|d| self.text(d)),
            method: self.text(&indicator.method),
            additive_over_sites: indicator.additive_over_sites,
            additive_over_periods: indicator.additive_over_periods,
        }
    }

    /// How the indicators moved from the period before, all sites together.
    fn changes(&self) -> Vec<doc::Change> {
        let before = self.input.period.previous();
        let moved = |indicator: &IndicatorInfo| {
            let old = self.overall(&indicator.id, &before.id())?;
            let new = self.overall(&indicator.id, &self.period)?;
            let change = new.value()? - old.value()?;
            let limits = |cell: &ReleasedCell| cell.figures().and_then(|f| f.interval());
            let apart = match (limits(old), limits(new)) {
                (Some((a, b, _)), Some((c, d, _))) => b < c || d < a,
                (None, None) => old.method() == "full_count" && new.method() == "full_count",
                _ => false,
            };
            Some(doc::Change {
                id: clean(&indicator.id),
                title: self.text(&indicator.title),
                before_period: self.period_text(before),
                before: self.cell(Some(old)),
                now: self.cell(Some(new)),
                change: number(change, finding::difference(change, &indicator.unit, self.words))?,
                moved: match (change == 0.0, apart, change > 0.0) {
                    (true, _, _) => "same",
                    (false, true, true) => "up",
                    (false, true, false) => "down",
                    (false, false, _) => "unclear",
                },
            })
        };
        self.input.indicators.iter().filter_map(moved).collect()
    }

    /// Values of periods before this one that an earlier release gave otherwise.
    fn restated(&self) -> Vec<doc::Restated> {
        let shown = |(key, old): &(CellKey, f64)| {
            let indicator = self.input.indicators.iter().find(|i| i.id == key.indicator)?;
            let period = Period::parse(&key.period)?;
            let new = self.input.released.cell(key)?.value()?;
            let differs = format_exact(new) != format_exact(*old);
            (differs && key.dimension.is_empty() && period < self.input.period).then_some(())?;
            let site = self.input.sites.iter().find(|s| s.id == key.site);
            Some(doc::Restated {
                title: self.text(&indicator.title),
                site: site.map_or_else(|| self.words.text("all_sites").to_owned(), |s| self.text(&s.name)),
                period: self.period_text(period),
                before: value(*old, &indicator.unit, self.words)?,
                now: value(new, &indicator.unit, self.words)?,
            })
        };
        self.input.earlier.iter().filter_map(shown).collect()
    }

    /// The name and the colour of one side of a comparison: its site, and what else sets it apart.
    fn side(&self, key: &CellKey, other: &CellKey) -> (String, &'static str) {
        let site = self.input.sites.iter().enumerate().find(|(_, s)| s.id == key.site);
        let (name, colour) = match site {
            Some((at, site)) => (self.text(&site.name), colour(site, at)),
            None if key.site.is_empty() => (self.words.text("all_sites").to_owned(), INK),
            None => (clean(&key.site), INK),
        };
        let mut parts = vec![name];
        if !key.category.is_empty() {
            let labels = self.input.labels;
            parts.push(clean(&labels.category(&key.dimension, &key.category, self.input.language)));
        }
        if key.period != other.period {
            let period = Period::parse(&key.period).map(|p| self.period_text(p));
            parts.push(period.unwrap_or_else(|| clean(&key.period)));
        }
        (parts.join(", "), colour)
    }

    fn contrast(&self, info: &ComparisonInfo) -> Option<&'a ReleasedContrast> {
        let same = |c: &&ReleasedContrast| {
            c.evaluation() == info.evaluation && *c.cell() == info.cell && *c.reference() == info.reference
        };
        self.input.released.contrasts().iter().find(same)
    }

    fn comparison(&self, info: &ComparisonInfo) -> doc::Comparison {
        let contrast = self.contrast(info);
        let indicator = self.input.indicators.iter().find(|i| i.id == info.cell.indicator);
        let (name, colour) = self.side(&info.cell, &info.reference);
        let (reference_name, reference_colour) = self.side(&info.reference, &info.cell);
        let summary = contrast.map_or("difference", ReleasedContrast::summary);
        let figures = contrast.and_then(|c| Some((c.figures()?, c.unit())));
        let limits = figures.and_then(|(f, _)| f.interval());
        let (value, interval) = match figures {
            None => (None, None),
            Some((f, _)) if summary == "ratio" => (
                number(f.value(), format!("×{}", finding::times(f.value(), self.words))),
                limits.and_then(|l| ratio_interval(l, self.words)),
            ),
            Some((f, unit)) => (
                number(f.value(), finding::difference(f.value(), unit, self.words)),
                limits.and_then(|l| interval(l, unit, self.words)),
            ),
        };
        let none = if summary == "ratio" { 1.0 } else { 0.0 };
        let verdict = |(lower, upper, _): (f64, f64, f64)| {
            if lower > none {
                "higher"
            } else if upper < none {
                "lower"
            } else {
                "no_clear_difference"
            }
        };
        doc::Comparison {
            evaluation: clean(&info.evaluation),
            question: self.text(&info.question),
            indicator_id: clean(&info.cell.indicator),
            indicator: indicator.map_or_else(|| clean(&info.cell.indicator), |i| self.text(&i.title)),
            unit: contrast.map(|c| clean(c.unit().word())).unwrap_or_default(),
            name,
            colour,
            cell: self.cell(self.input.released.cell(&info.cell)),
            reference_name,
            reference_colour,
            reference: self.cell(self.input.released.cell(&info.reference)),
            summary,
            status: contrast.map_or("absent", |c| c.status().word()),
            reason: contrast.map_or("", ReleasedContrast::reason),
            method: contrast.map_or("", ReleasedContrast::method),
            verdict: value.as_ref().and(limits).map(verdict),
            value,
            interval,
        }
    }

    fn quality(&self, source: &crate::input::SourceQuality) -> doc::Quality {
        doc::Quality {
            title: self.text(&source.title),
            rows_read: count(source.rows_read, self.words),
            rows_set_aside: count(source.rows_set_aside, self.words),
            duplicates: count(source.duplicates, self.words),
            left_out: count(source.left_out, self.words),
            rows_kept: count(source.rows_kept, self.words),
            issues: source
                .issues
                .iter()
                .map(|issue| doc::IssueText {
                    check: clean(&issue.check),
                    title: self.text(&issue.title),
                    action: issue.action.word(),
                    count: count(issue.count, self.words),
                })
                .collect(),
        }
    }

    fn people(&self, people: &crate::input::PeopleQuality) -> doc::People {
        let count = |n: u64| count(n, self.words);
        let share = |share: Option<f64>| share.and_then(|share| value(share, &Unit::Share, self.words));
        let bits = |bits: f64| number(bits, signed(bits, 1, self.input.language));
        let weight = |(field, level, weight): &(String, String, f64)| {
            Some(doc::WeightText { field: clean(field), level: clean(level), bits: bits(*weight)? })
        };
        doc::People {
            title: clean(&people.title.replace('_', " ")),
            rows: count(people.rows),
            lower: count(people.people.0),
            upper: count(people.people.1),
            exact: count(people.exact),
            precision: share(people.precision),
            recall: share(people.recall),
            unlinkable: count(people.unlinkable),
            weights: people.weights.iter().filter_map(weight).collect(),
            sizes: people
                .sizes
                .iter()
                .map(|(rows, n)| doc::SizeText { rows: self.words.digits(rows), people: count(*n) })
                .collect(),
        }
    }

    /// The totals of the period in the order of the tables; what the tables do not know comes last.
    fn totals(&self) -> Vec<&'a ReleasedCell> {
        let (indicators, sites) = (self.input.indicators, self.input.sites);
        let cells = self.input.released.cells().iter();
        let mut out: Vec<&ReleasedCell> =
            cells.filter(|c| c.key().period == self.period && c.key().dimension.is_empty()).collect();
        out.sort_by_key(|cell| {
            let key = cell.key();
            let indicator = indicators.iter().position(|i| i.id == key.indicator);
            let site = sites.iter().position(|s| s.id == key.site);
            let site = site.unwrap_or(if key.site.is_empty() { usize::MAX } else { sites.len() });
            (indicator.unwrap_or(usize::MAX), key.indicator.as_str(), site, key.site.as_str())
        });
        out
    }

    fn evidence(&self) -> Vec<Evidence> {
        let row = |cell: &ReleasedCell| {
            let figures = cell.figures();
            let limits = figures.and_then(|f| f.interval());
            Evidence {
                indicator: clean(&cell.key().indicator),
                site: clean(&cell.key().site),
                status: cell.status().word(),
                reason: cell.reason(),
                numerator: figures.map(|f| format_exact(f.numerator())),
                denominator: figures.and_then(|f| f.denominator()).map(format_exact),
                value: cell.value().map(format_exact),
                lower: limits.map(|(lower, _, _)| format_exact(lower)),
                upper: limits.map(|(_, upper, _)| format_exact(upper)),
            }
        };
        self.totals().into_iter().map(row).collect()
    }

    fn withheld(&self) -> Withheld {
        let policy = self.input.released.policy();
        let hidden = self.totals().iter().filter(|c| c.status() == Status::Withheld).count();
        Withheld {
            count: count(u64::try_from(hidden).unwrap_or(u64::MAX), self.words),
            threshold: count(policy.threshold("", ""), self.words),
            audience: policy.audience.word(),
        }
    }

    fn provenance(&self) -> doc::ProvenanceText {
        let provenance = self.input.provenance;
        doc::ProvenanceText {
            // Made from everything else in the document.
            report_id: String::new(),
            inputs: provenance
                .inputs
                .iter()
                .map(|file| doc::InputFileText {
                    path: clean(&file.path),
                    sha256: short(&file.sha256),
                    rows: file.rows.map(|rows| count(rows, self.words)),
                })
                .collect(),
            pipeline: clean(&provenance.pipeline),
            versions: provenance
                .versions
                .iter()
                .map(|(name, version)| doc::Version { name: clean(name), version: clean(version) })
                .collect(),
            verify: clean(&provenance.verify),
        }
    }
}
