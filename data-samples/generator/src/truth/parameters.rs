//! The parameters a programme was drawn from.

use serde::Serialize;

use crate::calendar::{QUARTERS, quarter_label};
use crate::design::{
    CASES, COMPLETED_PERMILLE, COMPLETION_MONTHS, ENOUGH_BAHT, FAMILY_FIRST_MONTHS, FEMALE_PERCENT,
    RUN_MONTHS, ReachLaw, SELF_SUFFICIENT_PERMILLE, SEX_UNKNOWN_PERMILLE, SITES, STAFF, STAFF_REACH, Site,
    VISITOR_PERMILLE, VOLUNTEER_REACH, volunteers_trained,
};
use crate::programme::Programme;

/// What everything was drawn from, as the truth file shows it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Parameters {
    reached_per_trained_volunteer: Vec<ReachParameter>,
    reached_per_staff_member: Vec<ReachParameter>,
    livelihood_self_sufficiency: Vec<LivelihoodParameter>,
    registration_completion: Vec<RegistrationParameter>,
    participants: ParticipantParameter,
}

#[derive(Clone, Debug, Serialize)]
struct ReachParameter {
    site: &'static str,
    period: &'static str,
    /// Leaders the numbers of people were drawn for.
    leaders: u32,
    /// Probability that a leader holds any workshop in the quarter.
    probability_active: f64,
    /// Expected people of an active leader.
    expected_people_when_active: f64,
    /// Expected people per leader, inactive ones included.
    expected_people: f64,
}

#[derive(Clone, Debug, Serialize)]
struct LivelihoodParameter {
    site: &'static str,
    families: u32,
    enough_baht_a_month: u32,
    months_in_a_row: usize,
    probability_by_2021_12: f64,
}

#[derive(Clone, Debug, Serialize)]
struct RegistrationParameter {
    site: &'static str,
    children: u32,
    months: i32,
    probability_within_months: f64,
}

#[derive(Clone, Debug, Serialize)]
struct ParticipantParameter {
    people: u32,
    probability_female: f64,
    probability_sex_never_recorded: f64,
    probability_attends_in_both_sites: f64,
}

/// A whole number of thousandths as the nearest fraction.
fn permille(n: u64) -> f64 {
    n as f64 / 1000.0
}

/// One row a site and quarter, from the number of leaders in each.
fn reach_parameters(
    laws: &[[ReachLaw; QUARTERS]; 2],
    leaders: impl Fn(Site, usize) -> u32,
) -> Vec<ReachParameter> {
    let mut rows = Vec::with_capacity(2 * QUARTERS);
    for site in SITES {
        for (quarter, law) in laws[site.index()].iter().enumerate() {
            rows.push(ReachParameter {
                site: site.key(),
                period: quarter_label(quarter),
                leaders: leaders(site, quarter),
                probability_active: permille(law.active_permille.into()),
                expected_people_when_active: law.mean_when_active().into(),
                expected_people: law.mean(),
            });
        }
    }
    rows
}

impl Parameters {
    /// The parameters of a programme.
    pub(crate) fn of(programme: &Programme) -> Parameters {
        let scale = programme.scale;
        let sites = SITES.iter().copied();
        Parameters {
            reached_per_trained_volunteer: reach_parameters(&VOLUNTEER_REACH, |site, quarter| {
                volunteers_trained(site, quarter, scale)
            }),
            reached_per_staff_member: reach_parameters(&STAFF_REACH, |site, _| STAFF[site.index()] * scale),
            livelihood_self_sufficiency: sites
                .clone()
                .map(|site| LivelihoodParameter {
                    site: site.key(),
                    families: FAMILY_FIRST_MONTHS[site.index()].len() as u32 * scale,
                    enough_baht_a_month: ENOUGH_BAHT,
                    months_in_a_row: RUN_MONTHS,
                    probability_by_2021_12: permille(SELF_SUFFICIENT_PERMILLE[site.index()]),
                })
                .collect(),
            registration_completion: sites
                .map(|site| RegistrationParameter {
                    site: site.key(),
                    children: CASES[site.index()].iter().sum::<u32>() * scale,
                    months: COMPLETION_MONTHS,
                    probability_within_months: permille(COMPLETED_PERMILLE[site.index()]),
                })
                .collect(),
            participants: ParticipantParameter {
                people: programme.people,
                probability_female: permille(FEMALE_PERCENT * 10),
                probability_sex_never_recorded: permille(SEX_UNKNOWN_PERMILLE),
                probability_attends_in_both_sites: permille(VISITOR_PERMILLE),
            },
        }
    }
}
