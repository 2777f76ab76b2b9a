//! Records as they are compared: each different content once, in an order that is its own.
//!
//! An attendance list names the same child every week, in the same words. Rows with the same
//! content in every field are one *record*, so that they are compared once, and so that neither the
//! order of rows nor how often somebody came changes what is learnt. Records are numbered in the
//! order of their content.

use crate::name::{Name, skeleton};
use crate::value::{Born, Sex, identifier, phone, plain};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::collections::HashMap;

/// How the values of a field are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Names of a person, several apart by [`ANOTHER`].
    Name,
    /// When somebody was born: `2014-03-05`, or `~2014`.
    Born,
    /// Female or male.
    Sex,
    /// A telephone.
    Phone,
    /// An address or household.
    Address,
    /// A place, such as a village, district or site.
    Place,
    /// A number of the person.
    Identifier,
    /// A word that is equal or not.
    Exact,
    /// A text in which slips of the pen occur.
    Text,
}

/// Stands between several names of one person in a value.
pub const ANOTHER: char = '\u{1f}';
/// Stands between the values of a record.
const NEXT: char = '\u{1e}';

/// A field of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What the pipeline calls it.
    pub name: String,
    /// How it is compared.
    pub kind: Kind,
}

/// Rows of several sources, put together.
#[derive(Debug)]
pub struct Rows {
    fields: Vec<Field>,
    /// The content of each row, in the order in which they came.
    content_of: Vec<u32>,
    contents: Vec<Box<str>>,
    known: HashMap<u128, u32>,
    secret: Vec<u8>,
}

impl Rows {
    /// No rows yet. `secret` makes the names by which reviews call records: who has it can find
    /// out whether a name of a record belongs to a content, and nobody else.
    pub fn new(fields: Vec<Field>, secret: &[u8]) -> Self {
        let secret = secret.to_vec();
        Self { fields, content_of: Vec::new(), contents: Vec::new(), known: HashMap::new(), secret }
    }

    /// One more row, with a value or nothing for each field.
    pub fn push(&mut self, values: &[Option<&str>]) {
        let mut content = String::new();
        for value in values {
            content.push_str(value.unwrap_or_default());
            content.push(NEXT);
        }
        let hash = hash128(content.as_bytes());
        let next = self.contents.len() as u32;
        let contents = &mut self.contents;
        let at = *self.known.entry(hash).or_insert_with(|| {
            contents.push(content.into_boxed_str());
            next
        });
        self.content_of.push(at);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.content_of.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.content_of.is_empty()
    }

    /// The records, in the order of their content.
    pub(crate) fn records(self) -> Records {
        let Rows { fields, content_of, contents, known, secret } = self;
        drop(known);
        let mut order: Vec<u32> = (0..contents.len() as u32).collect();
        order.sort_unstable_by(|one, other| contents[*one as usize].cmp(&contents[*other as usize]));
        let mut place = vec![0_u32; contents.len()];
        for (at, content) in order.iter().enumerate() {
            place[*content as usize] = at as u32;
        }
        let of_row: Vec<u32> = content_of.into_iter().map(|content| place[content as usize]).collect();
        let mut copies = vec![0_u32; contents.len()];
        of_row.iter().for_each(|record| copies[*record as usize] += 1);
        let keys = order.iter().map(|content| keyed(&secret, &contents[*content as usize])).collect();
        let value_of = |field: usize| {
            let contents = &contents;
            order
                .iter()
                .map(move |content| contents[*content as usize].split(NEXT).nth(field).unwrap_or_default())
        };
        let columns =
            fields.iter().enumerate().map(|(at, field)| Column::read(field.kind, value_of(at))).collect();
        Records { fields, columns, of_row, copies, keys }
    }
}

/// The different contents of rows.
#[derive(Debug)]
pub(crate) struct Records {
    pub(crate) fields: Vec<Field>,
    pub(crate) columns: Vec<Column>,
    /// The record of each row.
    pub(crate) of_row: Vec<u32>,
    /// The rows of each record.
    pub(crate) copies: Vec<u32>,
    /// What names each record in a review: a hash of its content.
    pub(crate) keys: Vec<u128>,
}

impl Records {
    pub(crate) fn len(&self) -> usize {
        self.copies.len()
    }

    /// The first column of a kind.
    pub(crate) fn first(&self, kind: Kind) -> Option<&Column> {
        let at = self.fields.iter().position(|field| field.kind == kind)?;
        self.columns.get(at)
    }
}

/// The values of one field.
#[derive(Debug)]
pub(crate) enum Column {
    Names(Names),
    Born(Vec<Option<Born>>),
    Sex(Vec<Option<Sex>>),
    Words(Words),
}

impl Column {
    fn read<'t>(kind: Kind, values: impl Iterator<Item = &'t str>) -> Self {
        match kind {
            Kind::Name => Column::Names(Names::read(values)),
            Kind::Born => Column::Born(values.map(Born::read).collect()),
            Kind::Sex => Column::Sex(values.map(Sex::read).collect()),
            Kind::Phone => Column::Words(Words::read(values.map(phone))),
            Kind::Identifier => Column::Words(Words::read(values.map(identifier))),
            Kind::Address | Kind::Place | Kind::Exact | Kind::Text => {
                Column::Words(Words::read(values.map(plain)))
            }
        }
    }
}

/// Values that are words: each different one once.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// The word of each record; [`NONE`] where there is none.
    pub(crate) of: Vec<u32>,
    pub(crate) texts: Vec<String>,
    /// How many records have it.
    pub(crate) counts: Vec<u32>,
    pub(crate) records: u32,
}

