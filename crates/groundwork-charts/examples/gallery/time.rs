//! Charts of time: trend, completion, event study, sparklines.

use crate::invented::{Variant, key, pass, people, plain, share, some};
use groundwork_charts::{
    Band, Completion, CompletionLine, EventPeriod, EventStudy, Figure, Moment, RiskColumn, Sparkline,
    Sparklines, Trend, TrendLine, TrendPanel,
};
use groundwork_disclosure::CellKey;
use groundwork_plan::number::Unit;
use groundwork_plan::period::Period;

/// Every chart of this file.
pub(crate) fn charts(variant: &Variant) -> Vec<(&'static str, Figure)> {
    let mut all = vec![
        ("trend", trend(variant)),
        ("completion", completion(variant)),
        ("event-study", event_study(variant)),
    ];
    all.extend(["sparkline-1", "sparkline-2"].into_iter().zip(sparklines(variant)));
    all
}

fn periods(count: usize) -> Vec<Period> {
    std::iter::successors(Period::parse("2019-Q3"), |p| Some(p.next())).take(count).collect()
}

fn trend(variant: &Variant) -> Figure {
    let sites = variant.sites();
    let periods = periods(if variant.size == 1 { 1 } else { 10 });
    let mut cells = Vec::new();
    let mut panel =
        |title: String, indicator: &str, sites: &[(&'static str, groundwork_charts::ChartSite)]| {
            let line = |(id, site): &(&str, groundwork_charts::ChartSite)| TrendLine {
                site: site.clone(),
                cells: periods.iter().map(|p| CellKey::total(indicator, id, &p.id())).collect(),
            };
            let lines: Vec<TrendLine> = sites.iter().map(line).collect();
            for (j, line) in lines.iter().enumerate() {
                for (i, key) in line.cells.iter().enumerate() {
                    let value = 0.3 + 0.03 * i as f64 + 0.15 * some(i + j * 31) - 0.08 * j as f64;
                    cells.extend(variant.spoil(i + j * 2 + 1, share(key.clone(), value.clamp(0.02, 0.98))));
                }
            }
            TrendPanel { title, unit: Unit::Share, lines }
        };
    // A line of each site in a panel, or a panel of each site.
    let panels = if sites.len() > 4 {
        sites
            .iter()
            .map(|site| panel(site.1.name.clone(), "registration", std::slice::from_ref(site)))
            .collect()
    } else {
        vec![panel(variant.label(0), "i0", &sites), panel(variant.label(1), "i1", &sites)]
    };
    Trend {
        about: variant.about(
            [
                "Registration fell with the restrictions and is higher now than before",
                "การจดทะเบียนลดลงในช่วงมาตรการ และตอนนี้สูงกว่าเดิม",
                "ကန့်သတ်ချက်များကြောင့် ကျဆင်းခဲ့ပြီး ယခု ပိုမြင့်လာသည်",
            ],
            [
                "Share of families, by quarter, 2019 to 2021",
                "ร้อยละของครอบครัว รายไตรมาส 2562 ถึง 2564",
                "မိသားစု ရာခိုင်နှုန်း၊ သုံးလပတ်အလိုက်၊ ၂၀၁၉ မှ ၂၀၂၁",
            ],
        ),
        labels: vec![],
        periods,
        panels,
        band: Some(Band {
            label: variant.say([
                "COVID-19 restrictions, 26 Mar 2020 – 30 Sep 2021",
                "มาตรการโควิด-19 26 มี.ค. 2563 – 30 ก.ย. 2564",
                "ကိုဗစ်-၁၉ ကန့်သတ်ချက်များ",
            ]),
            from: Period::parse("2020-04").expect("a month"),
            to: Period::parse("2021-09").expect("a month"),
        }),
        marks: vec![
            Moment {
                label: variant.say([
                    "Village meetings replaced by LINE groups",
                    "เปลี่ยนจากประชุมหมู่บ้านเป็นกลุ่มไลน์",
                    "ရွာအစည်းအဝေးများကို LINE အဖွဲ့များဖြင့် အစားထိုးသည်",
                ]),
                at: Period::parse("2020-07").expect("a month"),
            },
            Moment {
                label: variant.say([
                    "Registration counts the household book as well (break in the definition)",
                    "นับทะเบียนบ้านด้วย (นิยามเปลี่ยน)",
                    "အိမ်ထောင်စုစာရင်းကိုပါ ထည့်တွက်သည် (အဓိပ္ပာယ်ဖွင့်ဆိုချက် ပြောင်းလဲ)",
                ]),
                at: Period::parse("2021-01").expect("a month"),
            },
        ],
    }
    .draw(&pass(cells, vec![]))
}

fn completion(variant: &Variant) -> Figure {
    let sites: Vec<_> = variant.sites().into_iter().take(3).collect();
    let mut cells = Vec::new();
    let mut lines = Vec::new();
    for (j, (id, site)) in sites.into_iter().enumerate() {
        let last = if variant.size == 1 { 1 } else { 18 };
        let at = |name: &str, i: usize| key(&format!("{name}{i}"), id);
        let mut shares = Vec::new();
        let mut done = 0.0;
        for i in 1..=last {
            done += (1.0 - done) * (0.05 + 0.07 * some(i * 3 + j)) * if j == 1 { 0.7 } else { 1.0 };
            let spoilt = i == 7 && j == 1;
            cells.extend(variant.spoil(if spoilt { 2 } else { 0 }, share(at("share", i), done)));
            shares.push((i as f64, at("share", i).into()));
        }
        let mut risks = Vec::new();
        for i in (0..=last).step_by(3) {
            let left = (260.0 * (1.0 - 0.053 * i as f64)).round();
            cells.push(people(at("risk", i), left));
            let gone = (i as f64 * 4.0).round();
            cells.extend(variant.spoil(
                if i == 3 { 2 } else { 0 },
                people(at("gone", i), if i == 3 && variant.gaps { 2.0 } else { gone }),
            ));
            cells.push(people(at("done", i), 260.0 - left - gone.min(260.0 - left)));
            risks.push(RiskColumn {
                time: i as f64,
                at_risk: at("risk", i).into(),
                censored: at("gone", i).into(),
                completed: at("done", i).into(),
            });
        }
        let months = Unit::Amount(variant.say(["months", "เดือน", "လ"]));
        cells.push(plain(
            at("median", 0),
            months,
            8.0 + 4.0 * j as f64,
            Some((7.0 + 4.0 * j as f64, 10.0 + 4.0 * j as f64)),
        ));
        lines.push(CompletionLine { site, shares, risks, median: Some(at("median", 0).into()) });
    }
    Completion {
        about: variant.about(
            [
                "Half of the families in Chiang Rai are registered within eight months",
                "ครอบครัวครึ่งหนึ่งในเชียงรายจดทะเบียนภายในแปดเดือน",
                "ချင်းရိုင်ရှိ မိသားစု တစ်ဝက်သည် ရှစ်လအတွင်း မှတ်ပုံတင်ပြီးသည်",
            ],
            [
                "Share of families registered, by months since they were found, cohorts 2019–2021",
                "ร้อยละของครอบครัวที่จดทะเบียน ตามจำนวนเดือนนับจากวันที่พบ รุ่นปี 2562–2564",
                "တွေ့ရှိပြီးနောက် လအလိုက် မှတ်ပုံတင်ပြီးသော မိသားစု ရာခိုင်နှုန်း",
            ],
        ),
        value_title: variant.say(["Registered, cumulative", "จดทะเบียนแล้ว สะสม", "မှတ်ပုံတင်ပြီး (စုစုပေါင်း)"]),
        time_unit: variant.say(["months", "เดือน", "လ"]),
        lines,
    }
    .draw(&pass(cells, vec![]))
}

fn event_study(variant: &Variant) -> Figure {
    let times: Vec<i32> = if variant.size == 1 { vec![-1, 0] } else { (-4..=5).collect() };
    let (mut cells, mut periods) = (Vec::new(), Vec::new());
    for (i, time) in times.iter().enumerate() {
        let value = if *time < 0 { 0.02 * some(i) - 0.01 } else { 0.03 * f64::from(*time + 1) };
        let effect = (*time != -1).then(|| key(&format!("effect{time}"), ""));
        let band = effect.as_ref().map(|_| key(&format!("band{time}"), ""));
        if let (Some(effect), Some(band)) = (&effect, &band) {
            let cell = plain(effect.clone(), Unit::Share, value, Some((value - 0.04, value + 0.04)));
            let spoilt = *time == 3;
            cells.extend(variant.spoil(if spoilt { 6 } else { 0 }, cell));
            cells.push(plain(band.clone(), Unit::Share, value, Some((value - 0.065, value + 0.065))));
        }
        periods.push(EventPeriod { time: *time, effect: effect.map(Into::into), band: band.map(Into::into) });
    }
    EventStudy {
        about: variant.about(
            [
                "Attendance rises after the model is adopted, and did not before",
                "การเข้าร่วมเพิ่มขึ้นหลังใช้รูปแบบ และไม่ได้เพิ่มก่อนหน้านั้น",
                "ပုံစံကို အသုံးပြုပြီးနောက် တက်ရောက်မှု တိုးလာသည်",
            ],
            [
                "Effect on attendance, points, by quarters since adoption, 24 villages",
                "ผลต่อการเข้าร่วม (จุดร้อยละ) ตามไตรมาสนับจากเริ่มใช้ 24 หมู่บ้าน",
                "တက်ရောက်မှုအပေါ် အကျိုးသက်ရောက်မှု (မှတ်)၊ ရွာ ၂၄ ရွာ",
            ],
        ),
        unit: Unit::Share,
        value_title: variant.say([
            "Effect, points (mean before: 48%)",
            "ผล (จุดร้อยละ) ค่าเฉลี่ยก่อนหน้า 48%",
            "အကျိုးသက်ရောက်မှု (မှတ်)",
        ]),
        time_title: variant.say(["Quarters since adoption", "ไตรมาสนับจากเริ่มใช้", "အသုံးပြုပြီးနောက် သုံးလပတ်"]),
        event: variant.say(["Model adopted", "เริ่มใช้รูปแบบ", "ပုံစံ စတင်အသုံးပြု"]),
        periods,
        binned: (variant.size > 1, variant.size > 1),
    }
    .draw(&pass(cells, vec![]))
}

fn sparklines(variant: &Variant) -> Vec<Figure> {
    let periods = periods(variant.size);
    let mut cells = Vec::new();
    let lines = variant
        .sites()
        .into_iter()
        .take(2)
        .enumerate()
        .map(|(j, (id, site))| {
            let keys: Vec<CellKey> =
                periods.iter().map(|p| CellKey::total("registration", id, &p.id())).collect();
            for (i, key) in keys.iter().enumerate() {
                let value = 0.25 + 0.04 * i as f64 + 0.2 * some(i * 2 + j);
                cells.extend(variant.spoil(i + j, share(key.clone(), value)));
            }
            Sparkline { label: site.name.clone(), site, cells: keys }
        })
        .collect();
    Sparklines {
        about: variant.about(
            ["The last eight quarters of both sites", "แปดไตรมาสล่าสุดของสองพื้นที่", "နောက်ဆုံး သုံးလပတ် ရှစ်ခု"],
            ["Share of families registered", "ร้อยละของครอบครัวที่จดทะเบียน", "မှတ်ပုံတင်ပြီး မိသားစု ရာခိုင်နှုန်း"],
        ),
        unit: Unit::Share,
        cell_width_pt: 90.0,
        with_value: true,
        periods: periods.iter().map(|p| groundwork_charts::period_label(*p, variant.language)).collect(),
        lines,
    }
    .draw(&pass(cells, vec![]))
}
