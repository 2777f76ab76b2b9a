//! Provinces of Thailand as tiles of one size, where they lie: rates by place.
//!
//! A tile has the digits of the province's ISO 3166-2 code, in Thai the abbreviation of its name.
//! Sizes of tiles say nothing, so that a large province does not look important. Counts are not
//! drawn: they would show where people live.

mod provinces;

use crate::alt::{Description, Sentences};
use crate::canvas::{Canvas, Stroke, Type};
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::heat_map::Classes;
use crate::lint::Lint;
use crate::scaffold::{self, Notes};
use crate::scene::Anchor;
use crate::table::{Shown, Table, cell};
use crate::theme::{self, SiteStyle};
use groundwork_disclosure::{CellKey, Released, Status};
use groundwork_plan::number::Unit;
use provinces::{COLUMNS, Tile, tiles};

/// The most provinces that are named beside the map.
const MOST_NAMES: usize = 14;

/// Rates of provinces of Thailand.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::number::Unit;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let chart = TileMap {
///     about: About::new("Nan is behind Chiang Rai.", "share of families by province, 2021", Language::En),
///     unit: Unit::Share,
///     provinces: vec![Province {
///         code: "TH-55".into(),
///         site: ChartSite::new("Nan", Some(SiteRole::Adaptation)),
///         cell: CellKey::total("completion", "nan", "2021"),
///     }],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TileMap {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of every value: a share, a ratio or a score.
    pub unit: Unit,
    /// The provinces that have a cell. All others are drawn empty.
    pub provinces: Vec<Province>,
}

/// One province of a [`TileMap`].
#[derive(Debug, Clone, PartialEq)]
pub struct Province {
    /// Its ISO 3166-2 code: `TH-57`.
    pub code: String,
    /// Its name; the role, if any, says how its outline looks.
    pub site: ChartSite,
    /// Its value.
    pub cell: CellKey,
}

impl TileMap {
    /// Draws the chart from released numbers. A code that is of no province is not drawn, and
    /// noted in [`Figure::lint`], as are counts.
    pub fn draw(&self, released: &Released) -> Figure {
        let shown: Vec<Shown> = self
            .provinces
            .iter()
            .map(|province| match self.unit {
                Unit::Count | Unit::Amount(_) => Shown::Hidden(Status::Undefined),
                Unit::Share | Unit::Ratio | Unit::Score => cell(released, &province.cell, &self.unit),
            })
            .collect();
        let canvas = self.paint(&shown);
        let mut table = Table::default();
        for (province, shown) in self.provinces.iter().zip(&shown) {
            table.cell(&province.site.name, &province.cell, *shown, &self.unit);
        }
        let mut figure = Figure::new(canvas.finish(), &self.about, &table, self.describe(&shown));
        if matches!(self.unit, Unit::Count | Unit::Amount(_)) {
            figure.lint.push(Lint::no_rate());
        }
        for province in &self.provinces {
            if self.tile(province).is_none() {
                figure.lint.push(Lint::no_province(&province.code));
            }
        }
        figure
    }

    fn tile(&self, province: &Province) -> Option<Tile> {
        let number: u8 = province.code.trim().strip_prefix("TH-")?.parse().ok()?;
        tiles().find(|tile| tile.code == number)
    }

