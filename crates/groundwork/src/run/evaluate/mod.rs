//! Evaluating: from cells and rows to the rows of `estimates.csv`. One file a design.
//!
//! A design never stops a run: what cannot be answered is a row with the status `refused` and the
//! reason. The rows come in the order of the plan.

mod adaptation;
mod adjusted_comparison;
mod combination;
mod decomposition;
mod difference_in_differences;
mod frame;
mod interrupted_time_series;
mod line;
mod non_inferiority;
mod overlap;
mod power;
mod regression_decomposition;
mod shared_clusters;
pub(super) mod site_comparison;
pub(super) mod sites_as_sample;
pub(super) mod staggered_adoption;
mod time_to_event;
mod translated_test;
mod transport;

use super::adaptations::Log;
use super::compute::Results;
use super::load::Asked;
use super::stop_if_interrupted;
use frame::Frame;
use groundwork_disclosure::{Cell, CellKey, Estimate, Names};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::evaluation::{Data, Design, DifferenceInDifferences, Evaluation, SeriesFrom, SitesFrom};
use groundwork_plan::plan::Plan;
use std::collections::BTreeMap;

/// What a design is answered from.
pub(super) struct Ground<'a> {
    plan: &'a Plan,
    results: &'a Results,
    cells: BTreeMap<&'a CellKey, &'a Cell>,
    evaluation: &'a Evaluation,
    log: &'a Log,
}

impl<'a> Ground<'a> {
    fn cell(&self, key: &CellKey) -> Option<&'a Cell> {
        self.cells.get(key).copied()
    }
}

/// The rows of every evaluation; `names` says who the rows of a source are.
pub(super) fn evaluate(
    plan: &Plan,
    results: &Results,
    log: &Log,
    names: &Names,
    asked: Asked<'_>,
) -> Result<Vec<Estimate>, Vec<Diagnostic>> {
    let cells: BTreeMap<&CellKey, &Cell> = results.cells.iter().map(|c| (&c.key, c)).collect();
    let mut out = Vec::new();
    for evaluation in &plan.evaluations {
        stop_if_interrupted()?;
        let ground = Ground { plan, results, cells: cells.clone(), evaluation, log };
        let frame = match data(&evaluation.design) {
            Some(data) => Some(Frame::load(asked, data, names).map_err(|d| vec![d])?),
            None => None,
        };
        let members = match &evaluation.design {
            Design::Overlap(design) => design.memberships(),
            _ => None,
        };
        let members = members.map(|query| asked.columns(&query, 2)).transpose().map_err(|d| vec![d])?;
        let rows = match (&evaluation.design, &frame) {
            (Design::Adaptation(design), _) => adaptation::rows(&ground, design),
            (Design::SiteComparison(design), _) => site_comparison::rows(&ground, design),
            (Design::NonInferiority(design), _) => non_inferiority::rows(&ground, design),
            (Design::Decomposition(design), _) => decomposition::rows(&ground, design),
            (Design::InterruptedTimeSeries(design), frame) => {
                interrupted_time_series::rows(&ground, design, frame.as_ref())
            }
            (Design::Power(design), _) => power::rows(&ground, design),
            (Design::Overlap(design), _) => overlap::rows(&ground, design, members.as_deref()),
            (Design::DifferenceInDifferences(design), frame) => {
                difference_in_differences::rows(&ground, design, frame.as_ref())
            }
            (Design::SitesAsSample(design), frame) => sites_as_sample::rows(&ground, design, frame.as_ref()),
            (Design::RegressionDecomposition(_), Some(frame)) => {
                regression_decomposition::rows(&ground, frame)
            }
            (Design::AdjustedComparison(_), Some(frame)) => adjusted_comparison::rows(&ground, frame),
            (Design::StaggeredAdoption(design), Some(frame)) => {
                staggered_adoption::rows(&ground, design, frame)
            }
            (Design::Transport(_), Some(frame)) => transport::rows(&ground, frame),
            (Design::TimeToEvent(design), Some(frame)) => time_to_event::rows(&ground, design, frame),
            (Design::Combination(_), Some(frame)) => combination::rows(&ground, frame),
            (Design::TranslatedTest(_), Some(frame)) => translated_test::rows(&ground, frame),
            (
                Design::RegressionDecomposition(_)
                | Design::AdjustedComparison(_)
                | Design::StaggeredAdoption(_)
                | Design::Transport(_)
                | Design::TimeToEvent(_)
                | Design::Combination(_)
                | Design::TranslatedTest(_),
                None,
            ) => Vec::new(),
        };
        if let Some(frame) = &frame {
            out.push(line::left_out(&ground, frame));
        }
        out.extend(rows);
    }
    Ok(out)
}

/// The rows that a design is computed from, for one that is.
fn data(design: &Design) -> Option<&Data> {
    match design {
        Design::RegressionDecomposition(d) => Some(&d.data),
        Design::AdjustedComparison(d) => Some(&d.data),
        Design::StaggeredAdoption(d) => Some(&d.data),
        Design::Transport(d) => Some(&d.data),
        Design::TimeToEvent(d) => Some(&d.data),
        Design::Combination(d) => Some(&d.data),
        Design::TranslatedTest(d) => Some(&d.data),
        Design::DifferenceInDifferences(DifferenceInDifferences::Rows(data)) => Some(data),
        Design::InterruptedTimeSeries(d) => match &d.from {
            SeriesFrom::Rows(data) => Some(data),
            SeriesFrom::Cells { .. } => None,
        },
        Design::SitesAsSample(d) => match &d.from {
            SitesFrom::Arms(data) | SitesFrom::Shares(data) | SitesFrom::Estimates(data) => Some(data),
            SitesFrom::Cells { .. } => None,
        },
        Design::Adaptation(_)
        | Design::SiteComparison(_)
        | Design::NonInferiority(_)
        | Design::Decomposition(_)
        | Design::DifferenceInDifferences(DifferenceInDifferences::Cells { .. })
        | Design::Overlap(_)
        | Design::Power(_) => None,
    }
}
