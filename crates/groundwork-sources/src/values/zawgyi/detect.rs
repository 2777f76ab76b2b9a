//! How likely a text is Zawgyi: a Markov model over pairs of characters.

use std::sync::LazyLock;

const MODEL: &[u8] = include_bytes!("model.dat");

/// States of the model: one for everything that is not Myanmar, one for each Myanmar character and
/// each kind of space.
struct Model {
    states: usize,
    /// For each state and each that may follow: log-probability in Unicode less that in Zawgyi.
    differences: Vec<f32>,
}

static LOADED: LazyLock<Model> =
    LazyLock::new(|| Model::load(MODEL).unwrap_or(Model { states: 0, differences: Vec::new() }));

/// How likely it is that a text is Zawgyi, 0 to 1; minus infinity where nothing in it says
/// anything, which is to be read as Unicode.
pub(super) fn probability(text: &str) -> f64 {
    let model = &*LOADED;
    let mut total = 0.0;
    let mut any = false;
    let mut before = 0;
    for state in text.chars().map(state).chain([0]) {
        if before != 0 || state != 0 {
            total += f64::from(model.difference(before, state));
            any = true;
        }
        before = state;
    }
    if any { 1.0 / (1.0 + libm::exp(total)) } else { f64::NEG_INFINITY }
}

/// The state of a character; 0 for what is no Myanmar letter, digits included.
fn state(c: char) -> usize {
    let code = c as usize;
    let (first, offset) = match code {
        0x1000..=0x103f => (0x1000, 1),
        0x104a..=0x109f => (0x104a, 65),
        0xaa60..=0xaa7f => (0xaa60, 151),
        0xa9e0..=0xa9ff => (0xa9e0, 183),
        0x2000..=0x200b => (0x2000, 215),
        _ => return 0,
    };
    code - first + offset
}

impl Model {
    fn difference(&self, from: usize, to: usize) -> f32 {
        self.differences.get(from * self.states + to).copied().unwrap_or(0.0)
    }

    /// The file: a mark, a version and a set of states, then a mark, a version and the number of states; for each state how
    /// many followers have a value of their own, the value of the others, and pairs of follower and
    /// value. Numbers are big-endian.
    fn load(bytes: &[u8]) -> Option<Self> {
        let mut at = 8 + 4 + 4 + 8 + 4;
        let states = usize::try_from(short(bytes, &mut at)?).ok()?;
        let mut differences = Vec::with_capacity(states * states);
        for _ in 0..states {
            let entries = short(bytes, &mut at)?;
            let other = if entries == 0 { 0.0 } else { float(bytes, &mut at)? };
            let start = differences.len();
            differences.resize(start + states, other);
            for _ in 0..entries {
                let place = start + usize::try_from(short(bytes, &mut at)?).ok()?;
                *differences.get_mut(place)? = float(bytes, &mut at)?;
            }
        }
        Some(Self { states, differences })
    }
}

fn short(bytes: &[u8], at: &mut usize) -> Option<i16> {
    let value = bytes.get(*at..*at + 2)?.try_into().ok()?;
    *at += 2;
    Some(i16::from_be_bytes(value))
}

fn float(bytes: &[u8], at: &mut usize) -> Option<f32> {
    let value = bytes.get(*at..*at + 4)?.try_into().ok()?;
    *at += 4;
    Some(f32::from_be_bytes(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_there() {
        let model = Model::load(MODEL).unwrap();
        assert_eq!(model.differences.len(), model.states * model.states);
        assert_eq!(model.states, 227);
        assert!(Model::load(&MODEL[..MODEL.len() - 1]).is_none());
    }
}
