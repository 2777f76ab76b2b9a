//! Charts of released numbers.
//!
//! A chart is described by a value such as [`DotInterval`] or [`Trend`], which names cells by
//! their keys and holds no numbers of people. Its `draw` looks the numbers up in a
//! [`Released`](groundwork_disclosure::Released) and gives a [`Figure`]: the marks as SVG, the
//! texts as a list for whoever sets them, both together as SVG for a web page, the numbers as
//! CSV, and a description in words. What was withheld, was not recorded or cannot be computed is
//! drawn as such; nothing is guessed and no gap is bridged. What is withheld moves no mark, no
//! scale and no order.
//!
//! | question | chart | what it is told |
//! |---|---|---|
//! | who is higher, by how much, how sure? | [`DotInterval`] | rows with a cell for each site, and the contrast of two |
//! | does the model travel? | [`Forest`] | a number for each site, the pooled one, one whose interval is the range for a new site |
//! | how did it move? | [`Trend`] | panels of lines with a cell for each period; a shaded band, ruled moments |
//! | what changed between two moments? | [`Slope`] | lines with a cell for each moment; which of them is the story |
//! | how did training multiply? | [`Cascade`] | a count for each generation, a ratio for each trainer |
//! | where do people drop out? | [`Steps`] | a count for each step |
//! | how long until it was done? | [`Completion`] | shares by time, a risk table of counts, the median |
//! | what did adoption change? | [`EventStudy`] | an effect for each period, a number whose interval is the uniform band |
//! | what do people think? | [`Likert`] | questions with a share for each answer |
//! | why do sites differ? | [`Waterfall`] | the cells of both ends, a number for each part |
//! | is it on track? | [`Bullet`] | a cell, a target, what is expected by now |
//! | how wide is the gap, group by group? | [`Dumbbell`] | rows with a cell for each of two sites |
//! | where? | [`TileMap`] | provinces of Thailand by ISO 3166-2 code, with a cell each |
//! | where are patterns and gaps? | [`HeatMap`] | rows with a cell for each column |
//! | who was reached twice? | [`Overlap`] | channels, combinations of them, all people; values or bounds |
//! | what spread is behind a mean? | [`Strips`] | a cell for each dot |
//! | how did it move, in a table cell? | [`Sparklines`] | lines with a cell for each period |
//!
//! A number is a cell or a contrast, a [`NumberKey`]. Each type says how it is made, and
//! `examples/gallery` draws every one with invented values, in three languages:
//! `cargo run -p groundwork-charts --example gallery -- FOLDER`.
//!
//! [`About`] says what a chart says of itself, and whether title and source are drawn with it.
//! [`Figure::lint`] names the rules that the drawing breaks, and [`Figure::accepted`] refuses one
//! that misleads or cannot be read. Sentences are in one catalogue; [`drafts`] are those that
//! await a native reader.
//!
//! plotters maps data to places and draws the marks, into a backend that keeps them as they are
//! (`backend.rs`, `canvas.rs`). Scales, labels and colours are ours (`axis.rs`, `label.rs`,
//! `theme.rs`), because a chart must be readable in three scripts, on a photocopy, and without
//! being seen. The same input gives the same bytes.
//!
//! ```
//! use groundwork_charts::{About, ChartSite, DotInterval, DotRow};
//! use groundwork_disclosure::{Cell, CellKey, Counts, Finding, release};
//! use groundwork_plan::disclosure::{Audience, Policy};
//! use groundwork_plan::number::Unit;
//! use groundwork_plan::site::SiteRole;
//! use groundwork_plan::text::Language;
//!
//! let key = CellKey::total("registration_completion", "nan", "2021-Q4");
//! let cell = Cell {
//!     key: key.clone(),
//!     numerator: 55.0,
//!     denominator: Some(89.0),
//!     immature: None,
//!     n: 89,
//!     counts: Counts::Part,
//!     unit: Unit::Share,
//!     method: "wilson",
//!     finding: Finding::Value { value: 55.0 / 89.0, interval: Some((0.514, 0.712, 0.95)) },
//!     people: true,
//!     partial: false,
//!     inputs: Vec::new(),
//! };
//! let chart = DotInterval {
//!     about: About::new("Most families finish.", "share of families, Nan", Language::En),
//!     unit: Unit::Share,
//!     value_title: "Share of families".into(),
//!     difference_title: None,
//!     sites: vec![ChartSite::new("Nan", Some(SiteRole::Adaptation))],
//!     rows: vec![DotRow {
//!         label: "Civil registration completed".into(),
//!         cells: vec![key],
//!         contrast: None,
//!     }],
//!     by_difference: false,
//!     with_n: false,
//! };
//! let policy = Policy::of(Audience::Partner);
//! let figure = chart.draw(&release(vec![cell], vec![], &policy));
//! assert!(figure.alt.contains("Nan 62% (51–71)"));
//! ```
//!
//! The same call with a cell that has not passed the gate does not compile:
//!
//! ```compile_fail,E0308
//! # use groundwork_charts::{About, ChartSite, DotInterval, DotRow};
//! # use groundwork_disclosure::{Cell, CellKey, Counts, Finding};
//! # use groundwork_plan::number::Unit;
//! # use groundwork_plan::site::SiteRole;
//! # use groundwork_plan::text::Language;
//! # let key = CellKey::total("registration_completion", "nan", "2021-Q4");
//! let cell = Cell {
//!     key: key.clone(),
//!     numerator: 55.0,
//!     denominator: Some(89.0),
//!     immature: None,
//!     n: 89,
//!     counts: Counts::Part,
//!     unit: Unit::Share,
//!     method: "wilson",
//!     finding: Finding::Value { value: 55.0 / 89.0, interval: Some((0.514, 0.712, 0.95)) },
//!     people: true,
//!     partial: false,
//!     inputs: Vec::new(),
//! };
//! # let chart = DotInterval {
//! #     about: About::new("Most families finish.", "share of families, Nan", Language::En),
//! #     unit: Unit::Share,
//! #     value_title: "Share of families".into(),
//! #     difference_title: None,
//! #     sites: vec![ChartSite::new("Nan", Some(SiteRole::Adaptation))],
//! #     rows: vec![DotRow {
//! #         label: "Civil registration completed".into(),
//! #         cells: vec![key],
//! #         contrast: None,
//! #     }],
//! #     by_difference: false,
//! #     with_n: false,
//! # };
//! let figure = chart.draw(&cell);
//! ```
//!
//! Nor can a released cell be made by hand:
//!
//! ```compile_fail,E0451
//! # use groundwork_disclosure::{CellKey, ReleasedCell, Status};
//! # use groundwork_plan::number::Unit;
//! let forged = ReleasedCell {
//!     key: CellKey::total("registration_completion", "nan", "2021-Q4"),
//!     unit: Unit::Share,
//!     method: "wilson",
//!     status: Status::Published,
//!     reason: "",
//!     figures: None,
//! };
//! ```

