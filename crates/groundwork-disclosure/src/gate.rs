//! The gate: what a run found goes in, and what may be published comes out.

use crate::audit::Audit;
use crate::cell::{Cell, CellKey, Contrast, Counts, Finding};
use crate::estimate::{Estimate, StandIns};
use crate::frame::{Counting, Frame};
use crate::judgement::{Judgement, Remember};
use crate::ladder;
use crate::ledger::{self, Published};
use crate::look::Unreleased;
use crate::matrix::{Address, Groups, Matrix};
use crate::partner::Partners;
use crate::primary;
use crate::release::{ContrastFigures, Figures, Released, ReleasedCell, ReleasedContrast, Status};
use crate::series;
use groundwork_plan::disclosure::{Policy, SENSITIVE_THRESHOLD};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// What passed, and how that was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Passed {
    /// What may be published.
    pub released: Released,
    /// What was withheld, why, and how well it is protected.
    pub audit: Audit,
    /// Every number of people that readers now know, for the ledger; none where there is no ledger and the
    /// judgement was known.
    pub published: Vec<Published>,
    /// What finished files must not hold.
    pub unreleased: Unreleased,
    /// The estimates as they came, each with why the people behind it are withheld, if they are.
    estimates: Vec<(Estimate, Option<&'static str>)>,
    /// Whether it may be told how many rows of each source there are.
    pub rows_told: bool,
}

impl Passed {
    /// The same with what partners released, and estimates of that.
    #[must_use]
    pub fn with_partners(mut self, partners: Partners) -> Self {
        self.released = self.released.with_partners(partners).with_estimates(self.estimates.clone());
        self
    }
}

/// Nothing may be published: somebody could be found whatever is withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The cells that would give somebody away, by address and never by value.
    pub cells: Vec<String>,
}

/// Lets cells and contrasts pass under a policy, indicators taken apart from each other. Cells come
/// back sorted by key.
pub fn release(cells: Vec<Cell>, contrasts: Vec<Contrast>, policy: &Policy) -> Released {
    match release_jointly(cells, contrasts, Vec::new(), policy, &Frame::default(), &[]) {
        Ok(passed) => passed.released,
        // Where not everything has its proof, nothing passes.
        Err(_) => Released {
            policy: policy.clone(),
            cells: Vec::new(),
            contrasts: Vec::new(),
            estimates: Vec::new(),
        },
    }
}

/// Lets cells, contrasts and estimates pass together: nothing that is withheld can be found out from
/// all that is published and from what `earlier` releases published for the same readers.
///
/// # Errors
///
/// A protected number that earlier releases and this one give away together, or for which there is
/// no proof that they do not.
pub fn release_jointly(
    cells: Vec<Cell>,
    contrasts: Vec<Contrast>,
    estimates: Vec<Estimate>,
    policy: &Policy,
    frame: &Frame,
    earlier: &[Published],
) -> Result<Passed, Refusal> {
    release_remembering(cells, contrasts, estimates, policy, frame, earlier, &|_, judge| judge())
}

