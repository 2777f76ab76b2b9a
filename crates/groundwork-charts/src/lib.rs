//! Charts of released numbers.
//!
//! A chart is described by a value such as [`DotInterval`], [`Trend`] or [`Bullet`], which names
//! cells by their keys and holds no numbers of people. Its `draw` looks the numbers up in a
//! [`Released`](groundwork_disclosure::Released) and gives a [`Figure`]: the marks as SVG, the
//! texts as a list for whoever sets them, both together as SVG for a web page, the numbers as
//! CSV, and a description in words. What was withheld, was not recorded or cannot be computed is
//! drawn as such; nothing is guessed and no gap is bridged.
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
mod dot_interval;
mod figure;
mod label;
mod scaffold;
mod scene;
mod svg;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod theme;
mod time;
mod trend;

pub use bullet::{Bullet, BulletRow};
pub use dot_interval::{DotInterval, DotRow};
pub use figure::{About, ChartSite, Figure, Words};
pub use scene::{Anchor, Label};
pub use theme::{Dash, Marker, SiteStyle};
pub use time::period_label;
pub use trend::{Band, Trend, TrendLine, TrendPanel};
