//! Identifiers of people inside a text: numbers, passports, telephones, coordinates, addresses on
//! the net.
//!
//! A place is found by its shape and never by a word boundary, since Thai and Burmese write none:
//! `เลข1000099999003ครับ` holds a number. What is found is replaced as a whole, whether its check
//! digit is right or not.

use super::national_id::{self, Shape};
use super::text::decimal;

/// What kind of identifier stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A Thai thirteen-digit number, or what a spreadsheet has left of one.
    National(Shape),
    /// A Myanmar registration number, such as `12/ABC(N)123456`.
    Registration,
    /// A passport.
    Passport,
    /// A telephone number.
    Telephone,
    /// A pair of coordinates.
    Coordinates,
    /// An address of electronic mail.
    Mail,
    /// A name on a social network, or a link to one.
    Handle,
}

/// One identifier: where it stands in the text, in bytes, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
    /// What is compared: the digits or letters without the signs between them, zeros restored.
    pub(crate) key: String,
}

/// One character with its digit folded to ASCII, and where it stands.
struct Sign {
    at: usize,
    end: usize,
    sign: char,
}

/// Every identifier in a text, in order and apart from each other.
pub(crate) fn find(text: &str) -> Vec<Found> {
    if !may_hold_one(text) {
        return Vec::new();
    }
    let signs: Vec<Sign> = text
        .char_indices()
        .map(|(at, c)| Sign { at, end: at + c.len_utf8(), sign: decimal(c).unwrap_or(c) })
        .collect();
    // What a kind of identifier cannot do without, in all of the text.
    let lower = text.to_ascii_lowercase();
    let has_address = ["@", ".com/", ".me/"].iter().any(|sign| lower.contains(sign));
    let has_brackets = text.contains('/') && text.contains('(');
    let has_points = text.matches('.').take(2).count() == 2;
    let has_capitals = text.contains(|c: char| c.is_ascii_uppercase());
    let mut found = Vec::new();
    let mut place = 0;
    while place < signs.len() {
        let rest = &signs[place..];
        let before = place.checked_sub(1).and_then(|at| signs.get(at)).map(|sign| sign.sign);
        let begins = |sign: fn(char) -> bool| rest.first().is_some_and(|first| sign(first.sign));
        let when =
            |may: bool, find: fn(&[Sign], Option<char>) -> Hit| may.then(|| find(rest, before)).flatten();
        let hit = when(has_address, mail_or_handle)
            .or_else(|| when(has_brackets && begins(|c| c.is_ascii_digit()), registration))
            .or_else(|| when(has_points, coordinates))
            .or_else(|| when(begins(|c| c.is_ascii_digit() || c == '+'), number))
            .or_else(|| when(has_capitals && begins(|c| c.is_ascii_uppercase()), passport));
        match hit {
            Some((length, kind, key)) if length > 0 => {
                let last = &rest[length - 1];
                found.push(Found { start: rest[0].at, end: last.end, kind, key });
                place += length;
            }
            _ => place += 1,
        }
    }
    found
}

/// The text with `name(found)` in the place of every identifier; none where it holds none.
pub(crate) fn replaced(text: &str, mut name: impl FnMut(&Found) -> String) -> Option<String> {
    let found = find(text);
    if found.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for hit in &found {
        out.push_str(&text[from..hit.start]);
        out.push_str(&name(hit));
        from = hit.end;
    }
    out.push_str(&text[from..]);
    Some(out)
}

/// Whether a number, by itself and without signs inside, is a thirteen-digit number or what a
/// spreadsheet has left of one. What is counted in the field has no so many digits.
pub(crate) fn is_national(text: &str) -> bool {
    let text = super::text::trim(text);
    if text.len() < 11 || text.contains(',') {
        return false;
    }
    let whole = text.split_once('.').filter(|(_, zeros)| zeros.chars().all(|c| decimal(c) == Some('0')));
    let digits: Option<String> = whole.map_or(text, |(whole, _)| whole).chars().map(decimal).collect();
    match digits {
        // A round number is money.
        Some(digits) if digits.ends_with("0000") => false,
        Some(digits) => digits.len() == 13 || national_id::with_zeros(&digits).is_some(),
        None => find(text).iter().any(|found| {
            matches!(found.kind, Kind::National(Shape::ScientificNotation)) && found.key.len() > 10
        }),
    }
}

