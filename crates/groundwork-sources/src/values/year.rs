//! What the digits of a year can mean: two digits, and years of the old Thai new year.

use groundwork_plan::source::Era;

pub(crate) use groundwork_plan::source::DateRole as Role;

/// Years in which something of a programme can have happened.
const EVENTS: std::ops::RangeInclusive<i32> = 1990..=2040;
/// Years in which people are born whom a programme meets: up to about a hundred years of age.
const BIRTHS: std::ops::RangeInclusive<i32> = 1925..=2040;

/// The years of the common era that two digits can mean: of this century and the last, and of the
/// Buddhist era, which is 43 years further on within its century.
///
/// For an event one of them is mostly the only one in reach. For a birth several are, an elder and
/// a child, so that two digits never make somebody a minor. Without a role nothing is in reach.
pub(crate) fn of_two_digits(digits: i32, era: Era, role: Role) -> Vec<i32> {
    let common = [1900 + digits, 2000 + digits];
    let buddhist = [2400 + digits - 543, 2500 + digits - 543];
    let mut years: Vec<i32> = match era {
        Era::Auto => common.into_iter().chain(buddhist).collect(),
        Era::Ce => common.to_vec(),
        Era::Be => buddhist.to_vec(),
    };
    let reach = match (role, era) {
        (Role::Event, _) | (Role::Any, Era::Be) => EVENTS,
        (Role::Birth, _) => BIRTHS,
        // Without a role the widest reach, in which two digits always have two meanings.
        (Role::Any, Era::Auto | Era::Ce) => 1857..=2100,
    };
    years.retain(|year| reach.contains(year));
    years.sort_unstable();
    years.dedup();
    years
}

/// The years of the common era that a year of the Buddhist era can mean in a month. Until 2483 the
/// Thai year began in April, so that its first three months may be those of the year after.
pub(crate) fn of_old_new_year(year: i32, month: i32) -> Vec<i32> {
    let common = year - 543;
    if year <= 2483 && month <= 3 { vec![common, common + 1] } else { vec![common] }
}

/// Whether so many dates of birth on 1 January are a habit of those who do not know the day: more
/// than five times as many as chance would have.
pub(crate) fn is_placeholder(first_of_january: u64, births: u64) -> bool {
    first_of_january.saturating_mul(365) > births.saturating_mul(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_one_year_and_a_birth_several() {
        assert_eq!(of_two_digits(65, Era::Auto, Role::Event), [2022]);
        assert_eq!(of_two_digits(21, Era::Auto, Role::Event), [2021]);
        assert_eq!(of_two_digits(35, Era::Auto, Role::Event), [1992, 2035]);
        assert_eq!(of_two_digits(48, Era::Auto, Role::Birth), [1948, 2005]);
        assert_eq!(of_two_digits(65, Era::Auto, Role::Birth), [1965, 2022]);
        for digits in 0..100 {
            assert!(of_two_digits(digits, Era::Auto, Role::Any).len() > 1, "{digits}");
        }
    }

    #[test]
    fn the_first_of_january_is_a_habit_when_it_is_too_frequent() {
        assert!(is_placeholder(1, 1));
        assert!(is_placeholder(20, 1000));
        assert!(!is_placeholder(13, 1000));
        assert!(!is_placeholder(0, 0));
    }

    #[test]
    fn the_old_year_began_in_april() {
        assert_eq!(of_old_new_year(2483, 2), [1940, 1941]);
        assert_eq!(of_old_new_year(2483, 4), [1940]);
        assert_eq!(of_old_new_year(2484, 2), [1941]);
    }
}