/// No value.
pub(crate) const NONE: u32 = u32::MAX;

impl Words {
    fn read(values: impl Iterator<Item = Option<String>>) -> Self {
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let mut out = Words::default();
        for value in values {
            let Some(text) = value else {
                out.of.push(NONE);
                continue;
            };
            let next = out.texts.len() as u32;
            let at = *known.entry(text.clone()).or_insert(next);
            if at == next {
                out.texts.push(text);
                out.counts.push(0);
            }
            out.counts[at as usize] += 1;
            out.records += 1;
            out.of.push(at);
        }
        out
    }

    pub(crate) fn get(&self, record: u32) -> Option<u32> {
        self.of.get(record as usize).copied().filter(|word| *word != NONE)
    }

    /// The share of the records with a value that have this one.
    pub(crate) fn share(&self, word: u32) -> f64 {
        f64::from(self.counts.get(word as usize).copied().unwrap_or(1)) / f64::from(self.records.max(1))
    }
}

/// One word of names.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) sounds: String,
    pub(crate) skeleton: String,
    /// Which letters it has.
    pub(crate) letters: u32,
    /// How many records have it in a name.
    pub(crate) count: u32,
}

/// One reading of a name.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) words: Vec<u32>,
    /// All words together, by number.
    pub(crate) whole: u32,
    /// How many records have a reading with the same words together.
    pub(crate) count: u32,
}

/// Names: every different word and reading once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) words: Vec<Word>,
    pub(crate) readings: Vec<Reading>,
    /// All words of a reading together, each different one once.
    pub(crate) wholes: Vec<Word>,
    /// The readings of each record.
    pub(crate) of: Vec<Box<[u32]>>,
    /// What titles say of each record.
    pub(crate) sex: Vec<Option<Sex>>,
    /// How many records have a name.
    pub(crate) records: u32,
}

impl Names {
    fn read<'t>(values: impl Iterator<Item = &'t str>) -> Self {
        let mut out = Names::default();
        let mut words: HashMap<String, u32> = HashMap::new();
        let mut readings: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut wholes: HashMap<String, u32> = HashMap::new();
        // Names that were read before, as they are written.
        let mut read: HashMap<String, (Box<[u32]>, Option<Sex>)> = HashMap::new();
        for value in values {
            let found = read.entry(value.to_owned()).or_insert_with(|| {
                let mut own: Vec<u32> = Vec::new();
                let mut sex = None;
                for text in value.split(ANOTHER) {
                    let name = Name::read(text);
                    sex = sex.or(name.sex);
                    for reading in name.readings {
                        let numbers: Vec<u32> = reading
                            .iter()
                            .map(|word| {
                                *words.entry(word.clone()).or_insert_with(|| {
                                    out.words.push(Word::new(word));
                                    out.words.len() as u32 - 1
                                })
                            })
                            .collect();
                        let together = crate::name::together(&reading);
                        let whole = *wholes.entry(together).or_insert_with_key(|sounds| {
                            out.wholes.push(Word::new(sounds));
                            out.wholes.len() as u32 - 1
                        });
                        let at = *readings.entry(numbers.clone()).or_insert_with(|| {
                            out.readings.push(Reading { words: numbers, whole, count: 0 });
                            out.readings.len() as u32 - 1
                        });
                        if !own.contains(&at) {
                            own.push(at);
                        }
                    }
                }
                (own.into_boxed_slice(), sex)
            });
            out.of.push(found.0.clone());
            out.sex.push(found.1);
        }
        let mut of_whole = vec![0_u32; wholes.len()];
        for own in &out.of {
            let mut seen: Vec<u32> = Vec::new();
            for reading in own.iter().filter_map(|at| out.readings.get(*at as usize)) {
                of_whole[reading.whole as usize] += 1;
                seen.extend(&reading.words);
            }
            seen.sort_unstable();
            seen.dedup();
            seen.iter().for_each(|word| out.words[*word as usize].count += 1);
            out.records += u32::from(!own.is_empty());
        }
        out.readings.iter_mut().for_each(|reading| reading.count = of_whole[reading.whole as usize]);
        out
    }

    /// The readings of a record.
    pub(crate) fn of_record(&self, record: u32) -> impl Iterator<Item = &Reading> {
        let own = self.of.get(record as usize).map(|own| &**own).unwrap_or_default();
        own.iter().filter_map(|at| self.readings.get(*at as usize))
    }

    pub(crate) fn word(&self, at: u32) -> &Word {
        &self.words[at as usize]
    }

    /// The share of the records with a name that have this word in it.
    pub(crate) fn share(&self, word: u32) -> f64 {
        f64::from(self.word(word).count.max(1)) / f64::from(self.records.max(1))
    }
}

impl Word {
    fn new(sounds: &str) -> Self {
        let letters = sounds.bytes().filter(u8::is_ascii_lowercase).fold(0, |all, c| all | 1 << (c - b'a'));
        Word { sounds: sounds.to_owned(), skeleton: skeleton(sounds), letters, count: 0 }
    }
}

/// A keyed hash (HMAC, RFC 2104) of a content, cut to 128 bits.
fn keyed(secret: &[u8], content: &str) -> u128 {
    let key = Sha256::digest(secret);
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(content).finalize();
    let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    outer.iter().take(16).fold(0, |all, byte| all << 8 | u128::from(*byte))
}

/// FNV-1a with 128 bits: the same on every machine.
pub(crate) fn hash128(bytes: &[u8]) -> u128 {
    bytes.iter().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
        (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}