/// Whether a glance shows that a text holds no identifier and has one form only: ASCII without the
/// signs of an address, of coordinates or of a registration, and with too few digits for a number or
/// a passport. It says no to many texts that hold none either.
pub(crate) fn is_out_of_question(text: &str) -> bool {
    let (mut digits, mut run, mut capitals) = (0, 0, 0);
    let mut is_like_passport = false;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                run += 1;
                is_like_passport |= run >= FEWEST_OF_PASSPORT && capitals >= 2;
            }
            b'A'..=b'Z' => (run, capitals) = (0, capitals + 1),
            b'@' | b':' | b'.' | b'/' | b'+' | b'(' | 128.. => return false,
            _ => run = 0,
        }
    }
    !is_like_passport && digits < FEWEST_OF_NUMBER
}

/// Digits of a passport, and of a telephone number or a number of a person, at least.
const FEWEST_OF_PASSPORT: usize = 6;
const FEWEST_OF_NUMBER: usize = 9;

/// Whether a text has enough digits, or a sign of the net: all others are passed over at once.
fn may_hold_one(text: &str) -> bool {
    text.contains('@')
        || text.contains("://")
        || text.contains("E+1")
        || text.contains("e+1")
        || text.contains(".com/")
        || text.contains(".me/")
        || text.chars().filter(|c| decimal(*c).is_some()).take(6).count() == 6
}

type Hit = Option<(usize, Kind, String)>;

fn is_digit(sign: &Sign) -> bool {
    sign.sign.is_ascii_digit()
}

/// A sign that people write between the groups of a number.
fn is_between(c: char) -> bool {
    matches!(c, '-' | '.' | '/' | ' ' | '_' | '\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2010}'..='\u{2015}' | '\u{202f}' | '\u{2060}' | '\u{2212}' | '\u{feff}')
}

/// Groups of digits with at most two signs between them: for each group its length in digits and
/// where it ends among the signs.
fn groups(rest: &[Sign]) -> Vec<(usize, usize)> {
    let mut groups = Vec::new();
    let mut at = 0;
    loop {
        let length = rest[at..].iter().take_while(|sign| is_digit(sign)).count();
        if length == 0 || groups.len() > 16 {
            return groups;
        }
        at += length;
        groups.push((length, at));
        let between = rest[at..].iter().take_while(|sign| is_between(sign.sign)).count();
        if between == 0 || between > 3 {
            return groups;
        }
        at += between;
    }
}

fn digits_of(rest: &[Sign]) -> String {
    rest.iter().filter(|sign| is_digit(sign)).map(|sign| sign.sign).collect()
}

/// Thirteen digits in any grouping, what is left of them, or a telephone number.
fn number(rest: &[Sign], before: Option<char>) -> Hit {
    // Inside a number, and inside a date, nothing begins.
    if before.is_some_and(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.')) {
        return None;
    }
    let international = rest.first().is_some_and(|sign| sign.sign == '+');
    let digits = if international { &rest[1..] } else { rest };
    if let Some(hit) = scientific(digits).filter(|_| !international) {
        return Some(hit);
    }
    let groups = groups(digits);
    let first = groups.first()?;
    if !international {
        let mut total = 0;
        for (length, end) in &groups {
            total += length;
            if total == 13 {
                let key = digits_of(&digits[..*end]);
                let shape = national_id::thirteen(&key);
                if matches!(shape, Shape::Valid(_)) || is_grouped(&groups, &digits[..*end]) {
                    let end = *end + zero_decimals(&digits[*end..]);
                    return Some((end, Kind::National(shape), key));
                }
            }
        }
        if let Some(restored) = national_id::with_zeros(&digits_of(&digits[..first.1])) {
            let end = first.1 + zero_decimals(&digits[first.1..]);
            return Some((end, Kind::National(Shape::LeadingZerosLost), restored));
        }
    }
    for (_, end) in groups.iter().rev() {
        let key = digits_of(&digits[..*end]);
        let follows = digits.get(*end).is_some_and(|sign| sign.sign.is_ascii_digit());
        if !follows && is_telephone(&key, international, before) {
            return Some((*end + usize::from(international), Kind::Telephone, key));
        }
    }
    None
}

/// Whether thirteen digits stand as such a number does and two dates in a row do not: in one piece,
/// as 1-4-5-2-1, or with one and the same sign between all groups that is no stroke.
fn is_grouped(groups: &[(usize, usize)], signs: &[Sign]) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|(length, _)| *length).collect();
    let mut between = signs.iter().filter(|sign| !is_digit(sign)).map(|sign| sign.sign);
    let first = between.next();
    lengths.first() == Some(&13)
        || lengths.starts_with(&[1, 4, 5, 2, 1])
        || (first != Some('/') && between.all(|c| Some(c) == first))
}

