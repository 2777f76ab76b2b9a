//! Charts of people: cascade, steps, answers, channels.

use crate::invented::{Variant, key, pass, people, plain, share, some};
use groundwork_charts::{Cascade, Combination, Figure, Generation, Likert, LikertRow, Overlap, Step, Steps};
use groundwork_disclosure::{Cell, Counts, Finding};
use groundwork_plan::number::Unit;

/// Every chart of this file.
pub(crate) fn charts(variant: &Variant) -> Vec<(&'static str, Figure)> {
    vec![
        ("cascade", cascade(variant)),
        ("steps", steps(variant)),
        ("likert", likert(variant)),
        ("overlap", overlap(variant)),
    ]
}

fn cascade(variant: &Variant) -> Figure {
    let (id, site) = variant.sites().remove(0);
    let names = [
        ["Staff", "เจ้าหน้าที่", "ဝန်ထမ်း"],
        ["Trained by staff", "อบรมโดยเจ้าหน้าที่", "ဝန်ထမ်းများက သင်တန်းပေးသူ"],
        ["Trained by volunteers", "อบรมโดยอาสาสมัคร", "စေတနာ့ဝန်ထမ်းများက သင်တန်းပေးသူ"],
        ["Trained by their trainees", "อบรมโดยผู้ผ่านการอบรม", "သင်တန်းသားများက သင်တန်းပေးသူ"],
    ];
    let (mut cells, mut generations) = (Vec::new(), Vec::new());
    for (i, name) in names.into_iter().enumerate().take(variant.size) {
        let (count, ratio) = (key(&format!("g{i}"), id), key(&format!("m{i}"), id));
        let number = [18.0, 64.0, 151.0, 240.0][i];
        cells.push(if variant.gaps && i == 2 {
            people(count.clone(), 3.0)
        } else {
            people(count.clone(), number)
        });
        let times = [1.0, 3.6, 2.4, 1.6][i];
        cells.extend(
            variant.spoil(i + 1, plain(ratio.clone(), Unit::Ratio, times, Some((times - 0.5, times + 0.7)))),
        );
        let multiplier = (i > 0).then_some(ratio);
        generations.push(Generation { label: variant.say(name), people: count, multiplier });
    }
    Cascade {
        about: variant.about(
            [
                "Each trained volunteer trains more than two others",
                "อาสาสมัครหนึ่งคนอบรมต่อมากกว่าสองคน",
                "စေတနာ့ဝန်ထမ်း တစ်ဦးသည် နှစ်ဦးထက်ပို၍ သင်တန်းပေးသည်",
            ],
            [
                "People trained, Chiang Rai, 2019–2021",
                "จำนวนผู้ผ่านการอบรม เชียงราย 2562–2564",
                "သင်တန်းတက်ပြီးသူ၊ ချင်းရိုင်၊ ၂၀၁၉–၂၀၂၁",
            ],
        ),
        value_title: variant.say(["People trained", "ผู้ผ่านการอบรม", "သင်တန်းတက်ပြီးသူ"]),
        site,
        generations,
    }
    .draw(&pass(cells, vec![]))
}

fn steps(variant: &Variant) -> Figure {
    let (id, site) = variant.sites().remove(usize::from(variant.long));
    let names = [
        ["Identified", "พบตัว", "တွေ့ရှိ"],
        ["Papers collected", "รวบรวมเอกสาร", "စာရွက်စာတမ်း စုဆောင်း"],
        ["Application filed", "ยื่นคำร้อง", "လျှောက်လွှာတင်"],
        ["Interviewed at the district office", "สัมภาษณ์ที่อำเภอ", "ခရိုင်ရုံးတွင် တွေ့ဆုံ"],
        ["Identity card received", "ได้รับบัตร", "မှတ်ပုံတင် ရရှိ"],
    ];
    let (mut cells, mut steps) = (Vec::new(), Vec::new());
    for (i, name) in names.into_iter().enumerate().take(variant.size) {
        let cell = key(&format!("s{i}"), id);
        let number = [412.0, 388.0, 301.0, 274.0, 255.0][i];
        cells.extend(if variant.gaps && i == 2 {
            Some(people(cell.clone(), 2.0))
        } else {
            Some(people(cell.clone(), number))
        });
        steps.push(Step { label: variant.say(name), number: cell.into() });
    }
    Steps {
        about: variant.about(
            [
                "Most families that drop out do so before they file",
                "ครอบครัวส่วนใหญ่ที่หลุดออก หลุดก่อนยื่นคำร้อง",
                "အများစုသည် လျှောက်လွှာမတင်မီ ရပ်တန့်သည်",
            ],
            ["Children, cohort of 2021", "เด็ก รุ่นปี 2564", "ကလေးများ၊ ၂၀၂၁ အုပ်စု"],
        ),
        value_title: variant.say(["Children", "เด็ก", "ကလေး"]),
        site,
        steps,
    }
    .draw(&pass(cells, vec![]))
}

