//! Where the tiles of the provinces stand, and what is written in them.

use groundwork_plan::text::Language;

/// Columns of the map.
pub(super) const COLUMNS: usize = 10;

/// The digits of the ISO 3166-2 codes, as the provinces lie: north is up. The narrow land of the
/// south is drawn shorter than it is, the crowded middle larger.
const MAP: [&str; 18] = [
    "-- -- 57 -- -- -- -- -- -- --",
    "-- -- -- 56 -- -- -- -- -- --",
    "58 50 -- 55 -- -- -- -- -- --",
    "-- 51 52 54 -- -- 43 38 -- --",
    "-- -- 64 53 42 39 41 47 48 --",
    "-- 63 -- 65 -- -- 40 46 49 --",
    "-- -- 62 66 67 36 44 45 37 --",
    "-- 61 18 60 16 -- -- -- 35 --",
    "-- 72 17 15 19 30 31 32 33 34",
    "-- 71 12 14 26 25 -- -- -- --",
    "-- 70 73 10 13 24 27 -- -- --",
    "-- -- 75 74 11 20 -- -- -- --",
    "-- -- 76 -- 21 22 23 -- -- --",
    "-- -- 77 -- -- -- -- -- -- --",
    "-- 85 86 -- -- -- -- -- -- --",
    "-- 84 -- -- -- -- -- -- -- --",
    "82 81 80 93 -- -- -- -- -- --",
    "83 92 91 90 95 94 96 -- -- --",
];

/// The abbreviation of the Thai name of each province, by the digits of its code.
const SHORT: [(u8, &str); 77] = [
    (10, "กท"),
    (11, "สป"),
    (12, "นบ"),
    (13, "ปท"),
    (14, "อย"),
    (15, "อท"),
    (16, "ลบ"),
    (17, "สห"),
    (18, "ชน"),
    (19, "สบ"),
    (20, "ชบ"),
    (21, "รย"),
    (22, "จบ"),
    (23, "ตร"),
    (24, "ฉช"),
    (25, "ปจ"),
    (26, "นย"),
    (27, "สก"),
    (30, "นม"),
    (31, "บร"),
    (32, "สร"),
    (33, "ศก"),
    (34, "อบ"),
    (35, "ยส"),
    (36, "ชย"),
    (37, "อจ"),
    (38, "บก"),
    (39, "นภ"),
    (40, "ขก"),
    (41, "อด"),
    (42, "ลย"),
    (43, "นค"),
    (44, "มค"),
    (45, "รอ"),
    (46, "กส"),
    (47, "สน"),
    (48, "นพ"),
    (49, "มห"),
    (50, "ชม"),
    (51, "ลพ"),
    (52, "ลป"),
    (53, "อต"),
    (54, "พร"),
    (55, "นน"),
    (56, "พย"),
    (57, "ชร"),
    (58, "มส"),
    (60, "นว"),
    (61, "อน"),
    (62, "กพ"),
    (63, "ตก"),
    (64, "สท"),
    (65, "พล"),
    (66, "พจ"),
    (67, "พช"),
    (70, "รบ"),
    (71, "กจ"),
    (72, "สพ"),
    (73, "นฐ"),
    (74, "สค"),
    (75, "สส"),
    (76, "พบ"),
    (77, "ปข"),
    (80, "นศ"),
    (81, "กบ"),
    (82, "พง"),
    (83, "ภก"),
    (84, "สฎ"),
    (85, "รน"),
    (86, "ชพ"),
    (90, "สข"),
    (91, "สต"),
    (92, "ตง"),
    (93, "พท"),
    (94, "ปน"),
    (95, "ยล"),
    (96, "นธ"),
];

/// A province on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    /// The digits of its ISO 3166-2 code.
    pub(super) code: u8,
    /// The abbreviation of its Thai name.
    pub(super) short: &'static str,
    pub(super) column: usize,
    pub(super) row: usize,
}

impl Tile {
    /// What is written in the tile.
    pub(super) fn label(&self, language: Language) -> String {
        match language {
            Language::Th => self.short.to_owned(),
            Language::En | Language::My => self.code.to_string(),
        }
    }
}

/// Every province, from north to south.
pub(super) fn tiles() -> impl Iterator<Item = Tile> {
    MAP.iter().enumerate().flat_map(|(row, line)| {
        line.split(' ').enumerate().filter_map(move |(column, code)| {
            let code = code.parse().ok()?;
            let (_, short) = SHORT.iter().find(|(number, _)| *number == code)?;
            Some(Tile { code, short, column, row })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(code: u8) -> Tile {
        tiles().find(|tile| tile.code == code).unwrap()
    }

    #[test]
    fn every_province_has_one_tile() {
        let mut codes: Vec<u8> = tiles().map(|tile| tile.code).collect();
        codes.sort_unstable();
        let mut known: Vec<u8> = SHORT.iter().map(|(code, _)| *code).collect();
        known.sort_unstable();
        assert_eq!(codes, known);
        assert!(tiles().all(|tile| tile.column < COLUMNS));
    }

    #[test]
    fn neighbours_lie_as_they_do_on_a_map() {
        // Chiang Rai, Nan, Bangkok, Ubon Ratchathani, Mae Hong Son, Songkhla.
        let [rai, nan, bangkok, ubon, hong_son, songkhla] = [57, 55, 10, 34, 58, 90].map(tile);
        assert!(rai.row < nan.row && nan.row < bangkok.row && bangkok.row < songkhla.row);
        assert!(hong_son.column < nan.column && nan.column < ubon.column);
    }
}
