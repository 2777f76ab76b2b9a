//! `iati.xml`: the results of the activity for the IATI registry, version 2.03.
//!
//! Only what is published is written: there is no element for a number that is withheld or missing,
//! and never a zero in its place. Baselines, targets and actual values are those of all sites
//! together, of each site (`location`) and of each category (`dimension`).

use groundwork_disclosure::{CellKey, Released, ReleasedCell};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::iati::{Iati, Organisation};
use groundwork_plan::indicator::{Dimension, Direction, Indicator, IndicatorPeriod};
use groundwork_plan::number::{Unit, format_exact, format_value};
use groundwork_plan::plan::Plan;
use groundwork_plan::text::{Language, Localised};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

/// A code of the list OrganisationRole.
const FUNDING: &str = "1";
const IMPLEMENTING: &str = "4";

type Xml = Writer<Vec<u8>>;

/// Writes the file of an activity.
pub(super) fn write(plan: &Plan, iati: &Iati, released: &Released) -> Result<Vec<u8>, Diagnostic> {
    let file = File { plan, iati, released };
    file.xml().map_err(|e| Diagnostic::bug("iati.xml", format!("iati.xml could not be written: {e}")))
}

struct File<'a> {
    plan: &'a Plan,
    iati: &'a Iati,
    released: &'a Released,
}

impl File<'_> {
    fn xml(&self) -> io::Result<Vec<u8>> {
        // The day of the exports: the file never reads the clock.
        let written = format!("{}T00:00:00Z", self.plan.calendar.as_of);
        let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.create_element("iati-activities")
            .with_attributes([("version", "2.03"), ("generated-datetime", written.as_str())])
            .write_inner_content(|xml| {
                xml.create_element("iati-activity")
                    .with_attributes([("last-updated-datetime", written.as_str()), ("xml:lang", "en")])
                    .write_inner_content(|xml| self.activity(xml))
                    .map(drop)
            })?;
        let mut out = xml.into_inner();
        out.push(b'\n');
        Ok(out)
    }

    fn activity(&self, xml: &mut Xml) -> io::Result<()> {
        let (plan, iati) = (self.plan, self.iati);
        let title = &plan.programme.title;
        xml.create_element("iati-identifier").write_text_content(BytesText::new(&iati.activity))?;
        organisation(xml, "reporting-org", &iati.reporting_org, None)?;
        told(xml, "title", title)?;
        told(xml, "description", iati.description.as_ref().unwrap_or(title))?;
        for funder in &iati.funders {
            organisation(xml, "participating-org", funder, Some(FUNDING))?;
        }
        organisation(xml, "participating-org", &iati.reporting_org, Some(IMPLEMENTING))?;
        let status = iati.status.to_string();
        xml.create_element("activity-status").with_attribute(("code", status.as_str())).write_empty()?;
        // 2: the actual start.
        let starts = iati.starts.to_string();
        xml.create_element("activity-date")
            .with_attributes([("type", "2"), ("iso-date", starts.as_str())])
            .write_empty()?;
        if let Some(country) = &iati.country {
            xml.create_element("recipient-country")
                .with_attribute(("code", country.as_str()))
                .write_empty()?;
        }
        for site in &plan.sites {
            xml.create_element("location")
                .with_attribute(("ref", site.id.as_str()))
                .write_inner_content(|xml| told(xml, "name", &site.name))?;
        }
        for (sector, share) in iati.sectors.iter().zip(shares(iati.sectors.len())) {
            let element = xml.create_element("sector");
            // 1: five-digit codes of the DAC.
            let element = element.with_attributes([("vocabulary", "1"), ("code", sector.as_str())]);
            match share {
                Some(share) => element.with_attribute(("percentage", share.as_str())).write_empty()?,
                None => element.write_empty()?,
            };
        }
        for (kind, ids) in &iati.results {
            for indicator in ids.iter().filter_map(|id| plan.indicator(id)) {
                self.result(xml, kind, indicator)?;
            }
        }
        Ok(())
    }

    /// A result with its one indicator.
    fn result(&self, xml: &mut Xml, kind: &str, indicator: &Indicator) -> io::Result<()> {
        let additivity = indicator.kind.additivity();
        let adds_up = additivity.sites && additivity.periods;
        // 1: a number, 2: a percentage.
        let measure = if indicator.unit == Unit::Share { "2" } else { "1" };
        let ascending = indicator.direction == Direction::Increase;
        let flag = |is: bool| if is { "true" } else { "false" };
        xml.create_element("result")
            .with_attributes([("type", kind), ("aggregation-status", flag(adds_up))])
            .write_inner_content(|xml| {
                told(xml, "title", &indicator.title)?;
                xml.create_element("indicator")
                    .with_attributes([
                        ("measure", measure),
                        ("ascending", flag(ascending)),
                        ("aggregation-status", flag(adds_up)),
                    ])
                    .write_inner_content(|xml| {
                        told(xml, "title", &indicator.title)?;
                        let sentence = |language| indicator.sentence(language);
                        let described = Localised {
                            en: sentence(Language::En),
                            th: Some(sentence(Language::Th)),
                            my: Some(sentence(Language::My)),
                        };
                        told(xml, "description", &described)?;
                        self.baselines(xml, indicator)?;
                        let calendar = |p: &&IndicatorPeriod| p.site.is_none();
                        indicator
                            .periods
                            .iter()
                            .filter(calendar)
                            .try_for_each(|p| self.period(xml, indicator, p))
                    })
                    .map(drop)
            })
            .map(drop)
    }

    /// All sites together and each site.
    fn places(&self) -> impl Iterator<Item = &str> {
        std::iter::once("").chain(self.plan.sites.iter().map(|s| s.id.as_str()))
    }

    fn baselines(&self, xml: &mut Xml, indicator: &Indicator) -> io::Result<()> {
        let Some(year) = &self.iati.baseline_year else { return Ok(()) };
        for site in self.places() {
            if let Some(value) = indicator.baselines.get(site) {
                let value = number(*value, &indicator.unit);
                xml.create_element("baseline")
                    .with_attributes([("year", year.as_str()), ("value", value.as_str())])
                    .write_inner_content(|xml| location(xml, site))?;
            }
        }
        Ok(())
    }

    /// A period with what is published of it; nothing where nothing is.
    fn period(&self, xml: &mut Xml, indicator: &Indicator, period: &IndicatorPeriod) -> io::Result<()> {
        let targets: Vec<(&str, f64)> =
            self.places().filter_map(|site| Some((site, indicator.target(site, &period.id)?))).collect();
        let actuals: Vec<(&ReleasedCell, f64)> = self
            .released
            .cells()
            .iter()
            .filter(|cell| cell.key().indicator == indicator.id && cell.key().period == period.id)
            .filter_map(|cell| Some((cell, cell.value()?)))
            .collect();
        if targets.is_empty() && actuals.is_empty() {
            return Ok(());
        }
        xml.create_element("period")
            .write_inner_content(|xml| {
                for (name, day) in [("period-start", period.first_day), ("period-end", period.last_day)] {
                    let day = day.to_string();
                    xml.create_element(name).with_attribute(("iso-date", day.as_str())).write_empty()?;
                }
                for (site, target) in targets {
                    let value = number(target, &indicator.unit);
                    xml.create_element("target")
                        .with_attribute(("value", value.as_str()))
                        .write_inner_content(|xml| location(xml, site))?;
                }
                for (cell, value) in actuals {
                    let value = number(value, &indicator.unit);
                    xml.create_element("actual")
                        .with_attribute(("value", value.as_str()))
                        .write_inner_content(|xml| {
                            location(xml, &cell.key().site)?;
                            dimensions(xml, cell.key())?;
                            let said = comment(cell, period);
                            if said.is_empty() {
                                Ok(())
                            } else {
                                told(xml, "comment", &Localised::same(said))
                            }
                        })?;
                }
                Ok(())
            })
            .map(drop)
    }
}

