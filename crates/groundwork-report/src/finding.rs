//! Sentences that depend on numbers: the title, the summary, what a tile says.
//!
//! They are made from the [`Document`], which holds only what may be printed, so a sentence
//! cannot say more than the tables. They hold for any indicator and any site: an indicator's
//! name stands before a colon and is never bent by grammar; the verb belongs to the site.
//! A difference is stated as one only when its interval excludes none. The sentences themselves
//! stand in `words/`, under `finding`.

use crate::document::{Cell, Comparison, Document, Headline, Number, Summary};
use crate::words::Words;
use groundwork_plan::number::{Unit, format_difference, grouped};

/// A signed difference with its unit: `+14 points`, `−0.7`, `+1,200 THB`.
pub(crate) fn difference(value: f64, unit: &Unit, words: &Words) -> String {
    let number = format_difference(value, unit, words.language());
    match unit {
        Unit::Share if is_one(value * 100.0) => words.fill("finding.point", &[("n", &number)]),
        Unit::Share => words.fill("finding.points", &[("n", &number)]),
        Unit::Amount(name) => format!("{number} {name}"),
        Unit::Count | Unit::Ratio | Unit::Score => number,
    }
}

fn is_one(value: f64) -> bool {
    value.abs().round() == 1.0
}

/// A quotient for readers: `1.40`.
pub(crate) fn times(value: f64, words: &Words) -> String {
    grouped(value, 2, words.language())
}

/// The comparison that the title speaks of: the first clear one of a headline indicator.
fn leading(document: &Document) -> Option<&Comparison> {
    let clear = |c: &&Comparison| matches!(c.verdict, Some("higher" | "lower"));
    let headline = |c: &&Comparison| document.headlines.iter().any(|h| h.id == c.indicator_id);
    document.comparisons.iter().filter(clear).find(headline)
}

/// The title: the finding, one sentence with a verb.
pub(crate) fn title(document: &Document, words: &Words) -> String {
    if let Some(comparison) = leading(document) {
        return format!("{}: {}", comparison.indicator, gap(comparison, words));
    }
    if let Some(sentence) = targets(document, words) {
        return sentence;
    }
    let published = document
        .headlines
        .iter()
        .map(|h| (&h.title, &h.cell))
        .chain(document.indicators.iter().map(|i| (&i.title, &i.all)))
        .find_map(|(title, cell)| Some((title, cell.value.as_ref()?)));
    if let Some((title, value)) = published {
        return words.fill("finding.together", &[("indicator", title), ("value", &value.text)]);
    }
    let path = if document.evidence.iter().any(|e| e.value.is_some()) {
        "finding.one_by_one"
    } else if document.withheld.count.raw > 0.0 {
        "finding.all_withheld"
    } else {
        "finding.nothing"
    };
    words.fill(path, &[("period", &document.period.text)])
}

/// What a comparison says, without the indicator's name and without a full stop.
fn gap(comparison: &Comparison, words: &Words) -> String {
    let (a, b) = (comparison.name.as_str(), comparison.reference_name.as_str());
    let Some(value) = &comparison.value else {
        return String::new();
    };
    if comparison.summary == "ratio" {
        return words.fill("finding.gap_ratio", &[("a", a), ("b", b), ("times", &times(value.raw, words))]);
    }
    let size = value.text.trim_start_matches(['+', '−']);
    let visible = size.chars().any(|c| c.is_numeric() && !matches!(c, '0' | '၀'));
    let path = match (value.raw > 0.0, visible) {
        (true, true) => "finding.gap_above",
        (false, true) => "finding.gap_below",
        (true, false) => "finding.gap_just_above",
        (false, false) => "finding.gap_just_below",
    };
    words.fill(path, &[("a", a), ("b", b), ("size", size)])
}

/// How many indicators stand where against their targets; nothing without targets.
fn targets(document: &Document, words: &Words) -> Option<String> {
    const PLACES: [&str; 5] = ["on_track", "probably_on_track", "probably_behind", "behind", "cannot_tell"];
    let standings = || document.indicators.iter().map(|i| i.standing.id).filter(|id| *id != "none");
    let total = standings().count();
    if standings().all(|id| id == "cannot_tell") {
        return None;
    }
    let mut parts: Vec<String> = Vec::new();
    for id in PLACES {
        let count = standings().filter(|s| *s == id).count();
        if count == 0 {
            continue;
        }
        let word = words.text(match id {
            "on_track" => "finding.placed.on_track",
            "probably_on_track" => "finding.placed.probably_on_track",
            "probably_behind" => "finding.placed.probably_behind",
            "behind" => "finding.placed.behind",
            _ => "finding.placed.cannot_tell",
        });
        if total == 1 {
            return Some(words.fill("finding.targets_one", &[("word", word)]));
        }
        let path = match (parts.is_empty(), count) {
            (true, 1) => "finding.place_first_one",
            (true, _) => "finding.place_first",
            (false, _) => "finding.place",
        };
        parts.push(words.fill(path, &[("n", &words.count(count)), ("word", word)]));
    }
    let total = words.count(total);
    Some(words.fill("finding.targets", &[("total", &total), ("list", &words.list(&parts))]))
}

