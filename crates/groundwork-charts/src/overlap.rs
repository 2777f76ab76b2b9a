//! Channels by which people were reached, and how they overlap: one row for each combination,
//! the largest first.
//!
//! Where lists cannot be matched, how many different people there are lies between two bounds; a
//! combination of which only bounds are known is drawn as a line from one to the other.

use crate::alt::{Description, Sentences};
use crate::axis::Axis;
use crate::canvas::{Stroke, Type};
use crate::catalogue::Phrase;
use crate::figure::{About, Figure};
use crate::scaffold;
use crate::scene::Anchor;
use crate::sheet::{Column, Sheet, SheetPlan, SheetRow};
use crate::table::{Reading, Shown, Table, bounds, cell};
use crate::theme::{self, SiteStyle};
use groundwork_disclosure::{CellKey, Released, Status};
use groundwork_plan::number::{Unit, format_interval};

/// The most combinations that have a row of their own.
const MOST_ROWS: usize = 12;
/// The most channels that are read as one picture.
const MOST_CHANNELS: usize = 8;
/// Height of a bar and distance of two channels, in points.
const BAR: f64 = 9.0;
const PITCH: f64 = 13.0;

/// How channels overlap.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::text::Language;
///
/// let of = |indicator: &str| CellKey::total(indicator, "", "2021");
/// let chart = Overlap {
///     about: About::new("A third was reached twice.", "people reached, 2021", Language::En),
///     value_title: "People by channel".into(),
///     channels: vec![("Radio".into(), of("radio")), ("School".into(), of("school"))],
///     combinations: vec![Combination { channels: vec![0, 1], cell: of("radio_and_school") }],
///     union: Some(of("reached")),
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Title, description, language, width.
    pub about: About,
    /// The title above the bars: `People by the channels that reached them`.
    pub value_title: String,
    /// The channels: name, and how many people each reached.
    pub channels: Vec<(String, CellKey)>,
    /// The combinations of channels that people were reached by, and by no other.
    pub combinations: Vec<Combination>,
    /// How many different people there are: a value, or bounds.
    pub union: Option<CellKey>,
}

/// One combination of an [`Overlap`].
#[derive(Debug, Clone, PartialEq)]
pub struct Combination {
    /// Its channels, counted from 0.
    pub channels: Vec<usize>,
    /// How many people: a value, or bounds.
    pub cell: CellKey,
}

struct Row {
    channels: Vec<usize>,
    label: String,
    shown: Shown,
    bounds: Option<(f64, f64)>,
}

impl Row {
    fn size(&self) -> Option<f64> {
        self.shown.reading().map(|r| r.value).or(self.bounds.map(|(_, upper)| upper))
    }

    fn text(&self, about: &About) -> String {
        match (self.shown.reading(), self.bounds) {
            (Some(reading), _) => about.value(reading.value, &Unit::Count),
            (None, Some((lower, upper))) => format_interval(lower, upper, &Unit::Count, about.language),
            (None, None) => String::new(),
        }
    }
}

impl Overlap {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let mut table = Table::default();
        let totals = self.totals(released);
        for ((name, key), total) in self.channels.iter().zip(&totals) {
            table.cell(name, key, *total, &Unit::Count);
        }
        let read = |combination: &Combination| {
            let bounds = bounds(released, &combination.cell, &Unit::Count);
            let shown = cell(released, &combination.cell, &Unit::Count);
            let label = self.name(&combination.channels);
            Row { channels: combination.channels.clone(), label, shown, bounds }
        };
        let mut rows: Vec<(Row, &CellKey)> = self.combinations.iter().map(|c| (read(c), &c.cell)).collect();
        rows.sort_by(|(a, _), (b, _)| match (a.size(), b.size()) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        for (row, key) in &rows {
            match row.bounds {
                Some(bounds) => table.bounds(&row.label, key, bounds, &Unit::Count),
                None => table.cell(&row.label, key, row.shown, &Unit::Count),
            }
        }
        let union = self.union.as_ref().map(|key| {
            let shown = match self.withheld(released).next() {
                Some(_) => Shown::Hidden(Status::Withheld),
                None => cell(released, key, &Unit::Count),
            };
            let limits = bounds(released, key, &Unit::Count);
            match limits {
                Some(limits) => table.bounds("", key, limits, &Unit::Count),
                None => table.cell("", key, shown, &Unit::Count),
            }
            self.union_text(&shown, limits)
        });
        let mut rows: Vec<Row> = rows.into_iter().map(|(row, _)| row).collect();
        self.gather(&mut rows);
        let union = union.unwrap_or_default();
        let sheet = self.paint(&rows, &totals, &union);
        let alt = self.describe(&rows, &totals, &union);
        Figure::new(sheet.canvas.finish(), &self.about, &table, alt).at_most(
            MOST_CHANNELS,
            self.channels.len(),
            "channels",
        )
    }