/// Equal shares of several sectors, which add up to 100; none where there is only one.
fn shares(n: usize) -> Vec<Option<String>> {
    if n < 2 {
        return vec![None; n];
    }
    let hundredths = 10_000 / n;
    let first = 10_000 - hundredths * (n - 1);
    let written = |hundredths: usize| Some(format!("{}.{:02}", hundredths / 100, hundredths % 100));
    (0..n).map(|at| written(if at == 0 { first } else { hundredths })).collect()
}

/// A value as the registry wants it: shares in per cent.
fn number(value: f64, unit: &Unit) -> String {
    format_exact(if *unit == Unit::Share { value * 100.0 } else { value })
}

/// How sure the value is, and whether the period was over.
fn comment(cell: &ReleasedCell, period: &IndicatorPeriod) -> String {
    let mut parts = Vec::new();
    if let Some(figures) = cell.figures() {
        if let Some((lower, upper, level)) = figures.interval() {
            let (lower, upper) = (number(lower, cell.unit()), number(upper, cell.unit()));
            parts.push(format!(
                "{} interval {lower} to {upper}",
                format_value(level, &Unit::Share, Language::En)
            ));
        }
        parts.push(format!("n = {}", figures.n()));
    }
    if period.is_open() {
        parts.push(format!("up to {}: the period was not over", period.observed_to));
    }
    parts.join("; ")
}

fn location(xml: &mut Xml, site: &str) -> io::Result<()> {
    if !site.is_empty() {
        xml.create_element("location").with_attribute(("ref", site)).write_empty()?;
    }
    Ok(())
}

fn dimensions(xml: &mut Xml, key: &CellKey) -> io::Result<()> {
    if key.dimension.is_empty() {
        return Ok(());
    }
    let names = key.dimension.split(Dimension::CROSS);
    for (name, value) in names.zip(key.category.split(Dimension::CROSS)) {
        xml.create_element("dimension").with_attributes([("name", name), ("value", value)]).write_empty()?;
    }
    Ok(())
}

fn organisation(
    xml: &mut Xml,
    name: &str,
    organisation: &Organisation,
    role: Option<&str>,
) -> io::Result<()> {
    let mut attributes = vec![("ref", organisation.reference.as_str()), ("type", organisation.kind.as_str())];
    attributes.extend(role.map(|role| ("role", role)));
    xml.create_element(name)
        .with_attributes(attributes)
        .write_inner_content(|xml| narratives(xml, &organisation.name))
        .map(drop)
}

/// An element with a text in every language that there is.
fn told(xml: &mut Xml, name: &str, text: &Localised) -> io::Result<()> {
    xml.create_element(name).write_inner_content(|xml| narratives(xml, text)).map(drop)
}

fn narratives(xml: &mut Xml, text: &Localised) -> io::Result<()> {
    xml.create_element("narrative").write_text_content(BytesText::new(&plain(&text.en)))?;
    for (language, other) in [("th", &text.th), ("my", &text.my)] {
        if let Some(other) = other.as_ref().filter(|other| **other != text.en) {
            xml.create_element("narrative")
                .with_attribute(("xml:lang", language))
                .write_text_content(BytesText::new(&plain(other)))?;
        }
    }
    Ok(())
}

/// A text without signs that XML does not know.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