/// `1.000099999E+12`: a number of eleven to thirteen digits in powers of ten.
fn scientific(rest: &[Sign]) -> Hit {
    let whole = rest.iter().take_while(|sign| is_digit(sign)).count();
    let point = rest.get(whole).is_some_and(|sign| matches!(sign.sign, '.' | ','));
    let decimals = rest.get(whole + 1..)?.iter().take_while(|sign| is_digit(sign)).count();
    let at = if point { whole + 1 + decimals } else { whole };
    let is_power = rest.get(at).is_some_and(|sign| matches!(sign.sign, 'E' | 'e'))
        && rest.get(at + 1).is_some_and(|sign| sign.sign == '+');
    let power: String =
        rest.get(at + 2..)?.iter().take_while(|sign| is_digit(sign)).map(|sign| sign.sign).collect();
    let end = at + 2 + power.len();
    (whole == 1 && is_power && matches!(power.as_str(), "10" | "11" | "12"))
        .then(|| (end, Kind::National(Shape::ScientificNotation), digits_of(&rest[..end])))
}

/// How many signs of `.0`, as a spreadsheet adds them to a number, follow.
fn zero_decimals(rest: &[Sign]) -> usize {
    let zeros = rest.iter().skip(1).take_while(|sign| sign.sign == '0').count();
    let has_point = rest.first().is_some_and(|sign| sign.sign == '.');
    let ends = rest.get(1 + zeros).is_none_or(|sign| !is_digit(sign));
    if has_point && zeros > 0 && ends { 1 + zeros } else { 0 }
}

/// Numbers of Thailand, Myanmar and Laos as they are dialled at home; from abroad, any number of
/// eight to fifteen digits after a plus sign.
fn is_telephone(digits: &str, international: bool, before: Option<char>) -> bool {
    let length = digits.len();
    if international {
        return (8..=15).contains(&length);
    }
    // A number right behind a letter of a code, such as `CR0812345678`, is part of the code.
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ',')) {
        return false;
    }
    let begins = |beginnings: &[&str]| beginnings.iter().any(|b| digits.starts_with(b));
    match length {
        9 => begins(&["02", "03", "04", "05", "07", "09"]),
        10 => begins(&["06", "08", "09", "020"]),
        11 => begins(&["09", "020", "668", "669", "666", "959"]),
        12 => begins(&["959", "8562"]),
        13 => begins(&["00668", "00669", "00666"]),
        _ => false,
    }
}

/// One or two letters with six to eight digits, beside a word that says so; or the shapes of Thai
/// (two letters, seven digits) and Myanmar (`M` and a letter, six digits) passports.
fn passport(rest: &[Sign], before: Option<char>) -> Hit {
    if before.is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let letters = rest.iter().take_while(|sign| sign.sign.is_ascii_uppercase()).count();
    let blank = usize::from(rest.get(letters).is_some_and(|sign| matches!(sign.sign, ' ' | '-')));
    let digits = rest.get(letters + blank..)?.iter().take_while(|sign| is_digit(sign)).count();
    let end = letters + blank + digits;
    let follows = rest.get(end).is_some_and(|sign| sign.sign.is_ascii_alphanumeric());
    let is_thai = (letters, digits) == (2, 7);
    let is_myanmar = (letters, digits) == (2, 6) && rest[0].sign == 'M';
    (!follows && (is_thai || is_myanmar)).then(|| {
        let key = rest[..end].iter().map(|sign| sign.sign).filter(char::is_ascii_alphanumeric).collect();
        (end, Kind::Passport, key)
    })
}

/// `12/OUKAMA(N)123456`, in Latin or Burmese letters.
fn registration(rest: &[Sign], before: Option<char>) -> Hit {
    if before.is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let region = rest.iter().take_while(|sign| is_digit(sign)).count();
    let letters = |c: char| c.is_alphabetic() || ('\u{1000}'..='\u{103f}').contains(&c) || c == ' ';
    if !(1..=2).contains(&region) || rest.get(region).is_none_or(|sign| sign.sign != '/') {
        return None;
    }
    let mut at = region + 1;
    let township = rest[at..].iter().take(32).take_while(|sign| letters(sign.sign)).count();
    at += township;
    let opens = rest.get(at).is_some_and(|sign| sign.sign == '(');
    let class = rest.get(at + 1..)?.iter().take(16).take_while(|sign| letters(sign.sign)).count();
    at += 1 + class;
    let closes = rest.get(at).is_some_and(|sign| sign.sign == ')');
    at += 1;
    at += rest.get(at..)?.iter().take_while(|sign| sign.sign == ' ').count();
    let number = rest.get(at..)?.iter().take_while(|sign| is_digit(sign)).count();
    (township >= 2 && opens && class >= 1 && closes && (5..=7).contains(&number)).then(|| {
        let key = rest[..at + number].iter().map(|sign| sign.sign).filter(|c| *c != ' ').collect();
        (at + number, Kind::Registration, key)
    })
}