    /// The combinations that are withheld.
    fn withheld(&self, released: &Released) -> impl Iterator<Item = &Combination> {
        let hidden =
            |c: &&Combination| cell(released, &c.cell, &Unit::Count) == Shown::Hidden(Status::Withheld);
        self.combinations.iter().filter(hidden)
    }

    /// How many each channel reached. Combinations add up to the total of a channel, so it is not
    /// shown beside one that is withheld.
    fn totals(&self, released: &Released) -> Vec<Shown> {
        let given_away = |i: usize| self.withheld(released).any(|c| c.channels.contains(&i));
        self.channels
            .iter()
            .enumerate()
            .map(|(i, (_, key))| match given_away(i) {
                true => Shown::Hidden(Status::Withheld),
                false => cell(released, key, &Unit::Count),
            })
            .collect()
    }

    /// The names of channels together.
    fn name(&self, channels: &[usize]) -> String {
        let names: Vec<&str> =
            channels.iter().filter_map(|i| self.channels.get(*i)).map(|(name, _)| name.trim()).collect();
        match names.as_slice() {
            [only] => Phrase::OnlyOne.fill(self.about.language, &[only]),
            several => several.join(" + "),
        }
    }

    fn union_text(&self, shown: &Shown, bounds: Option<(f64, f64)>) -> String {
        let language = self.about.language;
        let count = |v: f64| self.about.value(v, &Unit::Count);
        match (shown, bounds) {
            (Shown::Value(reading), _) => Phrase::UnionKnown.fill(language, &[&count(reading.value)]),
            (Shown::Hidden(_), Some((lower, upper))) => {
                Phrase::UnionBetween.fill(language, &[&count(lower), &count(upper)])
            }
            (Shown::Hidden(_), None) => String::new(),
        }
    }

    /// Puts what goes beyond the most rows into one row, with its sum where all of it is
    /// published.
    fn gather(&self, rows: &mut Vec<Row>) {
        if rows.len() <= MOST_ROWS {
            return;
        }
        let others = rows.split_off(MOST_ROWS - 1);
        let sum: Option<f64> = others.iter().map(|row| row.shown.reading().map(|r| r.value)).sum();
        let hidden = others.iter().find_map(|row| row.shown.hidden());
        let shown = match (sum, hidden) {
            (Some(value), None) => Shown::Value(Reading { value, interval: None, n: 0 }),
            (_, Some(status)) => Shown::Hidden(status),
            (None, None) => Shown::Hidden(Status::NoData),
        };
        let label = Phrase::Others.fill(self.about.language, &[&self.about.count(others.len())]);
        rows.push(Row { channels: Vec::new(), label, shown, bounds: None });
    }