/// The same as [`release_jointly`], where `remember` may know the judgement from an earlier time.
///
/// # Errors
///
/// Those of [`release_jointly`].
pub fn release_remembering(
    cells: Vec<Cell>,
    contrasts: Vec<Contrast>,
    estimates: Vec<Estimate>,
    policy: &Policy,
    frame: &Frame,
    earlier: &[Published],
    remember: &Remember<'_>,
) -> Result<Passed, Refusal> {
    let people = StandIns::of(&estimates);
    let cells = in_order(cells.into_iter().chain(people.cells.iter().cloned()).collect());
    let thresholds: Vec<i64> = cells.iter().map(|cell| threshold(cell, policy, frame)).collect();
    let known = ledger::known(earlier, policy.audience);
    let dominated = cells.iter().filter(|cell| primary::is_dominated(cell, frame));
    let dominated = dominated.filter_map(|cell| frame.measures.get(&cell.key.indicator)?.amount.as_ref());
    let dominated = dominated.map(|amount| amount.of.clone()).collect();
    let frame = &Frame { dominated, ..frame.clone() };
    let groups = &people.groups;
    let ground = Ground { cells: &cells, thresholds: &thresholds, groups, known: &known, policy, frame };
    let now = OnceCell::new();
    let judge = || {
        let decided = ground.judge();
        let lines = decided.judgement.lines();
        // It is asked once.
        let _ = now.set(decided);
        lines
    };
    let lines = remember(&|| ground.told(), &judge);
    let from_before = || {
        let judgement = Judgement::read(&lines, cells.len())?;
        // The ledger alone asks for more than the judgement.
        let asks = policy.ledger.is_some() || !earlier.is_empty() || !judgement.decision.open.is_empty();
        let matrix = asks.then(|| ground.ruled(&ground.bare(), judgement.rows_told).0);
        Some(Decided { matrix: matrix.unwrap_or_default(), judgement })
    };
    let decided = now.into_inner().or_else(from_before).unwrap_or_else(|| ground.judge());
    let Decided { matrix, judgement } = decided;
    let Judgement { rows_told, mut reasons, decision, stepped_back, audit } = judgement;
    stepped_back.iter().for_each(|cell| reasons[*cell] = Some("rolled_up"));
    let mut open = decision.open.clone();
    open.extend(ledger::revealing(earlier, &matrix, &decision.hidden, policy.audience));
    if !open.is_empty() {
        return Err(Refusal { cells: named(&cells, &matrix, &open) });
    }
    let published = ledger::published(&matrix, &decision.hidden, policy.audience);
    for (reason, hidden) in reasons.iter_mut().zip(&decision.hidden) {
        if *hidden {
            reason.get_or_insert(BY_SUBTRACTION);
        }
    }
    withhold_formulas(&cells, &mut reasons);
    let declared: Vec<i64> = cells.iter().map(|cell| declared(cell, policy, frame)).collect();
    let audit = audit.with_reasons(&cells, &reasons, &declared);
    let unreleased = Unreleased::of(&cells, &reasons);
    let hidden = cells.iter().zip(&reasons).filter_map(|(cell, reason)| Some((&cell.key, (*reason)?)));
    let behind = people.reasons(&hidden.collect());
    let estimates: Vec<(Estimate, Option<&'static str>)> = estimates.into_iter().zip(behind).collect();
    let released = released(cells, contrasts, &reasons, policy).with_estimates(estimates.clone());
    Ok(Passed { released, audit, published, unreleased, estimates, rows_told })
}

/// Cells by their keys; of several with one key, the last.
fn in_order(mut cells: Vec<Cell>) -> Vec<Cell> {
    cells.sort_by(|a, b| a.key.cmp(&b.key));
    cells.dedup_by(|later, kept| {
        let same = later.key == kept.key;
        if same {
            std::mem::swap(later, kept);
        }
        same
    });
    cells
}

/// Where the cell with a key stands among cells in order.
fn place(cells: &[Cell], key: &CellKey) -> Option<usize> {
    cells.binary_search_by(|cell| cell.key.cmp(key)).ok()
}

/// What is decided about.
struct Ground<'a> {
    cells: &'a [Cell],
    thresholds: &'a [i64],
    groups: &'a Groups,
    known: &'a [(Address, i64)],
    policy: &'a Policy,
    frame: &'a Frame,
}

/// What was decided, with the matrix that it rests on.
struct Decided {
    matrix: Matrix,
    judgement: Judgement,
}

impl Ground<'_> {
    /// Everything that the judgement depends on.
    fn told(&self) -> String {
        let Self { cells, thresholds, groups, known, policy, frame } = self;
        format!("{cells:?}\n{thresholds:?}\n{groups:?}\n{known:?}\n{policy:?}\n{frame:?}")
    }

    /// How many rows there are is told where nobody is found by it.
    fn judge(&self) -> Decided {
        let bare = self.bare();
        let all = self.decide(&bare, true);
        if all.judgement.decision.open.is_empty() || self.frame.rows.is_empty() {
            return all;
        }
        self.decide(&bare, false)
    }

    /// The matrix without how many rows there are.
    fn bare(&self) -> Matrix {
        Matrix::of(self.cells, self.frame, self.thresholds, self.groups, self.known)
    }

    /// The whole matrix, with the cells that a rule withholds.
    fn ruled(&self, bare: &Matrix, rows_told: bool) -> (Matrix, Vec<Option<&'static str>>) {
        let Self { cells, thresholds, groups, policy, frame, .. } = *self;
        let none = BTreeMap::new();
        let mut matrix = bare.clone().with_rows(if rows_told { &frame.rows } else { &none });
        let mut reasons: Vec<Option<&'static str>> = cells
            .iter()
            .zip(thresholds)
            .map(|(cell, threshold)| {
                let groups = groups.get(&cell.key).map(Vec::as_slice).unwrap_or_default();
                let small = |(_, size): &(Counting, u64)| *size > 0 && (*size as i64) < *threshold;
                let small = groups.iter().any(small).then_some(primary::BELOW);
                small.or_else(|| primary::reason(cell, *threshold, policy, frame))
            })
            .collect();
        guard_classes(cells, &mut matrix, &mut reasons, policy, frame);
        series::guard(cells, &mut matrix, &mut reasons, thresholds, frame);
        (matrix, reasons)
    }

    fn decide(&self, bare: &Matrix, rows_told: bool) -> Decided {
        let (matrix, reasons) = self.ruled(bare, rows_told);
        let (decision, stepped_back) = ladder::decide(self.cells, &matrix, &reasons, self.policy);
        let audit = Audit::of(&matrix, &decision, stepped_back.len());
        Decided { judgement: Judgement { rows_told, reasons, decision, stepped_back, audit }, matrix }
    }
}

