//! A register: people in the lists of several workers, as several people write them down.
//!
//! Names are Thai, Burmese, Shan and of hill tribes, in Thai or Latin letters, with titles and
//! without, with one of several spellings, with a made-up surname or a nickname; birthdays are in
//! both eras, on 1 January where only the year is known, or an age instead. Brothers and sisters
//! share a surname, a house and a telephone, and common names have several people. Who is who is
//! known: every row has the number of its person.

use std::fmt::Write as _;

use crate::rng::{Rng, Stream};

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Who it is.
    pub person: u32,
    /// Which list: `registration`, `workshops` or `scholarships`.
    pub list: &'static str,
    /// The name, as it was written.
    pub name: String,
    /// The birthday as it was written, or nothing.
    pub born: String,
    /// The age in years at the end of 2021 where there is no birthday, or nothing.
    pub age: String,
    /// `F`, `M` or nothing.
    pub sex: &'static str,
    /// The village.
    pub village: &'static str,
    /// The telephone, or nothing.
    pub phone: String,
}

/// The lists, and how many in ten thousand people are in each.
pub const LISTS: [(&str, u64); 3] = [("registration", 7000), ("workshops", 6500), ("scholarships", 4000)];

/// The head of each list.
pub const HEAD: &str = "row,name,born,age,sex,village,phone,person";

/// Draws the lists of so many people.
pub fn draw(people: u32, seed: u64) -> Vec<Listed> {
    let mut out = Vec::new();
    let mut household = Household::default();
    for person in 0..people {
        let mut rng = Rng::keyed(seed, Stream::Register, u64::from(person));
        if household.left == 0 {
            household = Household::draw(&mut rng);
        }
        household.left -= 1;
        let own = Own::draw(&mut rng, &household);
        let mut seen = false;
        for (list, often) in LISTS {
            // Everybody is somewhere.
            let is_last = list == LISTS[LISTS.len() - 1].0;
            if rng.chance(often, 10_000) || (is_last && !seen) {
                seen = true;
                let rows = if list == "workshops" { 1 + rng.geometric(1).min(4) } else { 1 };
                for _ in 0..rows {
                    out.push(own.written(&mut rng, person, list));
                }
            }
        }
    }
    // The order of rows says nothing.
    let mut rng = Rng::keyed(seed, Stream::Register, u64::MAX);
    for at in (1..out.len()).rev() {
        let other = rng.below(at as u64 + 1) as usize;
        out.swap(at, other);
    }
    out
}

/// The rows of one list as CSV.
pub fn csv(rows: &[Listed], list: &str) -> String {
    let mut out = format!("{HEAD}\n");
    for (at, row) in rows.iter().filter(|row| row.list == list).enumerate() {
        let Listed { name, born, age, sex, village, phone, person, .. } = row;
        let number = at + 1;
        // Nothing in these values needs quotes.
        let _ = writeln!(out, "{number},{name},{born},{age},{sex},{village},{phone},{person}");
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Thai,
    Hill,
    Burmese,
    Shan,
}

/// People who live together.
struct Household {
    left: u32,
    group: Group,
    family: [usize; 2],
    village: &'static str,
    phone: Option<u64>,
}

impl Default for Household {
    fn default() -> Self {
        Self { left: 0, group: Group::Thai, family: [0; 2], village: "", phone: None }
    }
}

impl Household {
    fn draw(rng: &mut Rng) -> Self {
        let group = match rng.below(10) {
            0..=3 => Group::Thai,
            4..=5 => Group::Hill,
            6..=8 => Group::Burmese,
            _ => Group::Shan,
        };
        Self {
            left: 1 + rng.geometric(1).min(4),
            group,
            family: [skewed(rng, SURNAME_BEGINS.len()), skewed(rng, SURNAME_ENDS.len())],
            village: rng.pick(&VILLAGES),
            phone: rng.chance(6, 10).then(|| 600_000_000 + rng.below(399_999_999)),
        }
    }
}

/// A number below `n`, the smaller ones more often.
fn skewed(rng: &mut Rng, n: usize) -> usize {
    (rng.below(n as u64).min(rng.below(n as u64))) as usize
}

/// What is true of a person.
struct Own<'h> {
    household: &'h Household,
    given: Vec<usize>,
    surname: bool,
    female: bool,
    year: i32,
    day: Option<(i32, i32)>,
    phone: Option<u64>,
    nickname: usize,
}