/// The summary box: the title's numbers with their intervals, then the rest of the news.
pub(crate) fn summary(document: &Document, words: &Words) -> Summary {
    let leader = leading(document);
    let lead = match leader {
        Some(comparison) => both(comparison, words),
        None => document.headlines.iter().find_map(|h| together(h, words)),
    };
    let mut rest: Vec<String> = document
        .comparisons
        .iter()
        .filter(|c| leader.is_none_or(|l| !std::ptr::eq(*c, l)))
        .filter_map(|c| compared(c, words))
        .take(3)
        .collect();
    // Without a comparison the title itself counts the targets.
    if leader.is_some() {
        rest.extend(targets(document, words).map(|s| format!("{s}{}", words.text("finding.stop"))));
    }
    let withheld = &document.withheld.count;
    if withheld.raw > 0.0 {
        let total = words.count(document.evidence.len());
        let path = if withheld.raw == 1.0 { "finding.withheld_one" } else { "finding.withheld" };
        rest.push(words.fill(path, &[("n", &withheld.text), ("total", &total)]));
    }
    Summary { lead: lead.unwrap_or_default(), rest }
}

/// A value with its interval: `62% (57–67)`.
fn with_interval(cell: &Cell) -> Option<String> {
    let value = &cell.value.as_ref()?.text;
    Some(match &cell.interval {
        Some(interval) => format!("{value} ({})", interval.text),
        None => value.clone(),
    })
}

/// Both values of a comparison and what lies between them.
fn both(comparison: &Comparison, words: &Words) -> Option<String> {
    let (va, vb) = (with_interval(&comparison.cell)?, with_interval(&comparison.reference)?);
    let value = comparison.value.as_ref()?;
    let interval = comparison.interval.as_ref().map_or(String::new(), |i| format!(" ({})", i.text));
    let parts = [
        ("indicator", comparison.indicator.as_str()),
        ("a", &comparison.name),
        ("b", &comparison.reference_name),
        ("va", &va),
        ("vb", &vb),
        ("size", value.text.trim_start_matches('+')),
        ("times", &times(value.raw, words)),
        ("interval", &interval),
    ];
    let path = if comparison.summary == "ratio" { "finding.both_ratio" } else { "finding.both_difference" };
    Some(words.fill(path, &parts))
}

/// Where all sites together stand on a headline indicator.
fn together(headline: &Headline, words: &Words) -> Option<String> {
    let value = with_interval(&headline.cell)?;
    let sentence = words.fill("finding.together", &[("indicator", &headline.title), ("value", &value)]);
    Some(format!("{sentence}{}", words.text("finding.stop")))
}

/// One comparison in the summary.
fn compared(comparison: &Comparison, words: &Words) -> Option<String> {
    let value = comparison.value.as_ref()?;
    let interval = comparison.interval.as_ref()?;
    let clear = matches!(comparison.verdict?, "higher" | "lower");
    let parts = [
        ("indicator", comparison.indicator.as_str()),
        ("gap", &gap(comparison, words)),
        ("a", &comparison.name),
        ("b", &comparison.reference_name),
        ("value", &value.text),
        ("interval", &interval.text),
    ];
    Some(words.fill(if clear { "finding.compared_clear" } else { "finding.compared_unclear" }, &parts))
}

/// What a tile needs to say its sentence.
pub(crate) struct Tile<'a> {
    /// Names and cells of the sites.
    pub(crate) sites: Vec<(&'a str, &'a Cell)>,
    /// Those of all sites together who could not be counted yet.
    pub(crate) immature: Option<&'a Number>,
    /// The value of all sites in the period before.
    pub(crate) previous: Option<Number>,
    /// The target.
    pub(crate) target: Option<&'a Number>,
    /// `month`, `quarter` or `year`.
    pub(crate) frequency: &'static str,
}

/// The sentence of a tile: the sites, the target, the period before.
pub(crate) fn tile(tile: &Tile<'_>, words: &Words) -> String {
    let mut out: Vec<String> = Vec::new();
    let values: Vec<(&str, &Number)> =
        tile.sites.iter().filter_map(|(name, cell)| Some((*name, cell.value.as_ref()?))).collect();
    if tile.sites.len() > 1 {
        out.extend(spread(&values, words));
        let hidden: Vec<String> = tile
            .sites
            .iter()
            .filter(|(_, cell)| cell.status == "withheld")
            .map(|(name, _)| (*name).to_owned())
            .collect();
        if !hidden.is_empty() {
            let path = if hidden.len() == 1 { "finding.hidden_one" } else { "finding.hidden" };
            out.push(words.fill(path, &[("sites", &words.list(&hidden))]));
        }
    }
    if let Some(immature) = tile.immature.filter(|i| i.raw > 0.0) {
        let path = if immature.raw == 1.0 { "finding.immature_one" } else { "finding.immature" };
        out.push(words.fill(path, &[("n", &immature.text)]));
    }
    if let Some(target) = tile.target {
        out.push(words.fill("finding.target", &[("value", &target.text)]));
    }
    if let Some(previous) = &tile.previous {
        let path = match tile.frequency {
            "month" => "finding.previous.month",
            "quarter" | "fiscal_quarter" => "finding.previous.quarter",
            _ => "finding.previous.year",
        };
        out.push(words.fill(path, &[("value", &previous.text)]));
    }
    out.join(" ")
}

/// The values of the sites: each of them when they are few, the range when they are many.
fn spread(values: &[(&str, &Number)], words: &Words) -> Option<String> {
    let low = values.iter().min_by(|a, b| a.1.raw.total_cmp(&b.1.raw))?;
    let high = values.iter().max_by(|a, b| a.1.raw.total_cmp(&b.1.raw))?;
    if values.len() > 4 {
        let parts = [
            ("low", low.1.text.as_str()),
            ("low_site", low.0),
            ("high", &high.1.text),
            ("high_site", high.0),
        ];
        return Some(words.fill("finding.range", &parts));
    }
    let parts: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(at, (name, value))| {
            let path = if at == 0 { "finding.site_first" } else { "finding.site" };
            words.fill(path, &[("site", name), ("value", &value.text)])
        })
        .collect();
    Some(words.fill("finding.sites", &[("list", &words.list(&parts))]))
}
