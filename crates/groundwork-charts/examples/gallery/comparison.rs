//! Charts that compare sites: dots, forest, dumbbell, slope, waterfall, bullet.

use crate::invented::{Variant, difference, key, pass, people, plain, share, some};
use groundwork_charts::{
    Bullet, BulletRow, DotInterval, DotRow, Dumbbell, DumbbellRow, Figure, Forest, ForestRow, NumberKey,
    Slope, SlopeLine, Waterfall, WaterfallEnd, WaterfallPart,
};
use groundwork_disclosure::CellKey;
use groundwork_plan::number::Unit;

/// Every chart of this file.
pub(crate) fn charts(variant: &Variant) -> Vec<(&'static str, Figure)> {
    vec![
        ("dot-interval", dots(variant)),
        ("forest", forest(variant)),
        ("dumbbell", dumbbell(variant)),
        ("slope", slope(variant)),
        ("waterfall", waterfall(variant)),
        ("bullet", bullet(variant)),
    ]
}

fn rows(variant: &Variant) -> usize {
    variant.size.min(5)
}

fn dots(variant: &Variant) -> Figure {
    let sites = variant.sites();
    let (mut cells, mut contrasts, mut rows_) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..rows(variant) {
        let indicator = format!("i{i}");
        let keys: Vec<CellKey> = sites.iter().map(|(id, _)| key(&indicator, id)).collect();
        for (j, key) in keys.iter().enumerate() {
            cells.extend(variant.spoil(i * 3 + j, share(key.clone(), 0.2 + 0.6 * some(i * 17 + j))));
        }
        let both = (keys[0].clone(), keys[1].clone());
        contrasts.push(difference(both.clone(), some(i * 17) * 0.6 - some(i * 17 + 1) * 0.6, 0.07));
        rows_.push(DotRow { label: variant.label(i), cells: keys, contrast: Some(both) });
    }
    DotInterval {
        about: variant.about(
            [
                "Chiang Rai is ahead in registration, Nan in self-sufficiency",
                "เชียงรายนำหน้าในการจดทะเบียน น่านนำหน้าในการพึ่งตนเอง",
                "မှတ်ပုံတင်ခြင်းတွင် ချင်းရိုင်က ရှေ့ရောက်နေသည်",
            ],
            [
                "Share of households, Chiang Rai and Nan, October–December 2021",
                "ร้อยละของครัวเรือน เชียงรายและน่าน ตุลาคม–ธันวาคม 2564",
                "အိမ်ထောင်စု ရာခိုင်နှုန်း၊ ချင်းရိုင်နှင့် နန်း၊ ၂၀၂၁ အောက်တိုဘာ–ဒီဇင်ဘာ",
            ],
        ),
        unit: Unit::Share,
        value_title: variant.say(["Share of households", "ร้อยละของครัวเรือน", "အိမ်ထောင်စု ရာခိုင်နှုန်း"]),
        difference_title: Some(variant.say(["Difference, points", "ผลต่าง (จุดร้อยละ)", "ကွာခြားချက် (မှတ်)"])),
        sites: sites.into_iter().map(|(_, site)| site).collect(),
        rows: rows_,
        by_difference: true,
        with_n: true,
    }
    .draw(&pass(cells, contrasts))
}

