//! What holds for every report: valid, complete, the same each time, silent about withheld
//! numbers, and never a panic.

use crate::document::Document;
use crate::input::Direction;
use crate::sample::{Sample, both, contrast, figure, indicator, packed, policy, sample, share, site};
use crate::{ComparisonInfo, Input, Manuscript, Templates, attach, attached};
use groundwork_disclosure::{Cell, CellKey, Finding, release};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::number::Unit;
use groundwork_plan::text::{Language, Localised};
use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};
use std::io::Write;
use std::process::{Command, Stdio};

/// The whole way: put together, set, with the files in it.
fn compose(input: &Input<'_>, templates: &Templates) -> Result<Vec<u8>, Vec<Diagnostic>> {
    attach(Manuscript::new(input, templates)?.pages()?, input.attachments)
}

fn composed(input: &Input<'_>) -> Vec<u8> {
    compose(input, &Templates::built_in()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn document(input: &Input<'_>) -> Document {
    Manuscript::new(input, &Templates::built_in()).unwrap().document().clone()
}

fn assert_valid(pdf: &[u8]) {
    for profile in [ValidationProfile::PdfUa1, ValidationProfile::PdfA3a] {
        let options = ValidationOptions::default().profile(profile);
        let report = validate_pdf_bytes(pdf, &options).unwrap();
        assert!(report.is_compliant, "{profile:?}: {:?}", report.failures);
    }
}

/// The text of a PDF without blanks, or nothing where `pdftotext` is not installed.
fn text(pdf: &[u8]) -> Option<String> {
    let child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("pdftotext is not installed: the text of the PDF was not looked at");
        return None;
    };
    child.stdin.take().unwrap().write_all(pdf).unwrap();
    let output = child.wait_with_output().unwrap();
    Some(squeezed(&String::from_utf8_lossy(&output.stdout)))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_language_gives_a_valid_file_and_the_same_bytes_each_time() {
    let sample = sample();
    assert_eq!(Templates::built_in().names(), {
        let mut known = groundwork_plan::report::TEMPLATES.to_vec();
        known.sort_unstable();
        known
    });
    for template in groundwork_plan::report::TEMPLATES {
        for language in Language::ALL {
            let input = Input { template, ..sample.input(language) };
            let pdf = composed(&input);
            assert_valid(&pdf);
            assert_eq!(pdf, composed(&input), "{template}, {language}");
        }
    }
}

#[test]
fn other_files_inside_move_no_byte_of_the_pages() {
    let mut sample = sample();
    let templates = Templates::built_in();
    let manuscript = |sample: &Sample| {
        let input = sample.input(Language::En);
        let manuscript = Manuscript::new(&input, &templates).unwrap();
        (manuscript.id().to_owned(), manuscript.content(), manuscript.pages().unwrap())
    };
    let (id, content, pages) = manuscript(&sample);
    for bytes in [b"indicator,site\n".repeat(2000), b"\r".to_vec(), Vec::new()] {
        for attachment in &mut sample.attachments {
            attachment.content = packed(&bytes);
        }
        assert_eq!(manuscript(&sample), (id.clone(), content.clone(), pages.clone()));
        let whole = attach(pages.clone(), &sample.attachments).unwrap();
        assert!(whole.starts_with(&pages));
        assert_valid(&whole);
        let inside = ["manifest.json", "indicators.csv"].map(|name| (name.to_owned(), bytes.clone()));
        let mut found = attached(&whole);
        found.sort();
        found.reverse();
        assert_eq!(found, inside);
    }
    sample.figures[0].caption.push('.');
    let (other_id, other_content, other_pages) = manuscript(&sample);
    assert!(id != other_id && content != other_content && pages != other_pages);
}

#[test]
fn the_text_says_everything() {
    let sample = sample();
    for language in [Language::En, Language::Th] {
        let input = Input { template: "lessons-learned", ..sample.input(language) };
        let Some(text) = text(&composed(&input)) else {
            return;
        };
        let document = document(&input);
        let mut expected = vec![
            document.title.clone(),
            document.programme.clone(),
            document.provenance.verify.clone(),
            document.provenance.report_id.clone(),
            document.invented.clone().unwrap(),
            "··".into(),
            "9c56cc51b374".into(),
        ];
        for row in &document.evidence {
            expected.push(row.indicator.clone());
            let numbers = [&row.numerator, &row.denominator, &row.value, &row.lower, &row.upper];
            expected.extend(numbers.into_iter().flatten().cloned());
        }
        for figure in &document.figures {
            // Burmese comes out of pdftotext with some syllables twice.
            let burmese = |t: &str| t.chars().any(|c| ('\u{1000}'..='\u{109f}').contains(&c));
            let labels = figure.labels.iter().map(|l| l.text.clone());
            expected.extend(labels.filter(|t| !burmese(t)));
        }
        for source in &document.quality {
            expected.push(source.title.clone());
            expected.push(source.rows_kept.text.clone());
        }
        for string in expected {
            // A long text may be broken over the lines of a table; its first words are not.
            let start: String = squeezed(&string).chars().take(24).collect();
            assert!(text.contains(&start), "{language}: {string}");
        }
    }
}

#[test]
fn a_withheld_number_is_nowhere() {
    let sample = sample();
    for language in [Language::En, Language::Th] {
        let input = sample.input(language);
        let json = serde_json::to_string(&document(&input)).unwrap();
        let text = text(&composed(&input)).unwrap_or_default();
        for secret in ["7919", "7,919", "551", "0.000379", "0.059891"] {
            assert!(!json.contains(secret), "{secret}");
            assert!(!text.contains(secret), "{secret}");
        }
    }
    let document = document(&sample.input(Language::En));
    let row = document.indicators.last().unwrap();
    assert_eq!(row.cells.get(1).unwrap().status, "withheld");
    assert_eq!(row.all.status, "published", "the sites hide each other, not their total");
}

#[test]
fn the_finding_is_a_sentence() {
    let sample = sample();
    let en = document(&sample.input(Language::En));
    assert_eq!(en.title, "Civil registration completed within a year: Nan stands 14 points below Chiang Rai");
    assert_eq!(
        en.summary.lead,
        "Civil registration completed within a year: Nan stands at 48% (43–54) and Chiang Rai \
         at 62% (57–66), a difference of −14 points (−21 to −6)."
    );
    let headline = en.headlines.first().unwrap();
    assert_eq!(
        headline.sentence,
        "Chiang Rai stands at 62% and Nan at 48%. The target is 55%. The quarter before it was 52%."
    );
    let th = document(&sample.input(Language::Th));
    assert_eq!(th.title, "การจดทะเบียนราษฎรเสร็จสมบูรณ์ภายในหนึ่งปี: น่านต่ำกว่าเชียงราย 14 จุดร้อยละ");
    assert_eq!(th.period.text, "ตุลาคม–ธันวาคม 2564");
    let my = document(&sample.input(Language::My));
    assert!(my.title.contains("၁၄"), "{}", my.title);
    assert_eq!(my.period.text, "၂၀၂၁ ခုနှစ် အောက်တိုဘာ–ဒီဇင်ဘာ");
}

#[test]
fn without_a_clear_difference_the_title_counts_the_targets() {
    let mut sample = sample();
    sample.comparisons.clear();
    let counted = document(&sample.input(Language::En));
    assert!(counted.title.starts_with("Of 4 indicators with a target, "), "{}", counted.title);
    for indicator in &mut sample.indicators {
        indicator.target = None;
    }
    let document = document(&sample.input(Language::En));
    assert_eq!(document.title, "Civil registration completed within a year: all sites together stand at 56%");
}

/// Reports that lack something, or have too much of it.
fn odd_samples() -> Vec<(&'static str, Sample)> {
    let empty = Sample {
        sites: Vec::new(),
        indicators: Vec::new(),
        comparisons: Vec::new(),
        released: release(Vec::new(), Vec::new(), &policy()),
        quality: Vec::new(),
        people: Vec::new(),
        figures: Vec::new(),
        limits: Vec::new(),
        attachments: Vec::new(),
        programme: Localised::default(),
        ..sample()
    };
    let totals = vec![share("registered", "", 384.0, 680.0)];
    let one_place = Sample {
        sites: Vec::new(),
        comparisons: Vec::new(),
        released: release(totals, Vec::new(), &policy()),
        ..sample()
    };
    let small = ["chiang_rai", "nan", ""].map(|s| share("registered", s, 2.0, 4.0));
    let withheld = Sample {
        released: release(
            small.into(),
            vec![contrast("registered", Unit::Share, 0.2, (0.1, 0.3))],
            &policy(),
        ),
        ..sample()
    };
    let long = "Families in the upland villages of the border districts that completed every step \
                of civil registration within twelve months of enrolment in the programme"
        .to_owned();
    let mut many = sample();
    many.sites = (0..9).map(|i| site(&format!("site_{i}"), &format!("Site {i}"), "พื้นที่", None)).collect();
    many.released = release(
        (0..9)
            .flat_map(|i| {
                let site = format!("site_{i}");
                [
                    share("registered", &site, 40.0 + f64::from(i), 97.0),
                    share("a_name_that_is_much_longer_than_any_column_of_a_table", &site, 40.0, 97.0),
                ]
            })
            .collect(),
        Vec::new(),
        &policy(),
    );
    let mut wordy = sample();
    for indicator in &mut wordy.indicators {
        indicator.title = Localised::same(format!("{long} ({})", indicator.id));
    }
    wordy.programme = Localised::same(long.repeat(2));
    let mut broken = sample();
    let undefined = |site: &str, finding| Cell { finding, ..share("registered", site, 0.0, 0.0) };
    broken.released = release(
        vec![
            undefined("chiang_rai", Finding::Undefined("zero_denominator")),
            undefined("nan", Finding::Refused("a_reason_without_words")),
            undefined(
                "",
                Finding::Value { value: f64::NAN, interval: Some((f64::NAN, f64::INFINITY, 0.95)) },
            ),
        ],
        vec![contrast("registered", Unit::Share, f64::NAN, (f64::NAN, f64::NAN))],
        &policy(),
    );
    broken.programme = Localised::same("A name\u{0}with\ncontrol\u{7f} letters #strong[and] *signs*");
    vec![
        ("empty", empty),
        ("one place", one_place),
        ("withheld", withheld),
        ("many sites", many),
        ("long titles", wordy),
        ("broken numbers", broken),
    ]
}

#[test]
fn odd_reports_compile_as_well() {
    for (name, sample) in odd_samples() {
        for language in Language::ALL {
            let input = sample.input(language);
            for template in groundwork_plan::report::TEMPLATES {
                let pdf = compose(&Input { template, ..input }, &Templates::built_in())
                    .unwrap_or_else(|problems| panic!("{name}, {template}, {language}: {problems:#?}"));
                assert_valid(&pdf);
            }
        }
    }
    let (_, withheld) = odd_samples().into_iter().find(|(name, _)| *name == "withheld").unwrap();
    let document = document(&withheld.input(Language::En));
    assert_eq!(document.title, "Every figure for October–December 2021 is withheld to protect people");
}

#[test]
fn an_amount_a_ratio_and_a_group_have_their_words() {
    let mut sample = sample();
    let amount = Unit::Amount("THB".into());
    sample.indicators = vec![crate::IndicatorInfo {
        direction: Direction::Decrease,
        ..indicator("debt", both("Household debt", "หนี้ครัวเรือน"), amount.clone(), Some(9000.0))
    }];
    let cell = |site: &str, value: f64| Cell {
        unit: amount.clone(),
        counts: groundwork_disclosure::Counts::Amount,
        finding: Finding::Value { value, interval: Some((value * 0.9, value * 1.1, 0.95)) },
        ..share("debt", site, value * 50.0, 50.0)
    };
    let women = |site: &str| CellKey {
        dimension: "sex".into(),
        category: "women".into(),
        ..CellKey::total("debt", site, "2021-Q4")
    };
    let mut ratio = contrast("debt", amount.clone(), 1.4, (1.1, 1.8));
    ratio.summary = "ratio";
    ratio.cell = women("nan");
    sample.comparisons = vec![ComparisonInfo {
        evaluation: "sites".into(),
        question: Localised::default(),
        cell: women("nan"),
        reference: CellKey::total("debt", "chiang_rai", "2021-Q4"),
    }];
    let cells = vec![
        cell("chiang_rai", 8000.0),
        Cell { key: women("nan"), ..cell("nan", 11_200.0) },
        cell("", 9500.0),
    ];
    sample.released = release(cells, vec![ratio], &policy());
    let document = document(&sample.input(Language::En));
    assert_eq!(document.title, "Household debt: Nan, Women reaches 1.40 times the value of Chiang Rai");
    let row = document.indicators.first().unwrap();
    assert_eq!(row.standing.id, "probably_behind");
    assert_eq!(row.all.value.as_ref().unwrap().text, "9,500 THB");
    assert_eq!(row.cells.get(1).unwrap().status, "absent");
    assert_valid(&composed(&sample.input(Language::Th)));
}

fn problems(result: Result<Vec<u8>, Vec<Diagnostic>>) -> Vec<(&'static str, String)> {
    let problems = result.expect_err("this report has a problem");
    problems.into_iter().map(|p| (p.code, p.message)).collect()
}

fn with(path: &str, content: &str) -> Templates {
    let file = (path.to_owned(), content.as_bytes().to_vec());
    Templates::built_in().with_files([file]).unwrap()
}

#[test]
fn a_problem_in_a_template_names_its_place() {
    let sample = sample();
    let mut input = sample.input(Language::En);
    input.template = "own";
    let says = |content: &str| problems(compose(&input, &with("own.typ", content)));
    assert_eq!(
        says("#let a = 1\n#nothing"),
        [("report.template", "own.typ:2:2: unknown variable: nothing".to_owned())]
    );
    let package = says("#import \"@preview/cetz:0.4.0\"");
    assert!(package.iter().any(|(_, m)| m.contains("reports use no packages")), "{package:?}");
    let title = "#set document(title: \"T\")\n#title()\n";
    let own = |body: &str| says(&format!("{title}{body}"));
    let font = own("#set text(font: \"Comic Sans\")\nA");
    assert!(font.iter().any(|(code, _)| *code == "report.template-warning"), "{font:?}");
    let letter = own("#set text(font: \"Noto Sans\", fallback: false)\nㄅ");
    assert!(letter.iter().any(|(_, m)| m.contains("ㄅ")), "{letter:?}");
    input.template = "quarterly-founder";
    let unknown = compose(&input, &Templates::built_in()).unwrap_err();
    let hints: Vec<&String> = unknown.iter().flat_map(|p| &p.hints).collect();
    assert_eq!(hints, ["Did you mean `quarterly-funder`?"]);
}

#[test]
fn a_figure_or_an_attachment_that_cannot_be_placed_is_named() {
    let mut sample = sample();
    let mut flat = figure("flat");
    flat.height_pt = 0.0;
    let mut mute = figure("mute");
    mute.alt.clear();
    sample.figures = vec![flat, mute];
    for attachment in &mut sample.attachments {
        attachment.name = "a.csv".into();
    }
    let input = sample.input(Language::En);
    let codes: Vec<_> =
        problems(compose(&input, &Templates::built_in())).into_iter().map(|(c, _)| c).collect();
    assert_eq!(codes, ["report.figure", "report.figure", "report.attachment"]);
    let mut wide = figure("wide");
    wide.width_pt = 960.0;
    let sample = Sample { figures: vec![wide], ..crate::sample::sample() };
    let widths: Vec<f64> = document(&sample.input(Language::En)).figures.iter().map(|f| f.width).collect();
    assert_eq!(widths, [480.0]);
    assert!(Templates::built_in().with_files([("x.ttf".to_owned(), b"no".to_vec())]).is_err());
}

#[test]
fn a_stream_that_ends_with_a_carriage_return_is_ended_by_another() {
    let mut pdf = b"stream\nab\r\nendstream\nendobj\nstream\nabc\nendstream\nendobj\n".to_vec();
    crate::attached::end_streams_clearly(&mut pdf);
    let expected = b"stream\nab\r\rendstream\nendobj\nstream\nabc\nendstream\nendobj\n";
    assert_eq!(pdf, expected);
}
