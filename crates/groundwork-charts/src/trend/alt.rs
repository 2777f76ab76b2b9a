//! The description of a trend in words.

use super::{Trend, TrendPanel};
use crate::alt::{self, Description, Sentences};
use crate::catalogue::Phrase;
use crate::table::{Reading, Shown};

use groundwork_plan::number::{Unit, format_value};
use groundwork_plan::text::Language;

/// Values of the lines of every panel, in the order of time, with the labels of their periods.
pub(super) type Series = [Vec<Vec<(String, Shown)>>];

/// Describes a trend: first, last and highest value of every line, and what is not shown.
pub(super) fn describe(trend: &Trend, series: &Series) -> Description {
    let mut out = Sentences::new(&trend.about);
    let language = trend.about.language;
    let shown = || series.iter().flatten().flatten().map(|(_, shown)| shown);
    out.opening(Phrase::LineChart, alt::level(shown()));
    let periods = series.iter().flatten().find(|line| !line.is_empty());
    if let Some([(first, _), .., (last, _)]) = periods.map(Vec::as_slice) {
        out.say(1, Phrase::Periods, &[first, last]);
    }
    stands_out(trend, series, &mut out);
    for (i, (panel, lines)) in trend.panels.iter().zip(series).enumerate() {
        let parts: Vec<String> = panel
            .lines
            .iter()
            .zip(lines)
            .map(|(line, values)| {
                let name = line.site.name.trim();
                let name = if name == panel.title.trim() { "" } else { name };
                course(name, values, &panel.unit, language)
            })
            .filter(|part| !part.is_empty())
            .collect();
        if !parts.is_empty() {
            out.add(if i == 0 { 1 } else { 3 }, sentence(panel, &parts, language));
        }
    }
    if let Some(band) = &trend.band {
        let label = alt::shorten(band.label.trim(), 80);
        out.say(2, Phrase::Shaded, &[&label]);
    }
    let moments: Vec<&str> = trend.marks.iter().map(|moment| moment.label.trim()).collect();
    if !moments.is_empty() {
        out.say(2, Phrase::Marked, &[&alt::shorten(&moments.join("; "), 120)]);
    }
    out.hidden(shown());
    out.finish()
}

/// How many lines rise and fall from their first to their last value; of a single line its course.
fn stands_out(trend: &Trend, series: &Series, out: &mut Sentences<'_>) {
    let language = trend.about.language;
    if let ([panel], [lines]) = (trend.panels.as_slice(), series)
        && let ([line], [values]) = (panel.lines.as_slice(), lines.as_slice())
    {
        out.stands_out(&course(line.site.name.trim(), values, &panel.unit, language));
        return;
    }
    let ends: Vec<(f64, f64)> = series
        .iter()
        .flatten()
        .filter_map(|values| {
            let mut known = values.iter().filter_map(|(_, shown)| shown.reading());
            let first = known.next()?;
            Some((first.value, known.next_back()?.value))
        })
        .collect();
    if !ends.is_empty() {
        let rise = trend.about.count(ends.iter().filter(|(first, last)| last > first).count());
        let fall = trend.about.count(ends.iter().filter(|(first, last)| last < first).count());
        let sentence = Phrase::Rising.fill(language, &[&rise, &trend.about.count(ends.len()), &fall]);
        out.stands_out(&sentence);
    }
}

fn sentence(panel: &TrendPanel, parts: &[String], language: Language) -> String {
    let end = alt::stop(language);
    let title = panel.title.trim();
    if title.is_empty() {
        return format!("{}{end}", parts.join("; "));
    }
    format!("{title}: {}{end}", parts.join("; "))
}

/// The course of a line: `Nan rises from 31% (Q3 ’19) to 48% (Q4 ’21), highest 52% (Q3 ’21)`.
pub(crate) fn course(name: &str, values: &[(String, Shown)], unit: &Unit, language: Language) -> String {
    let known: Vec<(&str, &Reading)> =
        values.iter().filter_map(|(label, shown)| Some((label.as_str(), shown.reading()?))).collect();
    let value = |r: &Reading| format_value(r.value, unit, language);
    match known.as_slice() {
        [] => String::new(),
        [(label, only)] => format!("{name} {} ({label})", value(only)).trim_start().to_owned(),
        [(from, first), .., (to, last)] => {
            let (a, b) = (value(first), value(last));
            let mut text = if a == b {
                Phrase::Stays.fill(language, &[name, &a, from, to])
            } else {
                let phrase = if first.value < last.value { Phrase::Rises } else { Phrase::Falls };
                phrase.fill(language, &[name, &a, from, &b, to])
            };
            let order = |x: &&(&str, &Reading), y: &&(&str, &Reading)| x.1.value.total_cmp(&y.1.value);
            let extremes = [
                (known.iter().max_by(order), Phrase::HighestOf),
                (known.iter().min_by(order), Phrase::LowestOf),
            ];
            for (extreme, phrase) in extremes {
                let Some((label, reading)) = extreme else {
                    continue;
                };
                let written = value(reading);
                if written != a && written != b {
                    text.push_str(&phrase.fill(language, &[&written, label]));
                }
            }
            text.trim_start().to_owned()
        }
    }
}
