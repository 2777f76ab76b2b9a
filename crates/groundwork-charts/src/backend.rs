//! The drawing backend that plotters draws into: every call becomes a mark of the scene.
//!
//! One unit of the backend is a hundredth of a point. plotters knows neither dashes nor what a
//! mark is for, so a pen beside the drawing holds both; whoever draws sets it first.

use crate::scene::{Form, Ink, Mark, centi};
use crate::theme::{Dash, HAIR, PAPER, rgb};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use std::convert::Infallible;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// What plotters cannot say about the next marks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pen {
    /// What the marks are for.
    pub(crate) role: String,
    /// How their outlines are interrupted.
    pub(crate) dash: Dash,
    /// Whether an outline covers what lies inside it with the colour of the paper.
    pub(crate) covers: bool,
}

/// Collects the marks of one chart.
#[derive(Debug)]
pub(crate) struct SceneBackend {
    size: (u32, u32),
    pub(crate) pen: Pen,
    pub(crate) marks: Vec<Mark>,
}

impl SceneBackend {
    /// A backend of a width and a height in hundredths of a point.
    pub(crate) fn new(size: (u32, u32)) -> Self {
        Self { size, pen: Pen::default(), marks: Vec::new() }
    }

    fn push(&mut self, form: Form, color: BackendColor, stroke_width: Option<u32>) -> Drawn {
        let ink = Ink { rgb: color.rgb, alpha: (color.alpha.clamp(0.0, 1.0) * 100.0).round() as u8 };
        if ink.alpha == 0 {
            return Ok(());
        }
        let paper = Ink { rgb: rgb(PAPER), alpha: 100 };
        let (stroke, fill) = match stroke_width {
            Some(width) => {
                let width = i32::try_from(width).unwrap_or(i32::MAX).max(centi(HAIR));
                (Some((ink, width)), self.pen.covers.then_some(paper))
            }
            None => (None, Some(ink)),
        };
        self.marks.push(Mark {
            form,
            stroke,
            fill,
            dash: if stroke.is_some() { self.pen.dash } else { Dash::Solid },
            role: self.pen.role.clone(),
        });
        Ok(())
    }
}

impl DrawingBackend for SceneBackend {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.push(Form::Rect(x, y, x.saturating_add(1), y.saturating_add(1)), color, None)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.push(Form::Path(vec![from, to]), style.color(), Some(style.stroke_width()))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let form = Form::Rect(upper_left.0, upper_left.1, bottom_right.0, bottom_right.1);
        self.push(form, style.color(), (!fill).then(|| style.stroke_width()))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        if points.len() < 2 {
            return Ok(());
        }
        self.push(Form::Path(points), style.color(), Some(style.stroke_width()))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let radius = i32::try_from(radius).unwrap_or(i32::MAX);
        let form = Form::Circle(center.0, center.1, radius);
        self.push(form, style.color(), (!fill).then(|| style.stroke_width()))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<BackendCoord> = vert.into_iter().collect();
        if points.len() < 3 {
            return Ok(());
        }
        self.push(Form::Polygon(points), style.color(), None)
    }

    /// Texts do not pass through plotters; they are labels of the scene.
    fn draw_text<T: BackendTextStyle>(&mut self, _: &str, _: &T, _: BackendCoord) -> Drawn {
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        _: &str,
        _: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok((0, 0))
    }
}