    fn paint(&self, rows: &[Row], totals: &[Shown], union: &str) -> Sheet {
        let values = rows.iter().filter_map(Row::size);
        let axis = Axis::of_values(values, &Unit::Count, self.about.language);
        let sheet_rows = rows
            .iter()
            .map(|row| SheetRow {
                hidden: row.shown.hidden().filter(|_| row.bounds.is_none()),
                // Signs say which channels; the row of all others has words.
                ..SheetRow::new(if row.channels.is_empty() { &row.label } else { "" }, BAR)
            })
            .collect();
        let width = self.about.width();
        // The row of all others has a label at the left.
        let others = rows.iter().any(|row| row.channels.is_empty());
        let beside = if others { width * 0.36 } else { 0.0 };
        // Names of channels stand one below the other above the signs, each over its own.
        let names: Vec<Vec<String>> = self
            .channels
            .iter()
            .zip(totals)
            .enumerate()
            .map(|(i, ((name, _), total))| {
                let total = match total {
                    Shown::Value(reading) => self.about.value(reading.value, &Unit::Count),
                    Shown::Hidden(status) => format!("({})", self.about.words.get(*status)),
                };
                let room = f64::max(f64::min(width * 0.62, width - beside - 30.0) - PITCH * i as f64, 60.0);
                Type::VALUE.wrap(&format!("{name} {total}"), room)
            })
            .collect();
        let bold = Type { weight: theme::BOLD, ..Type::VALUE };
        let union_lines = match union {
            "" => Vec::new(),
            union => bold.wrap(union, f64::min(width * 0.75, width - beside - 20.0)),
        };
        let stair: f64 = names.iter().map(|lines| Type::VALUE.height(lines)).sum();
        let mut sheet = SheetPlan {
            about: &self.about,
            title: &self.value_title,
            rows: sheet_rows,
            columns: vec![Column::new("", rows.iter().map(|row| row.text(&self.about)).collect())],
            lead: PITCH * self.channels.len() as f64 + 4.0,
            head: stair + Type::VALUE.height(&union_lines) + 8.0,
            foot: 0.0,
            axis: &axis,
            ticks: true,
        }
        .open();
        let mut y = sheet.frame.top - 6.0 - stair;
        let union_height = Type::VALUE.height(&union_lines);
        for (i, line) in union_lines.iter().enumerate() {
            let baseline = y - union_height + bold.size * 0.5 + bold.step(&union_lines) * i as f64;
            sheet.canvas.text(line, (sheet.lead + 2.0, baseline), Anchor::Start, bold);
        }
        for (i, lines) in names.iter().enumerate() {
            let x = self.column(&sheet, i);
            let step = Type::VALUE.step(lines);
            for (j, line) in lines.iter().enumerate() {
                let baseline = y + Type::VALUE.size * 0.9 + step * j as f64;
                sheet.canvas.text(line, (x + 4.0, baseline), Anchor::Start, Type::VALUE);
            }
            let ends = [(x, y + 3.0), (x, sheet.frame.top)];
            sheet.canvas.line(&sheet.page, "leader", &ends, Stroke::solid(theme::LEADER, theme::HAIR));
            y += Type::VALUE.height(lines);
        }
        let style = SiteStyle::of(None);
        for (i, row) in rows.iter().enumerate() {
            let middle = sheet.middle(i);
            self.paint_signs(&sheet, row, middle);
            if let Some((lower, upper)) = row.bounds {
                let ends = [(lower, middle), (upper, middle)];
                let stroke = Stroke::solid(theme::EMPHASIS, theme::TARGET);
                sheet.canvas.line(&sheet.panel, "bounds", &ends, stroke);
                for end in [lower, upper] {
                    let cap = [(end, middle - 3.5), (end, middle + 3.5)];
                    sheet.canvas.line(&sheet.panel, "bounds", &cap, stroke);
                }
            } else if let Some(reading) = row.shown.reading() {
                let ends = (middle - BAR / 2.0, middle + BAR / 2.0);
                scaffold::bar(&sheet.canvas, &sheet.panel, reading.value, ends, &style);
            }
        }
        scaffold::null_over(&sheet.canvas, &sheet.panel, sheet.frame, &axis);
        sheet
    }

    fn column(&self, sheet: &Sheet, channel: usize) -> f64 {
        sheet.lead + 5.0 + PITCH * channel as f64
    }

    /// Which channels a row has: a filled circle for each, joined, and a small ring for the rest.
    fn paint_signs(&self, sheet: &Sheet, row: &Row, middle: f64) {
        if row.channels.is_empty() {
            return;
        }
        let mut held: Vec<f64> = Vec::new();
        for i in 0..self.channels.len() {
            let x = self.column(sheet, i);
            if row.channels.contains(&i) {
                held.push(x);
            } else {
                sheet.canvas.ring((x, middle), 1.6, theme::HIDDEN);
            }
        }
        if let [first, .., last] = held.as_slice() {
            let ends = [(*first, middle), (*last, middle)];
            sheet.canvas.line(&sheet.page, "joined", &ends, Stroke::solid(theme::EMPHASIS, theme::LINE));
        }
        let style = SiteStyle { marker: theme::Marker::Circle, ..SiteStyle::of(None) };
        for x in held {
            sheet.canvas.marker(&sheet.page, (x, middle), &style, 100);
        }
    }

    fn describe(&self, rows: &[Row], totals: &[Shown], union: &str) -> Description {
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::OverlapChart, None);
        out.stands_out(union);
        out.row(0, "", &[union.to_owned()]);
        for ((name, _), total) in self.channels.iter().zip(totals) {
            out.row(1, name, &[crate::alt::named("", total, &Unit::Count, &self.about)]);
        }
        for row in rows {
            let text = match row.shown.hidden().filter(|_| row.bounds.is_none()) {
                Some(status) => self.about.words.get(status).to_owned(),
                None => row.text(&self.about),
            };
            out.row(2, &row.label, &[text]);
        }
        out.hidden(rows.iter().filter(|row| row.bounds.is_none()).map(|row| &row.shown));
        out.finish()
    }
}
