//! Counting or sorting rows into a table.

use super::RiskTable;

impl RiskTable {
    /// The table of times that are whole numbers and not much larger than the
    /// rows are many (days, months), by counting: no sort is needed.
    pub(super) fn count_whole(time: &[f64], cause: &[u8], causes: usize, entries: &[f64]) -> Option<Self> {
        let most = time.len().clamp(1 << 12, 1 << 30);
        let largest = time.iter().fold(0.0, |most: f64, &time| if time > most { time } else { most });
        // Within these bounds adding 2^52 rounds to a whole number. Nothing
        // here leaves early, which is faster over a long column.
        let rounder = (1_u64 << 52) as f64;
        let whole =
            |times: &[f64]| times.iter().fold(true, |all, &time| all & (time + rounder - rounder == time));
        if largest >= most as f64 || !whole(entries) || !whole(time) {
            return None;
        }
        let width = causes + 1;
        let times = largest as usize + 1;
        let mut exits = vec![0_u64; times * width];
        for (&time, &cause) in time.iter().zip(cause) {
            exits[time as u32 as usize * width + usize::from(cause)] += 1;
        }
        // Everybody enters before leaving.
        let mut entered = vec![0_u64; if entries.is_empty() { 0 } else { times }];
        for &entry in entries {
            entered[entry as u32 as usize] += 1;
        }
        let mut table = Self::nobody(causes, time.len(), !entries.is_empty());
        let mut inside = (time.len() - entries.len()) as u64;
        for (now, exits) in exits.chunks_exact(width).enumerate() {
            let entering = entered.get(now).copied().unwrap_or(0);
            let leaving: u64 = exits.iter().sum();
            if leaving + entering > 0 {
                table.time.push(now as f64);
                table.at_risk.push(inside);
                table.censored.push(exits[0]);
                table.events.extend_from_slice(&exits[1..]);
                inside = inside - leaving + entering;
            }
        }
        Some(table)
    }

    /// The table of any times, by sorting those of each cause.
    pub(super) fn sort_times(time: &[f64], cause: &[u8], causes: usize, entries: Vec<f64>) -> Self {
        let mut counts = vec![0; causes + 1];
        for &cause in cause {
            counts[usize::from(cause)] += 1;
        }
        let mut exits: Vec<Vec<u64>> = counts.into_iter().map(Vec::with_capacity).collect();
        for (&time, &cause) in time.iter().zip(cause) {
            // Minus zero becomes zero. The bits of numbers from zero on are
            // ordered as the numbers are.
            exits[usize::from(cause)].push((time + 0.0).to_bits());
        }
        for times in &mut exits {
            times.sort_unstable();
        }
        let mut entries: Vec<u64> = entries.into_iter().map(f64::to_bits).collect();
        entries.sort_unstable();
        Self::merge(&exits, &entries, time.len())
    }

    fn nobody(causes: usize, n: usize, delayed: bool) -> Self {
        Self {
            origin: 0.0,
            time: Vec::new(),
            at_risk: Vec::new(),
            events: Vec::new(),
            censored: Vec::new(),
            causes,
            n: n as u64,
            delayed,
        }
    }

    /// Merges the sorted exits (censorings first, then each cause) and entries.
    fn merge(exits: &[Vec<u64>], entries: &[u64], n: usize) -> Self {
        let mut table = Self::nobody(exits.len() - 1, n, !entries.is_empty());
        table.time.reserve(n);
        table.at_risk.reserve(n);
        table.censored.reserve(n);
        table.events.reserve(n);
        let mut heads = vec![0_usize; exits.len()];
        let mut entered = 0;
        let mut inside = (n - entries.len()) as u64;
        loop {
            let exit = exits.iter().zip(&heads).filter_map(|(times, &head)| times.get(head)).min();
            let Some(&exit) = exit else { break };
            // Those who enter at a time are not at risk at it, so a row of its
            // own marks the entry where nobody leaves at the same time.
            let now = entries.get(entered).map_or(exit, |&entry| entry.min(exit));
            table.time.push(f64::from_bits(now));
            table.at_risk.push(inside);
            for (column, (times, head)) in exits.iter().zip(&mut heads).enumerate() {
                let from = *head;
                while times.get(*head) == Some(&now) {
                    *head += 1;
                }
                let count = (*head - from) as u64;
                inside -= count;
                if column == 0 {
                    table.censored.push(count);
                } else {
                    table.events.push(count);
                }
            }
            while entries.get(entered) == Some(&now) {
                entered += 1;
                inside += 1;
            }
        }
        table
    }
}
