//! The 77 provinces of Thailand: by name in Thai and English, abbreviation and code, and by the
//! longer codes of their districts and subdistricts.
//!
//! Codes are those of TIS 1099, which ISO 3166-2 (`TH-55`), the registration office (`55`, `5501`,
//! `550101`) and the P-codes of humanitarian data (`TH55`, `TH5501`) share. Abbreviations are the
//! two letters of the Royal Institute.

use super::text::{ascii_digits, trim};
use super::thai;
use groundwork_plan::site::spelling_key;

/// Code, name in English, name in Thai, abbreviation, other names in use.
type Province = (u8, &'static str, &'static str, &'static str, &'static [&'static str]);

/// A place by its code: two digits for a province, four for a district, six for a subdistrict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The code of the province, such as 55.
    pub(crate) province: u8,
    /// The whole code as it was written, where it says more than the province.
    pub(crate) code: Option<String>,
}

impl Place {
    /// The name of the province in English.
    pub(crate) fn name(&self) -> &'static str {
        PROVINCES.iter().find(|(code, ..)| *code == self.province).map_or("", |(_, english, ..)| english)
    }

    /// The code of the province as ISO 3166-2 has it.
    pub(crate) fn iso(&self) -> String {
        format!("TH-{}", self.province)
    }

    /// The four digits of the district, where the code says which.
    #[cfg(test)]
    pub(crate) fn district(&self) -> Option<&str> {
        self.code.as_deref().and_then(|code| code.get(..4))
    }

    /// The six digits of the subdistrict, where the code says which.
    #[cfg(test)]
    pub(crate) fn subdistrict(&self) -> Option<&str> {
        self.code.as_deref().filter(|code| code.len() == 6)
    }
}

/// The place that a text names; none for a text that names no province. `Nan` is a province.
pub(crate) fn find(text: &str) -> Option<Place> {
    let text = ascii_digits(trim(text));
    if let Some(place) = by_code(&text) {
        return Some(place);
    }
    let text = thai::key(&text);
    let name = ["จังหวัด", "จ."].into_iter().find_map(|word| text.strip_prefix(word)).unwrap_or(&text);
    let key = spelling_key(name);
    let key = key.strip_suffix("province").unwrap_or(&key);
    let key = key.strip_prefix("changwat").unwrap_or(key);
    let found = PROVINCES.iter().find(|(_, english, thai, short, others)| {
        [*english, *thai, *short].iter().chain(*others).any(|name| spelling_key(name) == key)
    });
    found.map(|(code, ..)| Place { province: *code, code: None })
}

/// The place of a code: `55`, `TH-55`, `TH5501`, `550101`, `55.0`, in digits that are ASCII.
fn by_code(text: &str) -> Option<Place> {
    let rest = text.strip_prefix("TH").or_else(|| text.strip_prefix("th")).unwrap_or(text);
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let digits = rest.strip_suffix(".0").unwrap_or(rest);
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 2 | 4 | 6) {
        return None;
    }
    let province = digits.get(..2)?.parse().ok()?;
    let is_known = PROVINCES.iter().any(|(code, ..)| *code == province);
    // No province but Bangkok has more than 32 districts, and no district is numbered 00; a year
    // such as 2565 is no district.
    let most = if province == 10 { 50 } else { 32 };
    let number = |part: &str| part.parse::<u8>().unwrap_or(0);
    let is_real = digits.get(2..4).is_none_or(|district| (1..=most).contains(&number(district)))
        && digits.get(4..6).is_none_or(|subdistrict| subdistrict != "00");
    (is_known && is_real).then(|| Place { province, code: (digits.len() > 2).then(|| digits.to_owned()) })
}