    fn paint(&self, shown: &[Shown]) -> Canvas {
        let width = self.about.width();
        let map = f64::min(width * 0.56, 196.0);
        let side = (map - 2.0) / COLUMNS as f64;
        let rows = tiles().map(|tile| tile.row + 1).max().unwrap_or(0) as f64;
        let values = shown.iter().filter_map(|s| s.reading().map(|r| r.value));
        let classes = Classes::new(values, &self.unit, self.about.language);
        let mut canvas = {
            let list: f64 =
                self.list(shown, width - map - 24.0).iter().map(|(_, lines)| list_height(lines)).sum();
            let statuses = shown.iter().filter_map(Shown::hidden);
            let notes = Notes::new(statuses, &self.about.words, width);
            let body = f64::max(rows * side + 2.0, list + Classes::KEY + 20.0);
            let mut canvas = Canvas::new(width, body + notes.height());
            notes.paint(&mut canvas, body - 4.0);
            canvas
        };
        let page = canvas.page();
        for tile in tiles() {
            let (x, y) = (1.0 + side * tile.column as f64, 1.0 + side * tile.row as f64);
            let corners = [(x + 0.75, y + 0.75), (x + side - 0.75, y + side - 0.75)];
            let found = self.provinces.iter().zip(shown).find(|(p, _)| self.tile(p) == Some(tile));
            let colour = match found.map(|(_, shown)| shown) {
                Some(Shown::Value(reading)) => {
                    let colour = classes.colour(reading.value);
                    canvas.block(&page, "scale", corners, colour);
                    Some(colour)
                }
                Some(Shown::Hidden(Status::NoData)) => {
                    let [(left, top), (right, bottom)] = corners;
                    let frame = crate::canvas::Frame { left, top, right, bottom };
                    scaffold::hatch(&canvas, &page, frame, 5.0);
                    None
                }
                Some(Shown::Hidden(_)) | None => None,
            };
            let outline = match found {
                Some((province, _)) if province.site.role.is_some() => {
                    let style = SiteStyle::of(province.site.role);
                    Stroke { width: theme::TARGET, dash: theme::Dash::Solid, ..Stroke::of(&style) }
                }
                Some(_) => Stroke::solid(theme::HIDDEN, theme::HAIR),
                None => Stroke::solid(theme::HATCH, theme::HAIR),
            };
            let role = if found.is_some() { "tile" } else { "grid" };
            canvas.frame(&page, role, corners, outline);
            let middle = (x + side / 2.0, y + side / 2.0);
            let hidden = found.and_then(|(_, shown)| shown.hidden());
            if let Some(status) = hidden {
                scaffold::sign(&canvas, (middle.0, middle.1 - side * 0.25), status, theme::HIDDEN);
            }
            // Provinces without a cell are named only where there is room to.
            if found.is_some() || side >= 18.0 {
                let ground = colour.unwrap_or(theme::PAPER);
                let quiet = if found.is_some() { theme::text_on(ground) } else { theme::QUIET };
                let set = Type { colour: quiet, ..Type::SMALL };
                let name = tile.label(self.about.language);
                let drop = if hidden.is_some() { side * 0.5 - 2.5 } else { set.drop() };
                let at = (middle.0, middle.1 + drop);
                canvas.text(&name, at, Anchor::Middle, set);
            }
        }
        let left = map + 24.0;
        let mut y = 4.0;
        for (i, lines) in self.list(shown, width - left) {
            let Some(province) = self.provinces.get(i) else {
                continue;
            };
            let set = Type::site(&SiteStyle::of(province.site.role));
            let step = set.step(&lines);
            for (j, line) in lines.iter().enumerate() {
                canvas.text(line, (left, y + set.size + step * j as f64), Anchor::Start, set);
            }
            y += list_height(&lines);
        }
        classes.paint(&mut canvas, (left, y + 8.0), width - left);
        canvas
    }

    /// The provinces beside the map in the order of their values, those without one last; none
    /// where there are too many.
    fn list(&self, shown: &[Shown], room: f64) -> Vec<(usize, Vec<String>)> {
        if shown.len() > MOST_NAMES {
            return Vec::new();
        }
        let mut order: Vec<(usize, &Shown)> = shown.iter().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| match (a.reading(), b.reading()) {
            (Some(a), Some(b)) => b.value.total_cmp(&a.value),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        order
            .into_iter()
            .filter_map(|(i, shown)| {
                let province = self.provinces.get(i)?;
                let text = crate::alt::named(&province.site.name, shown, &self.unit, &self.about);
                let number = self
                    .tile(province)
                    .map_or(String::new(), |tile| format!("{} ", tile.label(self.about.language)));
                let set = Type::site(&SiteStyle::of(province.site.role));
                Some((i, set.wrap(&format!("{number}{text}"), f64::max(room, 40.0))))
            })
            .collect()
    }

    fn describe(&self, shown: &[Shown]) -> Description {
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::TileMap, crate::alt::level(shown));
        let values: Vec<(String, f64)> = self
            .provinces
            .iter()
            .zip(shown)
            .filter_map(|(province, shown)| Some((province.site.name.clone(), shown.reading()?.value)))
            .collect();
        let order = |a: &&(String, f64), b: &&(String, f64)| a.1.total_cmp(&b.1);
        if let (Some(low), Some(high)) = (values.iter().min_by(order), values.iter().max_by(order)) {
            let [low, high] = [low, high].map(|(_, value)| self.about.value(*value, &self.unit));
            out.find(1, Phrase::MapClasses, &[&self.about.count(values.len()), &low, &high]);
        }
        out.extremes(&values, &self.unit);
        for (i, (province, shown)) in self.provinces.iter().zip(shown).enumerate() {
            let text = crate::alt::named("", shown, &self.unit, &self.about);
            out.row(i + 1, &province.site.name, &[text]);
        }
        out.hidden(shown);
        out.finish()
    }
}

/// Height of a name beside the map, in points.
fn list_height(lines: &[String]) -> f64 {
    Type::VALUE.height(lines) + 3.0
}