/// Marks the numbers of which nobody may find out that they are everybody or nobody.
fn guard_classes(
    cells: &[Cell],
    matrix: &mut Matrix,
    reasons: &mut [Option<&'static str>],
    policy: &Policy,
    frame: &Frame,
) {
    let everybody = matrix.everybody.clone();
    for (_, part) in everybody {
        let shown_by = matrix.quantities[part].cells.clone();
        for cell in shown_by {
            if threshold(&cells[cell], policy, frame) > 1
                && primary::guards_classes(&cells[cell], policy, frame)
            {
                reasons[cell].get_or_insert(primary::CLASS);
                matrix.quantities[part].class = true;
            }
        }
    }
    for (at, cell) in cells.iter().enumerate() {
        // What is summed may not be computed from other sums, to within a part of the largest.
        if reasons[at] == Some(primary::DOMINANCE)
            && let Some(quantity) = matrix.amount(at).and_then(|id| matrix.quantities.get_mut(id))
        {
            quantity.class = true;
            quantity.threshold = primary::width(cell, frame).max(quantity.threshold);
        }
        if reasons[at] == Some(primary::CLASS) && primary::is_everybody_or_nobody(cell) {
            let number = if cell.numerator > 0.0 { matrix.complement(at) } else { matrix.numerator(at) };
            if let Some(quantity) = number.and_then(|id| matrix.quantities.get_mut(id)) {
                quantity.class = true;
            }
        }
    }
}

/// The smallest number of people that a cell may show by the policy, which readers know.
fn declared(cell: &Cell, policy: &Policy, frame: &Frame) -> i64 {
    let declared = policy.threshold(&cell.key.indicator, &cell.key.dimension);
    let sensitive = primary::is_sensitive(cell, policy, frame);
    let threshold = if sensitive { declared.max(SENSITIVE_THRESHOLD) } else { declared };
    i64::try_from(threshold).unwrap_or(i64::MAX)
}

/// The smallest number of people that a cell may show.
fn threshold(cell: &Cell, policy: &Policy, frame: &Frame) -> i64 {
    let threshold = declared(cell, policy, frame);
    // People of few households are found together, so their number is small however large it is.
    primary::of_few_households(cell, policy, frame).map_or(threshold, |people| threshold.max(people + 1))
}

/// A formula is let out only with everything that it is made from, and so are formulas of it.
fn withhold_formulas(cells: &[Cell], reasons: &mut [Option<&'static str>]) {
    loop {
        let more: Vec<usize> = cells
            .iter()
            .enumerate()
            .filter(|(at, _)| reasons[*at].is_none())
            .filter(|(_, cell)| {
                let hidden = |input| place(cells, input).is_some_and(|at| reasons[at].is_some());
                cell.inputs.iter().any(hidden)
            })
            .map(|(at, _)| at)
            .collect();
        if more.is_empty() {
            return;
        }
        for at in more {
            reasons[at] = Some("input_withheld");
        }
    }
}

/// The cells that show numbers that cannot be published; of a rest, those that give it away.
fn named(cells: &[Cell], matrix: &Matrix, open: &BTreeSet<usize>) -> Vec<String> {
    let mut out = BTreeSet::new();
    for id in open {
        let quantity = &matrix.quantities[*id];
        let around = quantity.relations.iter().flat_map(|(at, _)| &matrix.relations[*at].terms);
        let around = around.flat_map(|(id, _)| &matrix.quantities[*id].cells);
        let own = quantity.cells.iter();
        let named: Vec<&usize> = if quantity.cells.is_empty() { around.collect() } else { own.collect() };
        out.extend(named.into_iter().map(|cell| cells[*cell].key.to_string()));
    }
    out.into_iter().collect()
}

fn released(
    cells: Vec<Cell>,
    contrasts: Vec<Contrast>,
    reasons: &[Option<&'static str>],
    policy: &Policy,
) -> Released {
    let is_bare = |cell: &Cell| primary::is_spread(cell) && primary::has_small_base(cell, policy);
    let any = |of: &dyn Fn(usize) -> bool, contrast: &Contrast| {
        [&contrast.cell, &contrast.reference].iter().any(|key| place(&cells, key).is_none_or(of))
    };
    let contrasts = contrasts
        .into_iter()
        .map(|contrast| {
            let hidden = any(&|at| reasons[at].is_some(), &contrast);
            let bare = any(&|at| is_bare(&cells[at]), &contrast);
            released_contrast(contrast, hidden, bare)
        })
        .collect();
    // What stands for the people behind estimates is nothing to be shown.
    let cells = cells
        .into_iter()
        .zip(reasons)
        .filter(|(cell, _)| cell.counts != Counts::Groups)
        .map(|(cell, reason)| {
            let bare = is_bare(&cell);
            released_cell(cell, *reason, bare)
        })
        .collect();
    Released { policy: policy.clone(), cells, contrasts, estimates: Vec::new() }
}

pub(crate) fn released_cell(cell: Cell, hidden: Option<&'static str>, bare: bool) -> ReleasedCell {
    let whole = if cell.partial { "partial_period" } else { "" };
    let (status, reason, value, interval) = match (hidden.map(told), &cell.finding) {
        (_, Finding::NoData) => (Status::NoData, "nothing_recorded", None, None),
        (Some(reason), _) => (Status::Withheld, reason, None, None),
        (None, Finding::Value { value, interval }) => {
            (Status::Published, whole, Some(*value), interval.filter(|_| !bare))
        }
        // Bounds hold for certain: their level is 1.
        (None, Finding::Bounds { lower, upper }) => {
            (Status::Published, whole, None, Some((*lower, *upper, 1.0)))
        }
        (None, Finding::Band { lower, upper, level }) => {
            (Status::Refused, "band_too_wide", None, Some((*lower, *upper, *level)))
        }
        (None, Finding::Undefined(reason)) => (Status::Undefined, *reason, None, None),
        (None, Finding::Refused(reason)) => (Status::Refused, *reason, None, None),
    };
    let shown = matches!(status, Status::Published | Status::Undefined | Status::Refused);
    ReleasedCell {
        figures: shown.then_some(Figures {
            numerator: cell.numerator,
            denominator: cell.denominator,
            immature: cell.immature,
            n: cell.n,
            value,
            interval,
        }),
        key: cell.key,
        unit: cell.unit,
        method: cell.method,
        status,
        reason,
        bare,
    }
}

/// What readers are told of why something is withheld. Which rule it was would tell them that a number
/// is small, or that it is everybody.
pub(crate) fn told(reason: &'static str) -> &'static str {
    match reason {
        primary::BELOW
        | primary::FEW_HOUSEHOLDS
        | primary::CLASS
        | primary::SMALL_BASE
        | primary::DOMINANCE
        | BY_SUBTRACTION => TO_PROTECT_PEOPLE,
        other => other,
    }
}

/// The one reason that readers are told.
const TO_PROTECT_PEOPLE: &str = "to_protect_people";

/// Withheld so that something else cannot be computed.
const BY_SUBTRACTION: &str = "by_subtraction";

fn released_contrast(contrast: Contrast, hidden: bool, bare: bool) -> ReleasedContrast {
    let (status, reason, figures) = match (hidden, &contrast.finding) {
        (true, _) => (Status::Withheld, "a_compared_cell_is_withheld", None),
        (false, Finding::NoData | Finding::Bounds { .. } | Finding::Band { .. }) => {
            (Status::NoData, "nothing_recorded", None)
        }
        (false, Finding::Undefined(reason)) => (Status::Undefined, *reason, None),
        (false, Finding::Refused(reason)) => (Status::Refused, *reason, None),
        (false, Finding::Value { value, interval }) => {
            let spread = !bare;
            let figures = ContrastFigures {
                value: *value,
                interval: interval.filter(|_| spread),
                std_error: contrast.std_error.filter(|_| spread),
                statistic: contrast.statistic.filter(|_| spread),
                df: contrast.df.filter(|_| spread),
                p_value: contrast.p_value.filter(|_| spread),
                n: contrast.n,
                n_clusters: contrast.n_clusters.filter(|_| spread),
            };
            (Status::Published, "", Some(figures))
        }
    };
    ReleasedContrast {
        evaluation: contrast.evaluation,
        cell: contrast.cell,
        reference: contrast.reference,
        unit: contrast.unit,
        summary: contrast.summary,
        method: contrast.method,
        status,
        reason,
        figures,
    }
}
