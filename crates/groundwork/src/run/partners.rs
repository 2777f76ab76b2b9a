//! What partners released, as cells: read from the folders of their runs, held against their
//! manifests, and put under our own sites and indicators.

use super::Request;
use super::compute::Results;
use super::load::InputFile;
use super::manifest::definition;
use crate::files::sha256;
use crate::record::Record;
use groundwork_disclosure::{Cell, CellKey, Finding, Partners};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::disclosure::Audience;
use groundwork_plan::location::Span;
use groundwork_plan::method::CellMethod;
use groundwork_plan::partner::Partner;
use groundwork_plan::plan::Plan;
use std::collections::BTreeMap;

/// How a value was obtained where the partner's method has no name here.
const METHOD: &str = "partner.release";

/// The columns that are read.
const COLUMNS: [&str; 14] = [
    "indicator",
    "site",
    "period",
    "dimension",
    "category",
    "status",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "level",
    "n",
    "method",
];

/// The releases of every partner.
#[derive(Debug, Default)]
pub(crate) struct Releases {
    /// Every row that concerns an indicator and a site of ours, by our key.
    rows: BTreeMap<CellKey, (usize, Vec<String>)>,
    /// The partners' names and the places in the pipeline.
    names: Vec<(String, Span)>,
    /// The files by name.
    pub(crate) files: Vec<(String, InputFile)>,
    /// What readers should know.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// Reads the releases of a plan's partners.
///
/// # Errors
/// A folder that holds no run, files that are not as the manifest says, and a release for nearer
/// readers than ours.
pub(crate) fn releases(request: &Request, plan: &Plan) -> Result<Releases, Vec<Diagnostic>> {
    let mut out = Releases::default();
    for partner in &plan.partners {
        out.add(request, plan, partner).map_err(|d| vec![d])?;
    }
    Ok(out)
}

impl Releases {
    fn add(&mut self, request: &Request, plan: &Plan, partner: &Partner) -> Result<(), Diagnostic> {
        let (name, at) = &partner.release;
        let folder = request.folder.join(name);
        let refused = |code: &'static str, message: String, hint: &str| {
            Diagnostic::pipeline(code, *at, message).hint(hint)
        };
        let broken = |why: String| {
            refused(
                "partner.no-release",
                format!("`{name}` is not the release of a partner: {why}"),
                "Name a folder that `groundwork run` wrote, beside the pipeline; it holds manifest.json and indicators.csv.",
            )
        };
        let record = Record::of_folder(&folder).map_err(|d| broken(d.message))?;
        let (table, bytes, sha256) = match (record.files.get("indicators.csv"), record.outputs()) {
            (Some(bytes), outputs) => {
                let told = outputs.iter().find(|(name, _)| name == "indicators.csv").map(|(_, hash)| hash);
                let hash = sha256(bytes);
                if told != Some(&hash) {
                    return Err(refused(
                        "partner.changed",
                        format!("indicators.csv of `{}` is not as its manifest says", partner.id),
                        "Ask the partner for the folder as it was written.",
                    ));
                }
                (record.indicators().map_err(|d| broken(d.message))?, bytes.len() as u64, hash)
            }
            (None, _) => return Err(broken("indicators.csv is not there".into())),
        };
        let told = record.parameter("audience");
        let audience = Audience::ALL.into_iter().find(|audience| audience.word() == told);
        if audience.is_none_or(|audience| audience < plan.policy.audience) {
            return Err(refused(
                "partner.audience",
                format!(
                    "`{}` released its numbers for `{told}`, which is nearer than `{}`",
                    partner.id,
                    plan.policy.audience.word()
                ),
                "Ask for a release for the same readers or wider ones, or write this one for nearer readers.",
            ));
        }
        let rows = table.only(&COLUMNS.map(str::to_owned)).map_err(broken)?;
        let place = self.names.len();
        self.names.push((partner.id.clone(), *at));
        let mut used = 0_u64;
        for row in &rows {
            let [indicator, site, period, dimension, category, ..] = row.as_slice() else { continue };
            let ours = |pairs: &[(String, String)], name: &String| -> Option<String> {
                pairs.iter().find(|(theirs, _)| theirs == name).map(|(_, ours)| ours.clone())
            };
            let (Some(indicator), Some(site)) =
                (ours(&partner.indicators, indicator), ours(&partner.sites, site))
            else {
                continue;
            };
            let key = CellKey {
                indicator,
                site,
                period: period.clone(),
                dimension: dimension.clone(),
                category: category.clone(),
            };
            used += 1;
            self.rows.insert(key, (place, row.clone()));
        }
        let file = InputFile { sha256, bytes, rows: rows.len() as u64 };
        self.files.push((format!("{name}/indicators.csv"), file));
        if used == 0 {
            self.warnings.push(
                refused(
                    "partner.nothing",
                    format!("nothing in `{name}` concerns a site and an indicator of this pipeline"),
                    "Say with `sites` and `indicators` which of the partner's are which of ours.",
                )
                .as_warning(),
            );
        }
        self.compare(plan, partner, &record);
        Ok(())
    }

