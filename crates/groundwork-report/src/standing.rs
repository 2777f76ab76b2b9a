//! Where an indicator stands against its target: a function of the value, its interval and the
//! target, and of nothing else. The template prints the rule beside the result.

use crate::input::Direction;
use groundwork_disclosure::ReleasedCell;

/// Where an indicator stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The whole interval reaches the target.
    OnTrack,
    /// The value reaches the target; the interval does not say so for sure.
    ProbablyOnTrack,
    /// The value misses the target; the interval does not say so for sure.
    ProbablyBehind,
    /// The whole interval misses the target.
    Behind,
    /// There is a target, and no published value.
    CannotTell,
    /// There is no target.
    None,
}

impl Place {
    /// The word that the document uses.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Place::OnTrack => "on_track",
            Place::ProbablyOnTrack => "probably_on_track",
            Place::ProbablyBehind => "probably_behind",
            Place::Behind => "behind",
            Place::CannotTell => "cannot_tell",
            Place::None => "none",
        }
    }
}

/// Where a cell stands against a target in the unit of its values.
pub(crate) fn place(cell: Option<&ReleasedCell>, target: Option<f64>, direction: Direction) -> Place {
    let Some(target) = target.filter(|t| t.is_finite()) else {
        return Place::None;
    };
    let Some(figures) = cell.and_then(ReleasedCell::figures) else {
        return Place::CannotTell;
    };
    let Some(value) = figures.value() else {
        return Place::CannotTell;
    };
    let (lower, upper) = figures.interval().map_or((value, value), |(l, u, _)| (l, u));
    against(value, lower, upper, target, direction)
}

fn against(value: f64, lower: f64, upper: f64, target: f64, direction: Direction) -> Place {
    // A target of less is a target of more, seen in a mirror.
    let (value, sure, at_best, target) = match direction {
        Direction::Increase => (value, lower, upper, target),
        Direction::Decrease => (-value, -upper, -lower, -target),
    };
    if [value, sure, at_best].iter().any(|x| !x.is_finite()) {
        Place::CannotTell
    } else if sure >= target {
        Place::OnTrack
    } else if value >= target {
        Place::ProbablyOnTrack
    } else if at_best >= target {
        Place::ProbablyBehind
    } else {
        Place::Behind
    }
}

/// Actual ÷ target, a fraction; nothing where the target is not above zero, or where less is
/// better: there half the target would read as half done.
pub(crate) fn achievement(value: Option<f64>, target: Option<f64>, direction: Direction) -> Option<f64> {
    let (value, target) = (value?, target?);
    (direction == Direction::Increase && target > 0.0 && value.is_finite() && target.is_finite())
        .then(|| value / target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_decides_how_sure_the_word_is() {
        let more = |l, u| against(0.5, l, u, 0.5, Direction::Increase);
        assert_eq!(more(0.5, 0.6), Place::OnTrack);
        assert_eq!(more(0.4, 0.6), Place::ProbablyOnTrack);
        let target = |t| against(0.5, 0.4, 0.6, t, Direction::Increase);
        assert_eq!(target(0.55), Place::ProbablyBehind);
        assert_eq!(target(0.7), Place::Behind);
    }

    #[test]
    fn less_can_be_better() {
        let less = |t| against(0.2, 0.1, 0.3, t, Direction::Decrease);
        assert_eq!(less(0.3), Place::OnTrack);
        assert_eq!(less(0.25), Place::ProbablyOnTrack);
        assert_eq!(less(0.15), Place::ProbablyBehind);
        assert_eq!(less(0.05), Place::Behind);
    }

    #[test]
    fn nothing_is_said_without_a_target_or_a_value() {
        assert_eq!(place(None, None, Direction::Increase), Place::None);
        assert_eq!(place(None, Some(0.5), Direction::Increase), Place::CannotTell);
        let achieved = |target, direction| achievement(Some(1.0), Some(target), direction);
        assert_eq!(achieved(0.0, Direction::Increase), None);
        assert_eq!(achieved(-1.0, Direction::Increase), None);
        assert_eq!(achieved(2.0, Direction::Increase), Some(0.5));
        assert_eq!(achieved(2.0, Direction::Decrease), None);
    }
}