fn likert(variant: &Variant) -> Figure {
    let answers = [
        ["Disagree strongly", "ไม่เห็นด้วยอย่างยิ่ง", "လုံးဝ သဘောမတူ"],
        ["Disagree", "ไม่เห็นด้วย", "သဘောမတူ"],
        ["Neither", "เฉย ๆ", "ကြားနေ"],
        ["Agree", "เห็นด้วย", "သဘောတူ"],
        ["Agree strongly", "เห็นด้วยอย่างยิ่ง", "လုံးဝ သဘောတူ"],
    ];
    let (mut cells, mut rows) = (Vec::new(), Vec::new());
    for i in 0..variant.size.min(5) {
        let weights: Vec<f64> =
            (0..5).map(|j| 0.12 + some(i * 5 + j + 60) * if j > 2 { 1.3 } else { 0.7 }).collect();
        let sum: f64 = weights.iter().sum();
        let keys: Vec<_> = (0..5).map(|j| key(&format!("q{i}a{j}"), "")).collect();
        for (j, (key, weight)) in keys.iter().zip(&weights).enumerate() {
            let cell = share(key.clone(), weight / sum);
            cells.extend(if variant.gaps && i == 1 && j == 3 { variant.spoil(2, cell) } else { Some(cell) });
        }
        rows.push(LikertRow { label: variant.label(i), cells: keys });
    }
    Likert {
        about: variant.about(
            [
                "Most parents agree that the programme keeps children safe",
                "ผู้ปกครองส่วนใหญ่เห็นด้วยว่าโครงการช่วยให้เด็กปลอดภัย",
                "မိဘအများစုက ကလေးများ ဘေးကင်းသည်ဟု သဘောတူသည်",
            ],
            [
                "Share of parents, December 2021, n = 400",
                "ร้อยละของผู้ปกครอง ธันวาคม 2564 n = 400",
                "မိဘ ရာခိုင်နှုန်း၊ ၂၀၂၁ ဒီဇင်ဘာ၊ n = 400",
            ],
        ),
        value_title: variant.say(["Share of parents", "ร้อยละของผู้ปกครอง", "မိဘ ရာခိုင်နှုန်း"]),
        answers: answers.into_iter().map(|answer| variant.say(answer)).collect(),
        neutral: Some(2),
        rows,
    }
    .draw(&pass(cells, vec![]))
}

fn overlap(variant: &Variant) -> Figure {
    let names = [
        ["Village meeting", "ประชุมหมู่บ้าน", "ရွာအစည်းအဝေး"],
        ["LINE group", "กลุ่มไลน์", "LINE အဖွဲ့"],
        ["Radio", "วิทยุ", "ရေဒီယို"],
        ["School", "โรงเรียน", "ကျောင်း"],
    ];
    let sets: [&[usize]; 8] = [&[0], &[1], &[0, 1], &[2], &[0, 2], &[0, 1, 3], &[3], &[1, 2]];
    let (mut cells, mut channels, mut combinations) = (Vec::new(), Vec::new(), Vec::new());
    for (i, name) in names.into_iter().enumerate() {
        let key = key(&format!("channel{i}"), "");
        cells.push(people(key.clone(), [1204.0, 830.0, 410.0, 260.0][i]));
        channels.push((variant.say(name), key));
    }
    for (i, set) in sets.into_iter().enumerate().take(variant.size) {
        let key = key(&format!("set{i}"), "");
        let number = [610.0, 402.0, 371.0, 280.0, 96.0, 77.0, 120.0, 41.0][i];
        let cell = people(key.clone(), number);
        let bounded = Cell {
            finding: Finding::Bounds { lower: 60.0, upper: 180.0 },
            counts: Counts::Total,
            ..cell.clone()
        };
        cells.push(match (variant.gaps, i) {
            (true, 7) => people(key.clone(), 3.0),
            (true, 4) => bounded,
            _ => cell,
        });
        combinations.push(Combination { channels: set.to_vec(), cell: key });
    }
    let union = key("union", "");
    let known = people(union.clone(), 1997.0);
    cells.push(match variant.gaps {
        true => Cell { finding: Finding::Bounds { lower: 1204.0, upper: 2214.0 }, ..known },
        false => known,
    });
    Overlap {
        about: variant.about(
            [
                "A third of the people were reached by more than one channel",
                "หนึ่งในสามของคนได้รับข้อมูลจากมากกว่าหนึ่งช่องทาง",
                "သုံးပုံတစ်ပုံသည် လမ်းကြောင်းတစ်ခုထက်ပို၍ ရရှိခဲ့သည်",
            ],
            [
                "People reached, by channel, 2021",
                "จำนวนคนที่เข้าถึง ตามช่องทาง ปี 2564",
                "ရောက်ရှိခဲ့သော လူဦးရေ၊ လမ်းကြောင်းအလိုက်၊ ၂၀၂၁",
            ],
        ),
        value_title: variant.say([
            "People by the channels that reached them",
            "จำนวนคนตามช่องทางที่เข้าถึง",
            "လမ်းကြောင်းအလိုက် လူဦးရေ",
        ]),
        channels,
        combinations,
        union: Some(union),
    }
    .draw(&pass(cells, vec![]))
}
