//! What an earlier run told the same readers, so that a report can say which values were restated.

use super::Request;
use crate::table::Table;
use groundwork_disclosure::CellKey;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::plan::{Plan, Report};
use serde_json::Value;

/// The published totals of the run that a report names under `since`.
///
/// # Errors
/// A folder that holds no run, and a run for a nearer audience: its numbers may not be told.
pub(super) fn earlier(
    request: &Request,
    plan: &Plan,
    report: &Report,
) -> Result<Vec<(CellKey, f64)>, Vec<Diagnostic>> {
    let Some((since, at)) = &report.since else {
        return Ok(Vec::new());
    };
    let folder = request.folder.join(since);
    let broken = |what: String| {
        let message = format!("`{since}` is not the folder of an earlier run: {what}");
        vec![Diagnostic::pipeline("report.no-earlier-run", *at, message).hint(
            "Name a folder that `groundwork run` wrote, beside the pipeline; it holds manifest.json and indicators.csv.",
        )]
    };
    let manifest = std::fs::read(folder.join("manifest.json")).map_err(|e| broken(e.to_string()))?;
    let manifest: Value =
        serde_json::from_slice(&manifest).map_err(|_| broken("manifest.json is no JSON".into()))?;
    let told = manifest.pointer("/parameters/audience").and_then(Value::as_str).unwrap_or_default();
    let widest_first = groundwork_plan::disclosure::Audience::ALL;
    let known = widest_first.into_iter().find(|audience| audience.word() == told);
    if known.is_none_or(|audience| audience < plan.policy.audience) {
        let message = format!(
            "the earlier run `{since}` was for readers closer than `{}`, so its numbers may not be told",
            plan.policy.audience.word()
        );
        return Err(vec![
            Diagnostic::pipeline("report.earlier-audience", *at, message)
                .hint("Name an earlier run for the same or a wider audience."),
        ]);
    }
    let table = Table::read(&folder.join("indicators.csv")).map_err(broken)?;
    let columns = ["indicator", "site", "period", "dimension", "status", "value"].map(str::to_owned);
    let rows = table.only(&columns).map_err(broken)?;
    let total = |row: &Vec<String>| match row.as_slice() {
        [indicator, site, period, dimension, status, value]
            if dimension.is_empty() && status == "published" =>
        {
            Some((CellKey::total(indicator, site, period), value.parse().ok()?))
        }
        _ => None,
    };
    Ok(rows.iter().filter_map(total).collect())
}