mod alt;
mod axis;
mod backend;
mod bullet;
mod canvas;
mod caption;
mod cascade;
mod catalogue;
mod completion;
mod dot_interval;
mod dumbbell;
mod event_study;
mod figure;
mod forest;
mod heat_map;
mod label;
mod likert;
mod lint;
mod overlap;
mod scaffold;
mod scene;
mod sheet;
mod slope;
mod sparklines;
mod steps;
mod strips;
mod svg;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod theme;
mod tile_map;
mod time;
mod trend;
mod waterfall;

pub use bullet::{Bullet, BulletRow};
pub use cascade::{Cascade, Generation};
pub use catalogue::drafts;
pub use completion::{Completion, CompletionLine, RiskColumn};
pub use dot_interval::{DotInterval, DotRow};
pub use dumbbell::{Dumbbell, DumbbellRow};
pub use event_study::{EventPeriod, EventStudy};
pub use figure::{About, ChartSite, Figure, Words};
pub use forest::{Forest, ForestRow};
pub use heat_map::HeatMap;
pub use likert::{Likert, LikertRow};
pub use lint::{Lint, Severity};
pub use overlap::{Combination, Overlap};
pub use scene::{Anchor, Label};
pub use slope::{Slope, SlopeLine};
pub use sparklines::{Sparkline, Sparklines};
pub use steps::{Step, Steps};
pub use strips::{Strip, Strips};
pub use table::{EstimateKey, NumberKey, Summary};
pub use theme::{Dash, Marker, SiteStyle};
pub use tile_map::{Province, TileMap};
pub use time::period_label;
pub use trend::{Band, Moment, Trend, TrendLine, TrendPanel};
pub use waterfall::{Waterfall, WaterfallEnd, WaterfallPart};