/// Two decimal numbers with four decimals or more each, the first a latitude, the second a
/// longitude, and up to two numbers behind them (height and accuracy).
fn coordinates(rest: &[Sign], before: Option<char>) -> Hit {
    if before.is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | '-')) {
        return None;
    }
    let first = degrees(rest, 90.0)?;
    let gap = rest[first..].iter().take_while(|sign| matches!(sign.sign, ' ' | ',' | ';' | '/')).count();
    if !(1..=3).contains(&gap) {
        return None;
    }
    let mut end = first + gap + degrees(&rest[first + gap..], 180.0)?;
    for _ in 0..2 {
        let gap = usize::from(rest.get(end).is_some_and(|sign| sign.sign == ' '));
        let more = rest[end + gap..]
            .iter()
            .take_while(|sign| is_digit(sign) || matches!(sign.sign, '.' | '-'))
            .count();
        if gap == 1 && more > 0 {
            end += 1 + more;
        }
    }
    let key = rest[..end].iter().map(|sign| sign.sign).collect();
    Some((end, Kind::Coordinates, key))
}

/// How many signs of a number of degrees with at least four decimals stand at the beginning.
fn degrees(rest: &[Sign], most: f64) -> Option<usize> {
    let sign = usize::from(rest.first().is_some_and(|sign| matches!(sign.sign, '-' | '+' | '\u{2212}')));
    let whole = rest[sign..].iter().take_while(|sign| is_digit(sign)).count();
    let point = sign + whole;
    if !(1..=3).contains(&whole) || rest.get(point).is_none_or(|sign| sign.sign != '.') {
        return None;
    }
    let decimals = rest[point + 1..].iter().take_while(|sign| is_digit(sign)).count();
    let value: f64 = digits_of(&rest[sign..point]).parse().ok()?;
    (decimals >= 4 && value <= most).then_some(point + 1 + decimals)
}

