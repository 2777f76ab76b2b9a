//! Colours as they look on a photocopy and to readers who see fewer of them.

use super::*;

/// Lightness L* of the CIE, 0 to 100: what is left of a colour on a photocopy.
fn lightness(colour: (u8, u8, u8)) -> f64 {
    116.0 * luminance(colour).cbrt() - 16.0
}

/// Protanopia, deuteranopia and tritanopia: the matrices of linear RGB at full severity of
/// Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
/// deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (2009), table 1.
const DEFICIENCIES: [[[f64; 3]; 3]; 3] = [
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
];

/// CIE L*a*b* (D65) of linear RGB.
fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let f = |v: f64| if v > 0.008856 { v.cbrt() } else { 7.787 * v + 16.0 / 116.0 };
    let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
    let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
    let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn linear((r, g, b): (u8, u8, u8)) -> [f64; 3] {
    [r, g, b].map(|part| {
        let c = f64::from(part) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    })
}

/// The least distance (ΔE 1976) of two colours to normal and to three kinds of colour-blind eyes.
fn distance(a: &str, b: &str) -> f64 {
    let seen = |colour: [f64; 3], matrix: &[[f64; 3]; 3]| {
        matrix.map(|row| {
            let sum: f64 = row.iter().zip(colour).map(|(m, c)| m * c).sum();
            sum.clamp(0.0, 1.0)
        })
    };
    let apart = |a: [f64; 3], b: [f64; 3]| {
        lab(a).iter().zip(lab(b)).map(|(p, q)| (p - q) * (p - q)).sum::<f64>().sqrt()
    };
    let (a, b) = (linear(rgb(a)), linear(rgb(b)));
    DEFICIENCIES.iter().map(|m| apart(seen(a, m), seen(b, m))).fold(apart(a, b), f64::min)
}

fn mark(role: SiteRole) -> &'static str {
    SiteStyle::of(Some(role)).mark
}

#[test]
fn the_two_sites_differ_on_a_photocopy() {
    let (a, b) = (mark(SiteRole::Origin), mark(SiteRole::Adaptation));
    assert!((lightness(rgb(a)) - lightness(rgb(b))).abs() >= 20.0);
}

#[test]
fn sites_differ_to_every_eye() {
    let marks = [SiteRole::Origin, SiteRole::Adaptation, SiteRole::Comparison].map(mark);
    for (i, a) in marks.iter().enumerate() {
        for b in marks.iter().skip(i + 1) {
            assert!(distance(a, b) >= 25.0, "{a} {b}: {}", distance(a, b));
        }
    }
}

#[test]
fn classes_grow_darker_evenly() {
    let steps: Vec<f64> = SEQUENTIAL.iter().map(|colour| lightness(rgb(colour))).collect();
    for pair in steps.windows(2) {
        assert!(matches!(pair, [a, b] if a - b >= 9.0), "{steps:?}");
    }
    for pair in SEQUENTIAL.windows(2) {
        assert!(matches!(pair, [a, b] if distance(a, b) >= 9.0), "{pair:?}");
    }
}

#[test]
fn answers_differ_from_their_neighbours_to_every_eye_and_on_a_photocopy() {
    for pair in DIVERGING.windows(2) {
        assert!(matches!(pair, [a, b] if distance(a, b) >= 20.0), "{pair:?}");
    }
    // Weak and strong of one side are parted by their lightness; the two sides by their place.
    for pair in [[0, 1], [2, 3]] {
        let [a, b] = pair.map(|i| lightness(rgb(DIVERGING[i])));
        assert!((a - b).abs() >= 25.0, "{pair:?}");
    }
}

#[test]
fn no_class_looks_like_a_site() {
    for class in &SEQUENTIAL {
        for role in [SiteRole::Origin, SiteRole::Adaptation] {
            assert!(distance(class, mark(role)) >= 15.0, "{class}: {}", distance(class, mark(role)));
        }
    }
}
