//! Work on several threads whose results come in order.

use crate::diagnose;
use crate::row::Halt;
use groundwork_plan::diag::Diagnostic;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Takes one part after the other from `next`, works on them on so many threads, each with a state of
/// its own, and hands the results to `sink` in the order of the parts. Parts that are begun and not
/// handed on are few, whatever their number. The states, in no particular order.
///
/// # Errors
/// The first in the order of parts, whatever the threads meet.
pub(crate) fn in_order<P, S: Send, R: Send>(
    threads: usize,
    next: &(dyn Fn() -> Result<Option<P>, Diagnostic> + Sync),
    begin: &(dyn Fn() -> S + Sync),
    work: &(dyn Fn(&mut S, P) -> Result<R, Halt> + Sync),
    sink: &mut dyn FnMut(R) -> Result<(), Halt>,
) -> Result<Vec<S>, Halt> {
    let window = 2 * threads + 2;
    let (permit, permits) = sync_channel(window);
    for _ in 0..window {
        // There is room for all of them.
        let _ = permit.send(());
    }
    let turns = Mutex::new((permits, 0_usize));
    let (done, results) = sync_channel(window);
    // Whose turn it is takes the next part, so that parts are numbered as they come.
    let turn = || -> Option<(usize, Result<P, Halt>)> {
        let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
        let (permits, number): &mut (Receiver<()>, usize) = &mut turns;
        permits.recv().ok()?;
        let part = next().map_err(Halt::from).transpose()?;
        *number += 1;
        Some((*number - 1, part))
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (done, turn) = (done.clone(), &turn);
                scope.spawn(move || {
                    let mut state = begin();
                    while let Some((number, part)) = turn() {
                        let result = part.and_then(|part| work(&mut state, part));
                        let failed = result.is_err();
                        if done.send((number, result)).is_err() || failed {
                            break;
                        }
                    }
                    state
                })
            })
            .collect();
        drop(done);
        let mut waiting = BTreeMap::new();
        let mut handed_on = 0;
        let mut outcome = Ok(());
        'all: for (number, result) in results {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&handed_on) {
                handed_on += 1;
                outcome = result.and_then(&mut *sink);
                if outcome.is_err() {
                    break 'all;
                }
                let _ = permit.send(());
            }
        }
        // Whoever waits for a permit, or for room, gives up.
        drop(permit);
        let states: Result<Vec<S>, _> = workers.into_iter().map(|worker| worker.join()).collect();
        outcome?;
        let states = states.map_err(|_| diagnose::engine("a worker"))?;
        if waiting.is_empty() { Ok(states) } else { Err(diagnose::engine("a worker").into()) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn parts(count: usize) -> impl Fn() -> Result<Option<usize>, Diagnostic> + Sync {
        let next = AtomicUsize::new(0);
        move || {
            let part = next.fetch_add(1, Ordering::SeqCst);
            Ok((part < count).then_some(part))
        }
    }

    fn code(halt: Halt) -> &'static str {
        match halt {
            Halt::Abandoned => "abandoned",
            Halt::Problem(problem) => problem.code,
        }
    }

    #[test]
    fn results_come_in_the_order_of_parts() {
        for threads in 1..=5 {
            let mut seen = Vec::new();
            let work = |sum: &mut usize, part: usize| {
                if part.is_multiple_of(3) {
                    std::thread::yield_now();
                }
                *sum += part;
                Ok(part)
            };
            let states = in_order(threads, &parts(200), &|| 0, &work, &mut |part| {
                seen.push(part);
                Ok(())
            });
            assert_eq!(states.unwrap().iter().sum::<usize>(), 199 * 100);
            assert!(seen.iter().copied().eq(0..200));
        }
    }

    #[test]
    fn the_first_problem_is_the_one_of_the_first_part() {
        for threads in 1..=4 {
            let work = |(): &mut (), part: usize| match part {
                20.. => Err(diagnose::engine("later").into()),
                7 => Err(Halt::Abandoned),
                _ => Ok(part),
            };
            let met = in_order(threads, &parts(100), &|| (), &work, &mut |_| Ok(())).unwrap_err();
            assert_eq!(code(met), "abandoned");
            let refused = in_order(threads, &parts(100), &|| (), &|(), part| Ok(part), &mut |part| {
                if part == 50 { Err(Halt::Abandoned) } else { Ok(()) }
            });
            assert_eq!(code(refused.unwrap_err()), "abandoned");
        }
    }
}