impl<'h> Own<'h> {
    fn draw(rng: &mut Rng, household: &'h Household) -> Self {
        let given = match household.group {
            Group::Thai => vec![skewed(rng, THAI_BEGINS.len()), skewed(rng, THAI_ENDS.len())],
            Group::Hill => vec![skewed(rng, HILL.len())],
            Group::Burmese => (0..rng.between(2, 4)).map(|_| skewed(rng, BURMESE.len())).collect(),
            Group::Shan => (0..2).map(|_| skewed(rng, SHAN.len())).collect(),
        };
        Self {
            household,
            given,
            surname: rng.chance(85, 100),
            female: rng.chance(52, 100),
            year: rng.between(1960, 2016),
            day: rng.chance(75, 100).then(|| (rng.between(1, 12), rng.between(1, 28))),
            phone: rng.chance(1, 4).then(|| 600_000_000 + rng.below(399_999_999)),
            nickname: skewed(rng, NICKNAMES.len()),
        }
    }

    fn written(&self, rng: &mut Rng, person: u32, list: &'static str) -> Listed {
        let (born, age) = self.birth(rng);
        let phone = self.phone.or(self.household.phone).filter(|_| rng.chance(6, 10));
        let sex = if self.female { "F" } else { "M" };
        Listed {
            person,
            list,
            name: self.name(rng, list),
            born,
            age,
            sex: if rng.chance(94, 100) { sex } else { "" },
            village: if rng.chance(85, 100) { self.household.village } else { rng.pick(&VILLAGES) },
            phone: phone.map(|phone| format!("0{phone}")).unwrap_or_default(),
        }
    }

    fn birth(&self, rng: &mut Rng) -> (String, String) {
        let roll = rng.below(100);
        let year = |of: i32, rng: &mut Rng| if rng.chance(1, 2) { of + 543 } else { of };
        match self.day {
            Some((mut month, mut day)) if roll < 70 => {
                if rng.chance(3, 100) {
                    (month, day) = if day <= 12 { (day, month) } else { (month, (day % 28) + 1) };
                }
                (format!("{day:02}/{month:02}/{}", year(self.year, rng)), String::new())
            }
            None if roll < 50 => {
                (format!("01/01/{}", year(self.year + rng.between(-1, 1), rng)), String::new())
            }
            _ if roll < 90 => (String::new(), (2021 - self.year + rng.between(-1, 1)).max(0).to_string()),
            _ => (String::new(), String::new()),
        }
    }

    fn name(&self, rng: &mut Rng, list: &str) -> String {
        let thai = rng.chance(if self.household.group == Group::Burmese { 0 } else { 60 }, 100);
        match self.household.group {
            // Training logs are written as people are called.
            Group::Thai if list == "workshops" && rng.chance(6, 100) => {
                let (thai_name, latin) = NICKNAMES[self.nickname];
                if thai { thai_name.into() } else { latin.into() }
            }
            Group::Thai => {
                let given = parts(rng, &[THAI_BEGINS[self.given[0]], THAI_ENDS[self.given[1]]], thai, "");
                let family = self.family(rng, thai);
                self.titled(rng, given, family, thai)
            }
            Group::Hill => {
                let given = parts(rng, &[HILL[self.given[0]]], thai, "");
                let clan = parts(rng, &[CLANS[self.household.family[0] % CLANS.len()]], thai, "");
                self.titled(rng, given, Some(clan), thai)
            }
            Group::Shan => {
                let all: Vec<Part> = self.given.iter().map(|at| SHAN[*at]).collect();
                let name = parts(rng, &all, thai, if thai { "" } else { " " });
                let honorific = match (self.female, thai) {
                    _ if rng.chance(6, 10) => "",
                    (true, true) => "นาง",
                    (true, false) => "Nang ",
                    (false, true) => "จาย",
                    (false, false) => "Sai ",
                };
                format!("{honorific}{name}")
            }
            Group::Burmese => {
                let mut all: Vec<Part> = self.given.iter().map(|at| BURMESE[*at]).collect();
                if all.len() > 2 && rng.chance(8, 100) {
                    all.remove(rng.below(all.len() as u64) as usize);
                }
                let glued = rng.chance(15, 100);
                let name = parts(rng, &all, false, if glued { "" } else { " " });
                let honorific = match self.female {
                    _ if rng.chance(5, 10) => "",
                    true => rng.pick(&["Ma ", "Daw "]),
                    false => rng.pick(&["Ko ", "U ", "Mg ", "Maung "]),
                };
                let name = format!("{honorific}{name}");
                if rng.chance(1, 10) { name.to_uppercase() } else { name }
            }
        }
    }