/// In the order of their codes.
const PROVINCES: [Province; 77] = [
    (
        10,
        "Bangkok",
        "กรุงเทพมหานคร",
        "กท",
        &["กทม", "กรุงเทพ", "กรุงเทพฯ", "Krung Thep", "Krung Thep Maha Nakhon", "BKK"],
    ),
    (11, "Samut Prakan", "สมุทรปราการ", "สป", &["Samut Prakarn", "ปากน้ำ"]),
    (12, "Nonthaburi", "นนทบุรี", "นบ", &["นนท์"]),
    (13, "Pathum Thani", "ปทุมธานี", "ปท", &["Pathumthanee"]),
    (14, "Phra Nakhon Si Ayutthaya", "พระนครศรีอยุธยา", "อย", &["Ayutthaya", "Ayudhya", "อยุธยา"]),
    (15, "Ang Thong", "อ่างทอง", "อท", &[]),
    (16, "Lop Buri", "ลพบุรี", "ลบ", &[]),
    (17, "Sing Buri", "สิงห์บุรี", "สห", &["สิงหบุรี"]),
    (18, "Chai Nat", "ชัยนาท", "ชน", &["Chainart"]),
    (19, "Saraburi", "สระบุรี", "สบ", &[]),
    (20, "Chon Buri", "ชลบุรี", "ชบ", &[]),
    (21, "Rayong", "ระยอง", "รย", &[]),
    (22, "Chanthaburi", "จันทบุรี", "จบ", &["Chantaburi"]),
    (23, "Trat", "ตราด", "ตร", &["Trad"]),
    (24, "Chachoengsao", "ฉะเชิงเทรา", "ฉช", &["แปดริ้ว"]),
    (25, "Prachin Buri", "ปราจีนบุรี", "ปจ", &["ปราจีน"]),
    (26, "Nakhon Nayok", "นครนายก", "นย", &["Nakorn Nayok"]),
    (27, "Sa Kaeo", "สระแก้ว", "สก", &["Sa Kaew", "Srakaew"]),
    (30, "Nakhon Ratchasima", "นครราชสีมา", "นม", &["Nakorn Ratchasima", "Korat", "Khorat", "โคราช"]),
    (31, "Buri Ram", "บุรีรัมย์", "บร", &["บุรีรัมณ์"]),
    (32, "Surin", "สุรินทร์", "สร", &[]),
    (33, "Si Sa Ket", "ศรีสะเกษ", "ศก", &["Srisaket", "ศรีสระเกษ", "ศรีษะเกษ"]),
    (34, "Ubon Ratchathani", "อุบลราชธานี", "อบ", &["Ubon", "อุบล"]),
    (35, "Yasothon", "ยโสธร", "ยส", &[]),
    (36, "Chaiyaphum", "ชัยภูมิ", "ชย", &["Chaiyapoom"]),
    (37, "Amnat Charoen", "อำนาจเจริญ", "อจ", &[]),
    (38, "Bueng Kan", "บึงกาฬ", "บก", &["Bung Kan"]),
    (39, "Nong Bua Lam Phu", "หนองบัวลำภู", "นภ", &["Nong Bua Lumphu", "หนองบัวลำพู"]),
    (40, "Khon Kaen", "ขอนแก่น", "ขก", &["Khonkhaen"]),
    (41, "Udon Thani", "อุดรธานี", "อด", &["Udon", "Udorn Thani", "อุดร"]),
    (42, "Loei", "เลย", "ลย", &["Loey"]),
    (43, "Nong Khai", "หนองคาย", "นค", &["Nongkai"]),
    (44, "Maha Sarakham", "มหาสารคาม", "มค", &["สารคาม"]),
    (45, "Roi Et", "ร้อยเอ็ด", "รอ", &["Roied"]),
    (46, "Kalasin", "กาฬสินธุ์", "กส", &["กาฬสินธ์"]),
    (47, "Sakon Nakhon", "สกลนคร", "สน", &["Sakol Nakhon", "Sakon Nakorn"]),
    (48, "Nakhon Phanom", "นครพนม", "นพ", &["Nakorn Phanom"]),
    (49, "Mukdahan", "มุกดาหาร", "มห", &[]),
    (50, "Chiang Mai", "เชียงใหม่", "ชม", &["Chieng Mai", "ChiangMai"]),
    (51, "Lamphun", "ลำพูน", "ลพ", &["Lumphun"]),
    (52, "Lampang", "ลำปาง", "ลป", &["Lumpang"]),
    (53, "Uttaradit", "อุตรดิตถ์", "อต", &["อุตรดิต", "อุตรดิถ"]),
    (54, "Phrae", "แพร่", "พร", &["Prae"]),
    (55, "Nan", "น่าน", "นน", &[]),
    (56, "Phayao", "พะเยา", "พย", &["Payao"]),
    (57, "Chiang Rai", "เชียงราย", "ชร", &["Chieng Rai"]),
    (58, "Mae Hong Son", "แม่ฮ่องสอน", "มส", &["Maehongsorn"]),
    (60, "Nakhon Sawan", "นครสวรรค์", "นว", &["Nakorn Sawan", "ปากน้ำโพ"]),
    (61, "Uthai Thani", "อุทัยธานี", "อน", &[]),
    (62, "Kamphaeng Phet", "กำแพงเพชร", "กพ", &["Kampaengpet", "Kamphaengphet"]),
    (63, "Tak", "ตาก", "ตก", &[]),
    (64, "Sukhothai", "สุโขทัย", "สท", &["Sukothai"]),
    (65, "Phitsanulok", "พิษณุโลก", "พล", &["Pitsanulok", "พิษนุโลก"]),
    (66, "Phichit", "พิจิตร", "พจ", &["Pichit"]),
    (67, "Phetchabun", "เพชรบูรณ์", "พช", &["Petchabun"]),
    (70, "Ratchaburi", "ราชบุรี", "รบ", &["Rajburi", "Rajaburi"]),
    (71, "Kanchanaburi", "กาญจนบุรี", "กจ", &["เมืองกาญจน์"]),
    (72, "Suphan Buri", "สุพรรณบุรี", "สพ", &["Supanburi", "สุพรรณ"]),
    (73, "Nakhon Pathom", "นครปฐม", "นฐ", &["Nakorn Pathom"]),
    (74, "Samut Sakhon", "สมุทรสาคร", "สค", &["Samut Sakorn", "มหาชัย"]),
    (75, "Samut Songkhram", "สมุทรสงคราม", "สส", &["แม่กลอง"]),
    (76, "Phetchaburi", "เพชรบุรี", "พบ", &["Petchaburi", "Phetburi"]),
    (77, "Prachuap Khiri Khan", "ประจวบคีรีขันธ์", "ปข", &["Prachuab Khiri Khan", "ประจวบ"]),
    (
        80,
        "Nakhon Si Thammarat",
        "นครศรีธรรมราช",
        "นศ",
        &["Nakorn Sri Thammarat", "Nakhon Sri Thammarat", "นครศรี"],
    ),
    (81, "Krabi", "กระบี่", "กบ", &[]),
    (82, "Phangnga", "พังงา", "พง", &["Pang Nga"]),
    (83, "Phuket", "ภูเก็ต", "ภก", &["Puket"]),
    (84, "Surat Thani", "สุราษฎร์ธานี", "สฎ", &["Suratthani", "สุราษฎร์", "สุราษธานี"]),
    (85, "Ranong", "ระนอง", "รน", &[]),
    (86, "Chumphon", "ชุมพร", "ชพ", &["Chumporn"]),
    (90, "Songkhla", "สงขลา", "สข", &["Songkla"]),
    (91, "Satun", "สตูล", "สต", &["Satul"]),
    (92, "Trang", "ตรัง", "ตง", &[]),
    (93, "Phatthalung", "พัทลุง", "พท", &["Pattalung"]),
    (94, "Pattani", "ปัตตานี", "ปน", &[]),
    (95, "Yala", "ยะลา", "ยล", &[]),
    (96, "Narathiwat", "นราธิวาส", "นธ", &["Naratiwas", "นรา"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<u8> {
        find(text).map(|place| place.province)
    }

    #[test]
    fn every_province_is_found_by_each_of_its_names_and_by_no_other() {
        let mut keys: Vec<String> = Vec::new();
        for (number, english, thai, short, others) in PROVINCES {
            for name in [english, thai, short].iter().chain(others) {
                for text in [
                    (*name).to_owned(),
                    name.to_uppercase(),
                    format!(" {name}\u{200b}"),
                    format!("จ.{name}"),
                    format!("จังหวัด {name}"),
                ] {
                    assert_eq!(code(&text), Some(number), "{text}");
                }
            }
            for text in
                [format!("{number}"), format!("TH-{number}"), format!("th{number}"), format!("{number}.0")]
            {
                assert_eq!(code(&text), Some(number), "{text}");
            }
            keys.extend([english, thai, short].map(spelling_key));
        }
        keys.sort();
        let count = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), count, "two provinces share a name");
        assert!(PROVINCES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn nan_in_every_spelling() {
        for text in [
            "Nan",
            "NaN",
            "nan",
            "NAN",
            "น่าน",
            "น\u{e48}า\u{200b}น",
            "จ.น่าน",
            "นน",
            "น.น.",
            "๕๕",
            "၅၅",
            "Nan Province",
            "55.0",
        ] {
            assert_eq!(code(text), Some(55), "{text}");
        }
    }

    #[test]
    fn longer_codes_say_the_district() {
        let place = find("570101").unwrap();
        assert_eq!(
            (place.iso().as_str(), place.district(), place.subdistrict()),
            ("TH-57", Some("5701"), Some("570101"))
        );
        let place = find("TH5501").unwrap();
        assert_eq!((place.province, place.district(), place.subdistrict()), (55, Some("5501"), None));
        for text in ["59", "5500", "550", "55010", "2565", "0", "", "NaNa", "N", "TH", "99"] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
