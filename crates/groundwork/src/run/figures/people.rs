//! How people come through: the steps of a cohort, and the generations of volunteers.

use super::{Drawn, Studio};
use groundwork_charts::{Cascade, Generation, NumberKey, Step, Steps};
use groundwork_disclosure::CellKey;
use groundwork_plan::indicator::{Indicator, Kind, UNKNOWN};

pub(super) fn draw(studio: &Studio<'_>) -> Vec<Drawn> {
    let mut out = Vec::new();
    for indicator in &studio.plan.indicators {
        match &indicator.kind {
            Kind::Completion(completion) => out.extend(steps(studio, indicator, &completion.steps)),
            Kind::Cascade(_) => out.extend(generations(studio, indicator)),
            _ => {}
        }
    }
    out
}

fn category(indicator: &Indicator, site: &str, period: &str, dimension: &str, name: &str) -> CellKey {
    CellKey {
        dimension: dimension.to_owned(),
        category: name.to_owned(),
        ..CellKey::total(&indicator.id, site, period)
    }
}

/// How many of those who entered took each step in time: all sites together, then each.
fn steps(studio: &Studio<'_>, indicator: &Indicator, names: &[String]) -> Vec<Drawn> {
    let period = studio.report.period;
    let mut sites = vec![""];
    if studio.plan.sites.len() > 1 {
        sites.extend(studio.plan.sites.iter().map(|s| s.id.as_str()));
    }
    let one = |site: &str| {
        let whole = CellKey::total(&indicator.id, site, &period.id());
        let keys: Vec<CellKey> =
            names.iter().map(|name| category(indicator, site, &period.id(), "step", name)).collect();
        (studio.published(&keys) > 1).then_some(())?;
        let all = Step { label: studio.words.fill("charts.all", &[]), number: NumberKey::Among(whole) };
        let taken = names
            .iter()
            .zip(&keys)
            .map(|(name, key)| Step { label: studio.word(name), number: NumberKey::Counted(key.clone()) });
        let chart = Steps {
            about: studio.about(studio.title(indicator), studio.at(studio.title(indicator), site, period)),
            value_title: studio.words.fill("charts.people", &[]),
            site: studio.site(site),
            steps: std::iter::once(all).chain(taken).collect(),
        };
        let (place, when) = (studio.place(site), studio.when(period));
        Some(Drawn {
            id: format!("steps-{}{}{site}", indicator.id, if site.is_empty() { "" } else { "-" }),
            chart: "steps",
            section: "people".into(),
            about: indicator.id.clone(),
            caption: studio.words.fill("captions.steps", &[("where", &place), ("when", &when)]),
            figure: chart.draw(studio.released),
        })
    };
    sites.into_iter().filter_map(one).collect()
}

/// People by the generation of who led them.
fn generations(studio: &Studio<'_>, indicator: &Indicator) -> Option<Drawn> {
    let period = studio.report.period;
    let dimension = indicator.disaggregate.iter().find(|d| d.name == "generation")?;
    let names: Vec<&String> = dimension.categories.iter().filter(|c| *c != UNKNOWN).collect();
    let key = |name: &str| category(indicator, "", &period.id(), &dimension.name, name);
    let keys: Vec<CellKey> = names.iter().map(|name| key(name)).collect();
    (studio.published(&keys) > 1).then_some(())?;
    let chart = Cascade {
        about: studio.about(studio.title(indicator), studio.at(studio.title(indicator), "", period)),
        value_title: studio.words.fill("charts.people", &[]),
        site: studio.site(""),
        generations: names
            .iter()
            .zip(keys)
            .map(|(name, people)| Generation {
                label: studio.words.fill("charts.generation", &[("n", name)]),
                people,
                multiplier: None,
            })
            .collect(),
    };
    Some(Drawn {
        id: format!("generations-{}", indicator.id),
        chart: "cascade",
        section: "people".into(),
        about: indicator.id.clone(),
        caption: studio.words.fill("captions.cascade", &[("when", &studio.when(period))]),
        figure: chart.draw(studio.released),
    })
}
