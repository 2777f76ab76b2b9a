//! Patterns that a known model makes, for tests.

use super::model::Model;
use super::patterns::Patterns;
use crate::random::Stream;

/// The number of pairs that the model expects of each pattern, nothing missing.
pub(super) fn exact(model: &Model, pairs: u64) -> Patterns {
    let levels: Vec<u8> = model.m().iter().map(|m| m.len() as u8).collect();
    let (mut rows, mut counts) = (Vec::new(), Vec::new());
    let mut pattern = vec![1_u8; levels.len()];
    loop {
        let share = |shares: &[Vec<f64>]| -> f64 {
            shares.iter().zip(&pattern).map(|(shares, &level)| shares[usize::from(level) - 1]).product()
        };
        let both = model.lambda() * share(model.m()) + (1.0 - model.lambda()) * share(model.u());
        rows.extend(&pattern);
        counts.push((pairs as f64 * both).round() as u64);
        let Some(next) = (0..levels.len()).find(|&field| pattern[field] < levels[field]) else { break };
        pattern[next] += 1;
        pattern[..next].fill(1);
    }
    Patterns::new(&levels, &rows, &counts).expect("patterns")
}

/// Pairs drawn from the model, of whose values a share is missing.
pub(super) fn patterns_of(model: &Model, missing: f64, pairs: usize, seed: u8) -> Patterns {
    let levels: Vec<u8> = model.m().iter().map(|m| m.len() as u8).collect();
    let mut stream = Stream::new(&[seed; 32], 0);
    let mut rows = Vec::new();
    for _ in 0..pairs {
        let shares = if unit(&mut stream) < model.lambda() { model.m() } else { model.u() };
        for level in drawn(&mut stream, shares) {
            rows.push(if unit(&mut stream) < missing { 0 } else { level });
        }
    }
    Patterns::new(&levels, &rows, &vec![1; pairs]).expect("patterns")
}

/// A number from 0 to 1.
fn unit(stream: &mut Stream) -> f64 {
    (stream.word() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A level for each field, with the shares given.
fn drawn(stream: &mut Stream, shares: &[Vec<f64>]) -> Vec<u8> {
    let level = |shares: &Vec<f64>| {
        let mut at = unit(stream);
        let level = shares.iter().position(|share| {
            at -= share;
            at < 0.0
        });
        level.unwrap_or(shares.len() - 1) as u8 + 1
    };
    shares.iter().map(level).collect()
}
