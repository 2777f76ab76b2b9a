//! Months in a row: interruptions and errors that follow each other.

use groundwork_stats::estimators::interrupted_time_series::{
    Pause, Plan, Series, interrupted_counts, interrupted_means,
};
use groundwork_stats::estimators::least_squares::least_squares;
use groundwork_stats::estimators::newey_west::{Lags, newey_west};
use groundwork_stats::estimators::prais_winsten::{Steps, prais_winsten};
use groundwork_stats::linalg::Design;

use super::{LEVELS, Probe, columns};

pub(crate) fn probe(probe: &mut Probe) {
    interruptions(probe);
    serial(probe);
}

fn times(length: usize) -> Vec<(&'static str, Vec<i64>)> {
    let by_row = |time: &dyn Fn(i64) -> i64| (0..length as i64).map(time).collect::<Vec<i64>>();
    vec![
        ("in order", by_row(&|row| row)),
        ("backwards", by_row(&|row| -row)),
        ("all the same", by_row(&|_| 3)),
        ("with gaps", by_row(&|row| row * row)),
        ("far", by_row(&|row| if row % 2 == 0 { i64::MIN } else { i64::MAX })),
        ("large", by_row(&|row| i64::MAX - row)),
    ]
}

fn interruptions(probe: &mut Probe) {
    let plan = |start, slope, harmonics| Plan { start, slope, harmonics, cycle: 12, pause: None };
    let plans = [
        plan(15, false, 0),
        plan(15, true, 0),
        plan(15, true, 2),
        plan(i64::MAX, true, 0),
        plan(i64::MIN, false, 1),
        Plan { cycle: 0, ..plan(15, false, 2) },
        Plan { harmonics: u32::MAX, ..plan(15, false, 0) },
        Plan { pause: Some(Pause { from: 10, to: 12, own_segment: true }), ..plan(15, true, 0) },
        Plan { pause: Some(Pause { from: 12, to: 10, own_segment: false }), ..plan(15, false, 0) },
        Plan {
            pause: Some(Pause { from: i64::MIN, to: i64::MAX, own_segment: false }),
            ..plan(15, false, 0)
        },
    ];
    let lags = Lags { number: 2, small_sample: true };
    for length in [0, 1, 5, 30] {
        for (of_time, time) in times(length) {
            for (of_y, y) in columns(length) {
                for (at, &plan) in plans.iter().enumerate() {
                    if at > 2 && of_y != "plain" && of_y != "zeros" {
                        continue;
                    }
                    probe.given = format!("{length} months {of_time} of {of_y} under plan {at}");
                    let plain: Vec<f64> = (0..length).map(|row| 5.0 + (row * row % 7) as f64).collect();
                    let alone = Series { y: &y, exposure: None, time: &time };
                    let other = Series { y: &plain, exposure: None, time: &time };
                    let exposed = Series { y: &plain, exposure: Some(&y), time: &time };
                    for (series, comparison) in
                        [(alone, None), (alone, Some(other)), (other, Some(alone)), (exposed, None)]
                    {
                        probe
                            .ask("interrupted_counts", || interrupted_counts(series, comparison, plan, 0.95));
                        probe.ask("interrupted_means", || {
                            interrupted_means(series, comparison, plan, lags, 0.95)
                        });
                    }
                }
            }
        }
    }
    let time: Vec<i64> = (0..40).collect();
    let y: Vec<f64> = (0..40).map(|row| f64::from(20 + row * row % 7)).collect();
    let series = Series { y: &y, exposure: None, time: &time };
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("interrupted_counts", || interrupted_counts(series, None, plan(20, true, 1), level));
        probe.ask("interrupted_means", || {
            interrupted_means(series, None, plan(20, true, 1), Lags::usual(40), level)
        });
    }
    probe.given = "months of different lengths".to_string();
    let odd = Series { y: &y[..3], exposure: Some(&y), time: &time };
    probe.ask("interrupted_counts", || interrupted_counts(odd, None, plan(20, true, 1), 0.95));
    for number in [0, 1, 39, 40, u32::MAX] {
        probe.given = format!("{number:?} lags");
        let lags = Lags { number, small_sample: number % 2 == 0 };
        probe.ask("interrupted_means", || interrupted_means(series, None, plan(20, true, 0), lags, 0.95));
    }
    probe.value("usual", || [Lags::usual(0), Lags::usual(1), Lags::usual(usize::MAX)]);
}

fn serial(probe: &mut Probe) {
    for length in [0, 1, 3, 8, 21] {
        let halves: Vec<u32> = (0..length as u32).map(|row| row / 4).collect();
        for (of_time, time) in times(length) {
            for (of_x, x) in columns(length) {
                for (of_y, y) in columns(length) {
                    probe.given = format!("{length} months {of_time} of {of_y} on {of_x}");
                    let columns = [x.as_slice()];
                    let Ok(design) = Design::new(length, &columns) else { continue };
                    for steps in [Steps::One, Steps::Iterated] {
                        probe.ask("prais_winsten", || prais_winsten(&y, &design, &time, steps, 0.95));
                    }
                    let Ok(fit) = least_squares(&y, &design, None) else { continue };
                    let Ok(scores) = fit.scores(&design) else { continue };
                    for number in [0, 3, u32::MAX] {
                        let lags = Lags { number, small_sample: number == 3 };
                        probe.ask("newey_west", || newey_west(&scores, &time, None, lags, 0.95));
                        probe.ask("newey_west", || newey_west(&scores, &time, Some(&halves), lags, 0.95));
                    }
                }
            }
        }
    }
    let time: Vec<i64> = (0..12).collect();
    let y: Vec<f64> = (0..12).map(|row| f64::from(row * row % 7)).collect();
    let x: Vec<f64> = (0..12).map(|row| f64::from(row % 5)).collect();
    let columns = [x.as_slice()];
    let design = Design::new(12, &columns).expect("a design");
    let fit = least_squares(&y, &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("prais_winsten", || prais_winsten(&y, &design, &time, Steps::Iterated, level));
        probe.ask("newey_west", || newey_west(&scores, &time, None, Lags::usual(12), level));
    }
    probe.given = "months of different lengths".to_string();
    probe.ask("prais_winsten", || prais_winsten(&y, &design, &[], Steps::One, 0.95));
    probe.ask("newey_west", || newey_west(&scores, &[], Some(&[]), Lags::usual(12), 0.95));
}
