//! Title, subtitle, source and note around a chart, for charts that stand alone.

use crate::canvas::{Canvas, Type};
use crate::catalogue::Phrase;
use crate::figure::About;
use crate::scene::{Anchor, Form, Scene, centi};

/// The chart with its title above and its source below, where they are to be drawn.
pub(crate) fn around(scene: Scene, about: &About) -> Scene {
    if !about.captioned {
        return scene;
    }
    let width = f64::from(scene.size.0) / 100.0;
    let lines = |text: &str, set: Type| match text.trim() {
        "" => Vec::new(),
        text => set.wrap(text, width),
    };
    let source = match about.source.trim() {
        "" => String::new(),
        source => Phrase::SourceIs.fill(about.language, &[source]),
    };
    let head = [(&about.title, Type::HEADLINE), (&about.subtitle, Type::SUBTITLE)];
    let foot = [(&about.note, Type::SMALL), (&source, Type::SMALL)];
    let height = |texts: [(&String, Type); 2]| -> f64 {
        texts.iter().map(|(text, set)| set.height(&lines(text, *set))).sum()
    };
    let above = height(head) + 10.0;
    let below = height(foot) + 9.0;
    let body = f64::from(scene.size.1) / 100.0;
    let mut canvas = Canvas::new(width, above + body + below);
    for (texts, from) in [(head, 0.0), (foot, above + body + 5.0)] {
        let mut y = from;
        for (text, set) in texts {
            let lines = lines(text, set);
            let step = set.step(&lines);
            for line in &lines {
                canvas.text(line, (0.0, y + set.size * 0.95), Anchor::Start, set);
                y += step;
            }
        }
    }
    let mut out = canvas.finish();
    out.marks = scene.marks;
    for mark in &mut out.marks {
        mark.form.lower(centi(above));
    }
    out.texts.extend(scene.texts.into_iter().map(|mut label| {
        label.y_pt = f64::from(centi(label.y_pt) + centi(above)) / 100.0;
        label
    }));
    out
}

impl Form {
    /// Moves the form down, by hundredths of a point.
    fn lower(&mut self, by: i32) {
        match self {
            Form::Path(points) | Form::Polygon(points) => points.iter_mut().for_each(|(_, y)| *y += by),
            Form::Rect(_, top, _, bottom) => {
                *top += by;
                *bottom += by;
            }
            Form::Circle(_, y, _) => *y += by,
        }
    }
}