/// `name@place.org`, `@name`, `https://facebook.com/name`.
fn mail_or_handle(rest: &[Sign], before: Option<char>) -> Hit {
    let is_local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '%');
    if before.is_some_and(|c| is_local(c) || c == '@') {
        return None;
    }
    let local = rest.iter().take(64).take_while(|sign| is_local(sign.sign)).count();
    let all = |signs: &[Sign]| signs.iter().map(|sign| sign.sign.to_ascii_lowercase()).collect::<String>();
    if rest.get(local).is_some_and(|sign| sign.sign == '@') {
        let domain = rest[local + 1..].iter().take(128).take_while(|sign| is_local(sign.sign)).count();
        let mut end = local + 1 + domain;
        while end > local + 1 && rest[end - 1].sign == '.' {
            end -= 1;
        }
        let has_point = rest[local + 1..end].iter().any(|sign| sign.sign == '.');
        if local > 0 && has_point {
            return Some((end, Kind::Mail, all(&rest[..end])));
        }
        let length = end - local - 1;
        let has_letter = rest[local + 1..end].iter().any(|sign| sign.sign.is_ascii_alphabetic());
        return (local == 0 && length >= 3 && has_letter).then(|| (end, Kind::Handle, all(&rest[..end])));
    }
    let is_link = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | ',' | ')');
    let length = rest.iter().take(256).take_while(|sign| is_link(sign.sign)).count();
    if length < 8 {
        return None;
    }
    let link = all(&rest[..length]);
    let host = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://")).unwrap_or(&link);
    let host = ["www.", "m.", "web."].iter().find_map(|p| host.strip_prefix(p)).unwrap_or(host);
    let networks = [
        "facebook.com/",
        "fb.com/",
        "fb.me/",
        "line.me/",
        "instagram.com/",
        "tiktok.com/",
        "t.me/",
        "wa.me/",
        "x.com/",
        "twitter.com/",
    ];
    networks
        .iter()
        .any(|network| host.strip_prefix(network).is_some_and(|name| !name.is_empty()))
        .then_some((length, Kind::Handle, link))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str) -> String {
        replaced(text, |_| "[ID]".to_owned()).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn numbers_in_any_script_and_spelling() {
        for text in [
            "1000099999003",
            "1000099999004",
            "1-0000-99999-00-3",
            "1 0000 99999 00 3",
            "1.0000.99999.00.3",
            "1–0000–99999–00–3",
            "1 - 0000 - 99999 - 00 - 3",
            "๑๐๐๐๐๙๙๙๙๙๐๐๓",
            "๑-๐๐๐๐-๙๙๙๙๙-๐๐-๓",
            "၁၀၀၀၀၉၉၉၉၉၀၀၃",
            "１００００９９９９９００３",
            "១០០០០៩៩៩៩៩០០៣",
            "1000099999003.0",
            "1000099999003.00",
            "1\u{200b}0000\u{200b}99999\u{200b}00\u{200b}3",
            "999989001008",
            "999989001008.0",
            "1.000099999E+12",
            "1.00010E+12",
            "1E+12",
        ] {
            assert_eq!(hidden(text), "[ID]", "{text}");
        }
        assert_eq!(hidden("เลข1000099999003ครับ"), "เลข[ID]ครับ");
        assert_eq!(hidden("id:1000099999003,x"), "id:[ID],x");
        assert_eq!(hidden("A1000099999003B"), "A[ID]B");
        assert_eq!(hidden("1000099999003 2000099999001"), "[ID] [ID]");
    }

    #[test]
    fn the_same_number_has_the_same_key() {
        let key = |text: &str| find(text)[0].key.clone();
        assert_eq!(key("๑-๐๐๐๐-๙๙๙๙๙-๐๐-๓"), key("1000099999003.0"));
        assert_eq!(key("999989001008"), key("0-9999-89001-00-8"));
    }

    #[test]
    fn telephones() {
        for text in [
            "081-234-5678",
            "0812345678",
            "+66 81 234 5678",
            "๐๘๑๒๓๔๕๖๗๘",
            "09 123 456 789",
            "+95 9 123 456 789",
            "053-123456",
            "0066812345678",
        ] {
            assert_eq!(hidden(text), "[ID]", "{text}");
        }
        assert_eq!(hidden("โทร0812345678นะ"), "โทร[ID]นะ");
    }

    #[test]
    fn passports_registrations_coordinates_and_addresses() {
        for text in [
            "AA1234567",
            "MB123456",
            "12/OUKAMA(N)123456",
            "၁၂/ဥကမ(နိုင်)၁၂၃၄၅၆",
            "19.9105123 99.8406321",
            "19.9105, 99.8406",
            "19.910512 99.840632 402.1 4.5",
            "somebody@example.org",
            "@somebody_99",
            "https://www.facebook.com/some.body",
            "line.me/ti/p/abc123",
        ] {
            assert_eq!(hidden(text), "[ID]", "{text}");
        }
        assert_eq!(hidden("write to a.b@c.org."), "write to [ID].");
    }

    #[test]
    fn what_is_out_of_question_at_a_glance_holds_none() {
        let signs = ['0', '6', '8', '9', 'A', 'M', 'b', '-', ' ', '_', '1', '2'];
        let mut state = 7_u64;
        let mut out_of_question = 0;
        for _ in 0..200_000 {
            let mut text = String::new();
            for _ in 0..(4 + state % 13) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push(signs[(state >> 33) as usize % signs.len()]);
            }
            if is_out_of_question(&text) {
                out_of_question += 1;
                assert!(find(&text).is_empty(), "{text}");
            }
        }
        assert!(out_of_question > 50_000);
        for text in ["r1234567", "P00042", "CR-2021-0042", "V-017", "north"] {
            assert!(is_out_of_question(text), "{text}");
        }
        for text in ["081234567", "AA1234567", "MB123456", "AA 1234567", "MA-123456", "a@b", "น่าน"] {
            assert!(!is_out_of_question(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_identifier_stays() {
        for text in [
            "",
            "Nan",
            "15/06/2565",
            "2022-06-15T10:30:00.000+07:00",
            "2022-06-15 2022-07-15",
            "15/06/2565 - 20/06/2565",
            "P00123",
            "V-017",
            "CR-2021-0042",
            "1,250,000",
            "250000",
            "12.5",
            "19.91 99.84",
            "5701",
            "570101",
            "4ef3fadd-90b7-4aff-afcf-b2c600acd9b2",
            "uuid:f6de1de0-256f-4320-8e61-9f972374459d",
            "5 คน @ 10 บาท",
            "http://example.org/page",
            "ส่ง 3 ครั้ง",
        ] {
            assert_eq!(hidden(text), text);
        }
    }
}