    fn family(&self, rng: &mut Rng, thai: bool) -> Option<String> {
        let [one, other] = self.household.family;
        if self.surname {
            return rng
                .chance(93, 100)
                .then(|| parts(rng, &[SURNAME_BEGINS[one], SURNAME_ENDS[other]], thai, ""));
        }
        match (rng.chance(1, 2), thai) {
            (true, true) => Some("นามสมมุติ".into()),
            (true, false) => Some("Namsommut".into()),
            (false, _) => None,
        }
    }

    fn titled(&self, rng: &mut Rng, given: String, family: Option<String>, thai: bool) -> String {
        let is_child = self.year > 2006;
        let title = match (self.female, is_child) {
            _ if !thai || rng.chance(1, 2) => "",
            (true, true) => rng.pick(&["ด.ญ.", "เด็กหญิง"]),
            (false, true) => rng.pick(&["ด.ช.", "เด็กชาย"]),
            (true, false) => rng.pick(&["นางสาว", "น.ส. ", "นาง"]),
            (false, false) => rng.pick(&["นาย", "นาย "]),
        };
        match family {
            Some(family) => format!("{title}{given} {family}"),
            None => format!("{title}{given}"),
        }
    }
}

/// A part of a name: in Thai letters, and its spellings in Latin letters.
type Part = (&'static str, &'static [&'static str]);

fn parts(rng: &mut Rng, parts: &[Part], thai: bool, between: &str) -> String {
    let spelt = parts.iter().map(|(own, latin)| {
        // The first spelling is the usual one.
        if thai { *own } else { latin[skewed(rng, latin.len())] }
    });
    let mut words: Vec<String> = spelt.map(str::to_owned).collect();
    if !thai {
        let capitals = |word: &mut String| {
            if let Some(first) = word.get(..1) {
                let upper = first.to_uppercase();
                word.replace_range(..1, &upper);
            }
        };
        if between.is_empty() && parts.len() == 2 && !is_syllables(parts) {
            words.iter_mut().take(1).for_each(capitals);
        } else {
            words.iter_mut().for_each(capitals);
        }
    }
    words.join(between)
}

/// Burmese syllables keep their capitals when they are written together.
fn is_syllables(parts: &[Part]) -> bool {
    parts.iter().all(|(own, _)| own.is_empty())
}

const VILLAGES: [&str; 12] = [
    "แม่สาย",
    "แม่จัน",
    "เชียงแสน",
    "แม่ฟ้าหลวง",
    "เวียงแก่น",
    "เทิง",
    "ปัว",
    "ทุ่งช้าง",
    "บ่อเกลือ",
    "เมืองน่าน",
    "เวียงสา",
    "สันติสุข",
];

const NICKNAMES: [(&str, &str); 12] = [
    ("นิด", "Nid"),
    ("หนึ่ง", "Nueng"),
    ("แดง", "Daeng"),
    ("ต้น", "Ton"),
    ("ฝน", "Fon"),
    ("เล็ก", "Lek"),
    ("น้อย", "Noi"),
    ("บี", "Bee"),
    ("โอ", "O"),
    ("แป้ง", "Paeng"),
    ("มด", "Mod"),
    ("กิ๊ก", "Kik"),
];

const THAI_BEGINS: [Part; 24] = [
    ("สม", &["som"]),
    ("วิ", &["wi", "vi"]),
    ("ศิริ", &["siri"]),
    ("ธนา", &["thana", "tana"]),
    ("ณัฐ", &["nat", "nut", "natt"]),
    ("พิมพ์", &["phim", "pim"]),
    ("บุญ", &["bun", "boon"]),
    ("จันทร์", &["chan", "jan"]),
    ("กัน", &["kan", "gun"]),
    ("ประ", &["pra"]),
    ("สุ", &["su", "soo"]),
    ("อร", &["on", "orn"]),
    ("ชัย", &["chai"]),
    ("ปิย", &["piya"]),
    ("กิตติ", &["kitti", "kitthi"]),
    ("วร", &["wora", "vora"]),
    ("เพ็ญ", &["phen", "pen"]),
    ("มณี", &["mani", "manee"]),
    ("รัตนา", &["rattana", "ratana"]),
    ("ดวง", &["duang"]),
    ("แสง", &["saeng", "sang"]),
    ("ทอง", &["thong", "tong"]),
    ("อนุ", &["anu"]),
    ("ภัทร", &["phat", "pat"]),
];

const THAI_ENDS: [Part; 24] = [
    ("ชาย", &["chai"]),
    ("พร", &["phon", "porn", "pon"]),
    ("กร", &["kon", "korn"]),
    ("ศักดิ์", &["sak"]),
    ("มี", &["mi", "mee"]),
    ("ดา", &["da"]),
    ("วัฒน์", &["wat"]),
    ("วุฒิ", &["wut", "wuth"]),
    ("พล", &["phon", "pol"]),
    ("รัตน์", &["rat"]),
    ("ลักษณ์", &["lak", "luck"]),
    ("ยา", &["ya"]),
    ("นภา", &["napha", "napa"]),
    ("ชา", &["cha"]),
    ("เดช", &["det", "dech"]),
    ("นันท์", &["nan", "nun"]),
    ("สิทธิ์", &["sit", "sith"]),
    ("ใจ", &["chai", "jai"]),
    ("เพชร", &["phet", "pet"]),
    ("ธิดา", &["thida", "tida"]),
    ("มาศ", &["mat"]),
    ("วดี", &["wadi", "wadee"]),
    ("ชนก", &["chanok"]),
    ("ฤทธิ์", &["rit", "rith"]),
];

const SURNAME_BEGINS: [Part; 24] = [
    ("ใจ", &["chai", "jai"]),
    ("คำ", &["kham", "kam"]),
    ("แก้ว", &["kaeo", "kaew"]),
    ("ปัญญา", &["panya"]),
    ("วงค์", &["wong", "vong"]),
    ("มูล", &["mun", "moon"]),
    ("อิน", &["in"]),
    ("จัน", &["chan", "jan"]),
    ("ศรี", &["si", "sri"]),
    ("สุริยะ", &["suriya"]),
    ("ธรรม", &["tham", "dham"]),
    ("บุญ", &["bun", "boon"]),
    ("ทา", &["tha", "ta"]),
    ("ไชย", &["chai"]),
    ("เรือน", &["ruean", "ruen"]),
    ("มา", &["ma"]),
    ("นันตา", &["nanta"]),
    ("สิทธิ", &["sitthi", "sithi"]),
    ("กันทะ", &["kantha", "kanta"]),
    ("ยา", &["ya"]),
    ("พรม", &["phrom", "prom"]),
    ("หล้า", &["la"]),
    ("ต๊ะ", &["ta"]),
    ("สม", &["som"]),
];

const SURNAME_ENDS: [Part; 24] = [
    ("ดี", &["di", "dee"]),
    ("มา", &["ma"]),
    ("ปัน", &["pan"]),
    ("วงค์", &["wong", "vong"]),
    ("เมือง", &["mueang", "muang"]),
    ("ต๊ะ", &["ta"]),
    ("ษา", &["sa"]),
    ("คำ", &["kham", "kam"]),
    ("วิชัย", &["wichai", "vichai"]),
    ("แสน", &["saen"]),
    ("เรือน", &["ruean", "ruen"]),
    ("ยศ", &["yot"]),
    ("สาร", &["san", "sarn"]),
    ("ปัญญา", &["panya"]),
    ("ลือ", &["lue"]),
    ("กาศ", &["kat", "kard"]),
    ("จักร", &["chak", "jak"]),
    ("เขียว", &["khiao", "kheaw"]),
    ("ทอง", &["thong", "tong"]),
    ("น้อย", &["noi"]),
    ("สาย", &["sai"]),
    ("ฟู", &["fu", "foo"]),
    ("อ้าย", &["ai"]),
    ("ตา", &["ta"]),
];

const HILL: [Part; 20] = [
    ("อาโซ", &["aso", "asoe"]),
    ("มีแผ่", &["miphae", "meepae"]),
    ("หมี่จู", &["miju", "meejoo"]),
    ("อาเบ", &["abe"]),
    ("นาโบ", &["nabo", "nabor"]),
    ("ลีซู", &["lisu", "leesoo"]),
    ("จะแส", &["jasae", "chasae"]),
    ("บูแซ", &["busae", "boosae"]),
    ("อาผ่า", &["apha", "aphaa"]),
    ("หมี่ยอ", &["miyo", "meeyor"]),
    ("อาจู", &["aju", "ajoo"]),
    ("นาสอ", &["naso", "nasor"]),
    ("จะหา", &["jaha", "chaha"]),
    ("มะลิ", &["mali"]),
    ("ปาโต", &["pato"]),
    ("โจว", &["cho", "jow"]),
    ("เล่าต๋า", &["laota", "laotha"]),
    ("ไมโล", &["mailo"]),
    ("ยาโพ", &["yapho", "yapo"]),
    ("ดาวา", &["dawa"]),
];

const CLANS: [Part; 16] = [
    ("แซ่ลี", &["sae lee", "saelee", "sae li"]),
    ("แซ่ย่าง", &["sae yang", "saeyang"]),
    ("มาเยอะ", &["mayoe", "mayer"]),
    ("แลเชอะ", &["laechoe", "laecher"]),
    ("เชอหมื่อ", &["choemue", "chermue"]),
    ("จะลอ", &["chalo", "jalo"]),
    ("อายิ", &["ayi", "ayee"]),
    ("แซ่จาง", &["sae chang", "sae jang"]),
    ("แซ่ม้า", &["sae ma"]),
    ("เบเชกู่", &["bechaeku", "bechegu"]),
    ("จะบู", &["chabu", "jaboo"]),
    ("ลาหู่", &["lahu", "lahoo"]),
    ("แซ่ว่าง", &["sae wang", "saewang"]),
    ("แสนหมี่", &["saenmi", "saenmee"]),
    ("ยอแซ", &["yosae"]),
    ("จู่เปาะ", &["chupo", "jupor"]),
];

const SHAN: [Part; 20] = [
    ("คำ", &["kham", "kam"]),
    ("แสง", &["saeng", "sang"]),
    ("หลง", &["long", "lhong"]),
    ("หนุ่ม", &["num", "noom"]),
    ("ทุน", &["tun", "thun"]),
    ("ยุ้น", &["yun", "yoon"]),
    ("หอม", &["hom", "horm"]),
    ("อ่อง", &["ong", "aung"]),
    ("เมือง", &["mueang", "muang"]),
    ("ดาว", &["dao", "dow"]),
    ("ลาว", &["lao", "low"]),
    ("จิ่ง", &["ching", "jing"]),
    ("แลง", &["laeng"]),
    ("วัน", &["wan"]),
    ("ซอม", &["som", "zom"]),
    ("ติ๊บ", &["tip", "thip"]),
    ("มน", &["mon"]),
    ("ปี", &["pi", "pee"]),
    ("อู", &["u", "oo"]),
    ("เคอ", &["khoe", "kher"]),
];

const BURMESE: [Part; 36] = [
    ("", &["aung", "oung"]),
    ("", &["khin", "khinn", "kin"]),
    ("", &["myo", "mio"]),
    ("", &["win", "wynn"]),
    ("", &["thu", "thoo"]),
    ("", &["htun", "tun"]),
    ("", &["kyaw", "jaw"]),
    ("", &["moe", "mo"]),
    ("", &["aye", "ay"]),
    ("", &["min", "minn"]),
    ("", &["phyo", "pyo"]),
    ("", &["san", "hsan"]),
    ("", &["zaw"]),
    ("", &["lwin", "luin"]),
    ("", &["naing", "nine"]),
    ("", &["mya", "mia"]),
    ("", &["nwe", "nway"]),
    ("", &["oo", "uu"]),
    ("", &["hla", "la"]),
    ("", &["thida", "thidar", "tida"]),
    ("", &["sanda", "sandar"]),
    ("", &["zin", "zinn"]),
    ("", &["htet", "tet"]),
    ("", &["myint", "mint"]),
    ("", &["soe", "so"]),
    ("", &["tin", "tinn"]),
    ("", &["wai", "way"]),
    ("", &["phyu", "pyu"]),
    ("", &["cho"]),
    ("", &["nyein", "nyain"]),
    ("", &["than", "thann"]),
    ("", &["su", "suu"]),
    ("", &["ei", "aye"]),
    ("", &["thant", "tant"]),
    ("", &["hnin", "nin"]),
    ("", &["kaung", "koung"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_is_the_same_for_a_seed_and_has_everybody() {
        let rows = draw(500, 7);
        assert_eq!(rows, draw(500, 7));
        assert_ne!(rows, draw(500, 8));
        let mut people: Vec<u32> = rows.iter().map(|row| row.person).collect();
        people.sort_unstable();
        people.dedup();
        assert_eq!(people.len(), 500);
        assert!(rows.iter().all(|row| !row.name.is_empty() && !row.name.contains([',', '"'])));
    }
}
