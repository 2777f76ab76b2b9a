//! Charts of places: tile map, heat map, strips.

use crate::invented::{Variant, key, pass, share, some};
use groundwork_charts::{Figure, HeatMap, Province, Strip, Strips, TileMap};
use groundwork_disclosure::CellKey;
use groundwork_plan::number::Unit;

/// Every chart of this file.
pub(crate) fn charts(variant: &Variant) -> Vec<(&'static str, Figure)> {
    vec![("tile-map", tile_map(variant)), ("heat-map", heat_map(variant)), ("strips", strips(variant))]
}

fn tile_map(variant: &Variant) -> Figure {
    let codes = [57, 55, 56, 52, 54, 63, 58, 51, 50, 53, 64, 42];
    let mut cells = Vec::new();
    let provinces = variant
        .sites()
        .into_iter()
        .zip(codes)
        .enumerate()
        .map(|(i, ((id, site), code))| {
            let cell = key("registration", id);
            cells.extend(variant.spoil(i, share(cell.clone(), 0.2 + 0.7 * some(i + 70))));
            Province { code: format!("TH-{code}"), site, cell }
        })
        .collect();
    TileMap {
        about: variant.about(
            [
                "Registration is highest where the model began",
                "การจดทะเบียนสูงที่สุดในที่ที่รูปแบบเริ่มต้น",
                "ပုံစံ စတင်ခဲ့သော နေရာတွင် အမြင့်ဆုံးဖြစ်သည်",
            ],
            [
                "Share of families registered, by province, 2021",
                "ร้อยละของครอบครัวที่จดทะเบียน รายจังหวัด ปี 2564",
                "ခရိုင်အလိုက် မှတ်ပုံတင်ပြီး မိသားစု ရာခိုင်နှုန်း၊ ၂၀၂၁",
            ],
        ),
        unit: Unit::Share,
        provinces,
    }
    .draw(&pass(cells, vec![]))
}

fn heat_map(variant: &Variant) -> Figure {
    let columns = if variant.size == 1 { 1 } else { 10 };
    let rows = if variant.sites == 12 { 12 } else { variant.size };
    let mut cells = Vec::new();
    let rows = (0..rows)
        .map(|i| {
            let keys: Vec<CellKey> = (0..columns)
                .map(|j| CellKey::total("complete", &format!("v{i}"), &format!("p{j}")))
                .collect();
            for (j, key) in keys.iter().enumerate() {
                cells.extend(variant.spoil(i * 3 + j + 1, share(key.clone(), 0.15 + 0.7 * some(i * 11 + j))));
            }
            (variant.label(i), keys)
        })
        .collect();
    let quarter = |i: usize| format!("Q{} ’{}", (i + 2) % 4 + 1, 19 + (i + 2) / 4);
    HeatMap {
        about: variant.about(
            [
                "Returns are complete in most villages since 2021",
                "หมู่บ้านส่วนใหญ่ส่งข้อมูลครบตั้งแต่ปี 2564",
                "၂၀၂၁ မှစ၍ ရွာအများစု၏ အစီရင်ခံစာများ ပြည့်စုံသည်",
            ],
            [
                "Share of expected returns, by village and quarter",
                "ร้อยละของรายงานที่คาดไว้ ตามหมู่บ้านและไตรมาส",
                "မျှော်မှန်းထားသော အစီရင်ခံစာ ရာခိုင်နှုန်း၊ ရွာနှင့် သုံးလပတ်အလိုက်",
            ],
        ),
        unit: Unit::Share,
        columns: (0..columns).map(quarter).collect(),
        rows,
    }
    .draw(&pass(cells, vec![]))
}

fn strips(variant: &Variant) -> Figure {
    let mut cells = Vec::new();
    let rows = variant
        .sites()
        .into_iter()
        .enumerate()
        .map(|(j, (id, site))| {
            let count = match (variant.size, j) {
                (1, _) => 1,
                (_, 0) if variant.long => 90,
                _ => 28,
            };
            let named: Vec<(String, CellKey)> = (0..count)
                .map(|i| {
                    (
                        format!("{} {}", site.name, i + 1),
                        CellKey::total("registration", &format!("{id}{i}"), "2021-Q4"),
                    )
                })
                .collect();
            for (i, (_, key)) in named.iter().enumerate() {
                let value = 0.25 + 0.5 * (some(i + j * 100) + some(i * 7 + j)) / 2.0 - 0.02 * j as f64;
                cells.extend(if i % 9 == 4 {
                    variant.spoil(2, share(key.clone(), value))
                } else {
                    Some(share(key.clone(), value))
                });
            }
            Strip { site, cells: named }
        })
        .collect();
    Strips {
        about: variant.about(
            [
                "Villages of one site differ more than the two sites do",
                "หมู่บ้านในพื้นที่เดียวกันต่างกันมากกว่าสองพื้นที่ต่างกัน",
                "နေရာတစ်ခုအတွင်းရှိ ရွာများသည် ပို၍ ကွာခြားသည်",
            ],
            [
                "Share of families registered, one dot a village, 2021",
                "ร้อยละของครอบครัวที่จดทะเบียน หนึ่งจุดคือหนึ่งหมู่บ้าน ปี 2564",
                "မှတ်ပုံတင်ပြီး မိသားစု ရာခိုင်နှုန်း၊ အမှတ်တစ်ခုသည် ရွာတစ်ရွာ၊ ၂၀၂၁",
            ],
        ),
        unit: Unit::Share,
        value_title: variant.say(["Share of families", "ร้อยละของครอบครัว", "မိသားစု ရာခိုင်နှုန်း"]),
        rows,
    }
    .draw(&pass(cells, vec![]))
}