    /// Says which indicators the partner defines otherwise.
    fn compare(&mut self, plan: &Plan, partner: &Partner, record: &Record) {
        let theirs = record.definitions();
        let other: Vec<String> = partner
            .indicators
            .iter()
            .filter_map(|(name, ours)| {
                let own = plan.indicator(ours)?;
                let told = theirs.get(name)?;
                (*told != definition(own)).then(|| format!("`{ours}`"))
            })
            .collect();
        if !other.is_empty() {
            let message = format!(
                "`{}` does not compute these indicators from the same definition: {}",
                partner.id,
                other.join(", ")
            );
            self.warnings.push(
                Diagnostic::pipeline("partner.definition", partner.release.1, message)
                    .hint("Read both definitions before the numbers are compared; a difference may be one of definitions.")
                    .as_warning(),
            );
        }
    }

    /// The cells that partners fill, of those that the plan promises.
    ///
    /// # Errors
    /// A site that has numbers of its own.
    pub(crate) fn cells(&self, plan: &Plan, results: &Results) -> Result<Partners, Diagnostic> {
        let mut out = Partners::default();
        for cell in &results.cells {
            let Some((place, row)) = self.rows.get(&cell.key) else { continue };
            if cell.n > 0 && cell.finding != Finding::NoData {
                let (name, at) = self.names.get(*place).cloned().unwrap_or_default();
                let message =
                    format!("the site `{}` has rows of its own and numbers of `{name}`", cell.key.site);
                return Err(Diagnostic::pipeline("partner.overlap", at, message)
                    .hint("Give the partner's site an identifier of its own under `sites`."));
            }
            let methods = plan.indicator(&cell.key.indicator).map(|i| CellMethod::of(i.kind.summary()));
            match filled(cell, row, methods.unwrap_or_default()) {
                Filled::Published(cell) => out.published.push(*cell),
                Filled::Withheld => {
                    out.withheld.insert(cell.key.clone());
                }
                Filled::Nothing => {}
            }
        }
        Ok(out)
    }
}

enum Filled {
    Published(Box<Cell>),
    Withheld,
    Nothing,
}

/// A promised cell with what a row of the partner says.
fn filled(cell: &Cell, row: &[String], methods: &[CellMethod]) -> Filled {
    let [_, _, _, _, _, status, numerator, denominator, value, lower, upper, level, n, method] = row else {
        return Filled::Nothing;
    };
    let number = |text: &String| text.parse::<f64>().ok().filter(|x| x.is_finite());
    match (status.as_str(), number(value)) {
        ("published", Some(value)) => {
            let interval = match (number(lower), number(upper), number(level)) {
                (Some(lower), Some(upper), Some(level)) => Some((lower, upper, level)),
                _ => None,
            };
            Filled::Published(Box::new(Cell {
                numerator: number(numerator).unwrap_or(value),
                denominator: number(denominator),
                n: n.parse().unwrap_or(0),
                method: methods.iter().map(|m| m.id()).find(|id| id == method).unwrap_or(METHOD),
                finding: Finding::Value { value, interval },
                ..cell.clone()
            }))
        }
        ("withheld", _) => Filled::Withheld,
        _ => Filled::Nothing,
    }
}