fn forest(variant: &Variant) -> Figure {
    let count = if variant.sites == 12 { 12 } else { variant.size };
    let names = Variant { sites: 12, gaps: false, name: "", ..*variant }.sites();
    let (mut cells, mut contrasts, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for (i, (id, site)) in names.into_iter().take(count).enumerate() {
        let keys = (key("after", id), key("before", id));
        cells.extend(variant.spoil(i, share(keys.0.clone(), 0.6)));
        cells.push(share(keys.1.clone(), 0.5));
        contrasts.push(difference(keys.clone(), 0.02 + 0.2 * some(i + 3), 0.04 + 0.09 * some(i + 40)));
        let number = NumberKey::from(keys);
        rows.push(ForestRow { label: site.name, role: site.role, number, weight: None });
    }
    let together = |id: &str, value: f64, half: f64| {
        plain(key(id, ""), Unit::Share, value, Some((value - half, value + half)))
    };
    cells.push(together("pooled", 0.12, 0.03));
    cells.push(together("prediction", 0.12, 0.11));
    Forest {
        about: variant.about(
            [
                "The model helps in most communities, and probably in a new one",
                "รูปแบบนี้ได้ผลในชุมชนส่วนใหญ่ และน่าจะได้ผลในชุมชนใหม่",
                "ဤပုံစံသည် အများစုသော ရပ်ရွာများတွင် အထောက်အကူပြုသည်",
            ],
            [
                "Change in completion, points, 2019 to 2021",
                "การเปลี่ยนแปลงของการทำครบ (จุดร้อยละ) 2562 ถึง 2564",
                "ပြီးစီးမှု ပြောင်းလဲချက် (မှတ်)၊ ၂၀၁၉ မှ ၂၀၂၁",
            ],
        ),
        unit: Unit::Share,
        value_title: variant.say(["Change, points", "การเปลี่ยนแปลง (จุดร้อยละ)", "ပြောင်းလဲချက် (မှတ်)"]),
        directions: Some((
            variant.say(["lower", "ลดลง", "နိမ့်"]),
            variant.say(["higher with the model", "สูงขึ้นเมื่อใช้รูปแบบ", "ပုံစံဖြင့် ပိုမြင့်"]),
        )),
        rows,
        pooled: Some(key("pooled", "").into()),
        prediction: Some(key("prediction", "").into()),
    }
    .draw(&pass(cells, contrasts))
}

fn dumbbell(variant: &Variant) -> Figure {
    let sites = variant.sites();
    let (mut cells, mut rows_) = (Vec::new(), Vec::new());
    for i in 0..variant.size.min(6) {
        let indicator = format!("i{i}");
        let keys = [key(&indicator, sites[0].0), key(&indicator, sites[1].0)];
        for (j, key) in keys.iter().enumerate() {
            cells.extend(variant.spoil(i * 2 + j, share(key.clone(), 0.15 + 0.8 * some(i * 5 + j + 90))));
        }
        rows_.push(DumbbellRow { label: variant.label(i), cells: keys });
    }
    Dumbbell {
        about: variant.about(
            [
                "The gap is widest in self-sufficiency",
                "ช่องว่างกว้างที่สุดในการพึ่งตนเอง",
                "မိမိဘာသာ ရပ်တည်နိုင်မှုတွင် ကွာဟချက် အကြီးဆုံးဖြစ်သည်",
            ],
            [
                "Share of households, by group, 2021",
                "ร้อยละของครัวเรือน ตามกลุ่ม ปี 2564",
                "အိမ်ထောင်စု ရာခိုင်နှုန်း၊ အုပ်စုအလိုက်၊ ၂၀၂၁",
            ],
        ),
        unit: Unit::Share,
        value_title: variant.say(["Share of households", "ร้อยละของครัวเรือน", "အိမ်ထောင်စု ရာခိုင်နှုန်း"]),
        sites: [sites[0].1.clone(), sites[1].1.clone()],
        rows: rows_,
    }
    .draw(&pass(cells, vec![]))
}

fn slope(variant: &Variant) -> Figure {
    let count = if variant.sites == 12 { 12 } else { variant.size.min(5) };
    let names = Variant { sites: 12, name: "", ..*variant }.sites();
    let (mut cells, mut lines) = (Vec::new(), Vec::new());
    for (i, (id, site)) in names.into_iter().take(count).enumerate() {
        let keys = vec![key("before", id), key("after", id)];
        for (j, key) in keys.iter().enumerate() {
            cells.extend(variant.spoil(i * 2 + j, share(key.clone(), 0.3 + 0.4 * some(i * 2 + j + 7))));
        }
        lines.push(SlopeLine { site, cells: keys, emphasised: i < 2 });
    }
    Slope {
        about: variant.about(
            [
                "Most communities are higher now than at the start",
                "ชุมชนส่วนใหญ่สูงขึ้นกว่าตอนเริ่มต้น",
                "ရပ်ရွာအများစုသည် အစထက် ယခု ပိုမြင့်သည်",
            ],
            [
                "Share of families registered, 2019 and 2021",
                "ร้อยละของครอบครัวที่จดทะเบียน ปี 2562 และ 2564",
                "မှတ်ပုံတင်ထားသော မိသားစု ရာခိုင်နှုန်း၊ ၂၀၁၉ နှင့် ၂၀၂၁",
            ],
        ),
        unit: Unit::Share,
        moments: vec![
            variant.say(["Baseline 2019", "ค่าเริ่มต้น 2562", "အခြေခံ ၂၀၁၉"]),
            variant.say(["End of 2021", "สิ้นปี 2564", "၂၀၂၁ နှစ်ကုန်"]),
        ],
        lines,
    }
    .draw(&pass(cells, vec![]))
}

fn waterfall(variant: &Variant) -> Figure {
    let sites = variant.sites();
    let end = |i: usize| WaterfallEnd { site: sites[i].1.clone(), cell: key("registration", sites[i].0) };
    let parts = [
        (["Stateless applicants", "ผู้สมัครไร้สัญชาติ", "နိုင်ငံမဲ့ လျှောက်ထားသူများ"], -0.05),
        (["Distance to the office", "ระยะทางถึงสำนักงาน", "ရုံးနှင့် အကွာအဝေး"], -0.11),
        (["Completion in the same groups", "การทำครบในกลุ่มเดียวกัน", "တူညီသော အုပ်စုများ၏ ပြီးစီးမှု"], 0.03),
    ];
    let mut cells =
        vec![share(key("registration", sites[0].0), 0.62), share(key("registration", sites[1].0), 0.48)];
    let mut drawn = Vec::new();
    for (i, (label, value)) in parts.into_iter().enumerate().take(variant.size) {
        let key = key(&format!("part{i}"), "");
        let part = plain(key.clone(), Unit::Share, value, Some((value - 0.03, value + 0.03)));
        cells.extend(variant.spoil(i + 3, part));
        drawn.push(WaterfallPart { label: variant.say(label), number: key.into() });
    }
    Waterfall {
        about: variant.about(
            [
                "Most of the gap comes from the distance to the office",
                "ช่องว่างส่วนใหญ่มาจากระยะทางถึงสำนักงาน",
                "ကွာဟချက် အများစုသည် ရုံးနှင့် အကွာအဝေးကြောင့်ဖြစ်သည်",
            ],
            [
                "Share of families registered, Chiang Rai and Nan, 2021",
                "ร้อยละของครอบครัวที่จดทะเบียน เชียงรายและน่าน ปี 2564",
                "မှတ်ပုံတင်ထားသော မိသားစု ရာခိုင်နှုန်း၊ ချင်းရိုင်နှင့် နန်း၊ ၂၀၂၁",
            ],
        ),
        unit: Unit::Share,
        value_title: variant.say(["Share of families", "ร้อยละของครอบครัว", "မိသားစု ရာခိုင်နှုန်း"]),
        start: end(0),
        parts: drawn,
        end: end(1),
    }
    .draw(&pass(cells, vec![]))
}

fn bullet(variant: &Variant) -> Figure {
    let sites = variant.sites();
    let (mut cells, mut rows_) = (Vec::new(), Vec::new());
    for i in 0..rows(variant) {
        let (id, site) = &sites[i % sites.len()];
        let key = key(&format!("i{i}"), id);
        cells.extend(variant.spoil(i + 1, people(key.clone(), 300.0 + (900.0 * some(i + 11)).round())));
        rows_.push(BulletRow {
            label: variant.label(i),
            site: site.clone(),
            cell: key,
            target: Some(1000.0 + 50.0 * i as f64),
            expected: Some(700.0),
        });
    }
    Bullet {
        about: variant.about(
            [
                "Chiang Rai is on the way to its targets, Nan is not yet",
                "เชียงรายเดินหน้าสู่เป้าหมาย น่านยังไม่ถึง",
                "ချင်းရိုင်သည် ပစ်မှတ်သို့ ဦးတည်နေသည်",
            ],
            ["People reached, 2021", "จำนวนคนที่เข้าถึง ปี 2564", "ရောက်ရှိခဲ့သော လူဦးရေ၊ ၂၀၂၁"],
        ),
        unit: Unit::Count,
        value_title: variant.say(["People", "คน", "လူဦးရေ"]),
        target_word: variant.say(["Target", "เป้าหมาย", "ပစ်မှတ်"]),
        rows: rows_,
    }
    .draw(&pass(cells, vec![]))
}
