use super::*;
use crate::testing::{KEPT, check, compared, difference, released};
use groundwork_disclosure::{Contrast, Finding};

#[test]
fn the_same_input_gives_the_same_bytes() {
    let released = released(trend_cells("a", 9));
    assert_eq!(trend(&["a"], 9).draw(&released), trend(&["a"], 9).draw(&released));
    let dots = dots(vec![dot_row("Registered", "a")]);
    assert_eq!(dots.draw(&released), dots.draw(&released));
}

#[test]
fn nothing_at_all_can_be_drawn() {
    let none = released(vec![]);
    for language in Language::ALL {
        check(&dots(vec![]).draw(&none));
        check(&DotInterval { sites: vec![], ..dots(vec![dot_row("A", "a")]) }.draw(&none));
        check(&trend(&[], 0).draw(&none));
        check(&Trend { about: about(language), ..trend(&["a", "b"], 0) }.draw(&none));
        check(&bullet(vec![]).draw(&none));
        check(&bullet(vec![bullet_row(0, "a", Some(f64::NAN))]).draw(&none));
        let blank = About::new("", "", language);
        check(&DotInterval { about: blank, ..dots(vec![dot_row("", "a")]) }.draw(&none));
    }
}

/// A number from a fixed sequence, below a limit.
pub(super) fn next(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

pub(super) fn any_label(state: &mut u64) -> String {
    const LABELS: [&str; 8] = [
        "Reach",
        "Families that finished civil registration within twelve months of being identified",
        "ครอบครัวที่จดทะเบียนราษฎรครบถ้วนภายในสิบสองเดือนนับจากวันที่พบ",
        "စေတနာ့ဝန်ထမ်း တိုးပွားမှု",
        "Reach · ကျေးရွာ · หมู่บ้าน",
        "<b>\u{0}&\t\n\"'",
        "Oneverylongwordthathasnoplaceinwhichitcouldbebrokenatall",
        "",
    ];
    LABELS[next(state, 8) as usize].into()
}

/// A cell of a unit, with a value from a hundredth of the size to the size, or none.
pub(super) fn any_cell(state: &mut u64, keys: [&str; 3], unit: &Unit, size: f64) -> Option<Cell> {
    let [indicator, site, period] = keys;
    let part = 10.0 + next(state, 380) as f64;
    let value = part / 400.0 * size;
    let finding = match next(state, 8) {
        0 => return None,
        1 => return Some(KEPT.cell(indicator, site, period)),
        2 => Finding::Refused("too_few_clusters"),
        3 => Finding::Value { value, interval: Some((0.0, size, 0.9)) },
        4 => Finding::Value { value: f64::NAN, interval: None },
        5 => Finding::Value { value, interval: None },
        6 => Finding::Value { value, interval: Some((value * 0.9, f64::INFINITY, 0.95)) },
        _ => Finding::Value { value, interval: Some((value * 0.9, value * 1.1, 0.95)) },
    };
    let unit = unit.clone();
    Some(Cell { unit, finding, ..cell(indicator, site, period, part, 400.0) })
}

#[test]
fn texts_stand_inside_and_apart_whatever_is_drawn() {
    let units = [
        (Unit::Share, 1.0),
        (Unit::Share, 0.04),
        (Unit::Count, 12_000.0),
        (Unit::Ratio, 3.0),
        (Unit::Amount("baht per household".into()), -9_000.0),
    ];
    let ids = ["chiang_rai", "nan", "phayao"];
    let roles = [Some(SiteRole::Origin), Some(SiteRole::Adaptation), Some(SiteRole::Comparison)];
    let mut state = 7;
    for round in 0..600 {
        let (unit, size) = &units[round % units.len()];
        let mut about = about(Language::ALL[round % 3]);
        about.width_pt = [180.0, 260.0, 330.0, 470.0, 700.0, f64::NAN][next(&mut state, 6) as usize];
        let n = 1 + next(&mut state, 14) as usize;
        let indicators: Vec<&str> =
            ["a", "b", "c", "d", "e"].into_iter().take(1 + next(&mut state, 5) as usize).collect();
        let sites: Vec<ChartSite> = roles
            .into_iter()
            .take(1 + next(&mut state, 3) as usize)
            .map(|role| ChartSite::new(any_label(&mut state), role))
            .collect();
        let mut cells = Vec::new();
        for indicator in &indicators {
            for site in ids {
                let periods = periods(n).into_iter().map(|p| p.id()).chain([Q4.to_owned()]);
                cells.extend(
                    periods
                        .filter_map(|period| any_cell(&mut state, [indicator, site, &period], unit, *size)),
                );
            }
        }
        let contrast = |i: &&str| Contrast {
            unit: unit.clone(),
            ..difference(i, ("chiang_rai", "nan"), (-0.1 * size, 0.02 * size, 0.3 * size))
        };
        let released = compared(cells, indicators.iter().map(contrast).collect());
        let row = |state: &mut u64, i: &&str| DotRow {
            cells: ids.map(|site| key(i, site, Q4)).to_vec(),
            ..dot_row(&any_label(state), i)
        };
        let panel = |state: &mut u64, i: &&str| TrendPanel {
            title: any_label(state),
            unit: unit.clone(),
            lines: sites.iter().zip(ids).map(|(site, id)| line(site, id, i, n)).collect(),
        };
        let bar = |state: &mut u64, i: &&str| BulletRow {
            label: any_label(state),
            site: sites[next(state, sites.len() as u64) as usize].clone(),
            ..bullet_row(next(state, 2) as usize, i, Some(0.7 * size))
        };
        let figures = [
            DotInterval {
                about: about.clone(),
                unit: unit.clone(),
                sites: sites.clone(),
                difference_title: (next(&mut state, 3) > 0).then(|| "Difference, points".into()),
                ..dots(indicators.iter().map(|i| row(&mut state, i)).collect())
            }
            .draw(&released),
            Trend {
                about: about.clone(),
                panels: indicators.iter().map(|i| panel(&mut state, i)).collect(),
                ..trend(&[], n)
            }
            .draw(&released),
            Bullet {
                about,
                unit: unit.clone(),
                ..bullet(indicators.iter().map(|i| bar(&mut state, i)).collect())
            }
            .draw(&released),
        ];
        for figure in figures {
            check(&figure);
            KEPT.is_absent_from(&figure);
        }
    }
}
