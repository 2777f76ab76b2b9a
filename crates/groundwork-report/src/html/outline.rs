//! What a template prints, in order: the sections that it calls, and its author's own headings,
//! paragraphs and points. Everything else is Typst's alone.

use typst::syntax::ast::{self, AstNode};
use typst::syntax::{SyntaxKind, SyntaxNode, parse};

/// One part of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A section.
    Call(Call),
    /// A heading.
    Heading(String),
    /// Paragraphs.
    Prose(Vec<String>),
    /// Points of a list.
    Points(Vec<String>),
}

/// A section as a template calls it: `figures-of(doc, words, "people", most: 1)`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// Its name.
    pub(super) name: String,
    /// The texts among what it is told.
    pub(super) texts: Vec<String>,
    /// How many of something, at most.
    pub(super) most: usize,
    /// Whether figures of evaluations are among them.
    pub(super) evaluated: bool,
}

/// The parts of a template.
pub(super) fn parts(source: &str) -> Vec<Part> {
    let root = parse(source);
    let mut out = Vec::new();
    let mut prose = String::new();
    let markup = root.cast::<ast::Markup<'_>>();
    for expression in markup.into_iter().flat_map(ast::Markup::exprs) {
        match expression {
            ast::Expr::FuncCall(call) => {
                end(&mut out, &mut prose);
                calls(call, &mut out);
            }
            ast::Expr::Heading(heading) => {
                end(&mut out, &mut prose);
                out.push(Part::Heading(text_of(heading.body().to_untyped())));
            }
            ast::Expr::ListItem(item) => {
                end(&mut out, &mut prose);
                let text = text_of(item.body().to_untyped());
                match out.last_mut() {
                    Some(Part::Points(points)) => points.push(text),
                    _ => out.push(Part::Points(vec![text])),
                }
            }
            ast::Expr::Parbreak(_) => end(&mut out, &mut prose),
            other => written(other.to_untyped(), &mut prose),
        }
    }
    end(&mut out, &mut prose);
    out
}

/// Ends a paragraph.
fn end(out: &mut Vec<Part>, prose: &mut String) {
    let text = std::mem::take(prose).split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return;
    }
    match out.last_mut() {
        Some(Part::Prose(texts)) => texts.push(text),
        _ => out.push(Part::Prose(vec![text])),
    }
}

/// The sections of a call: itself, or those that it lays out, such as `fitting(opening(doc, words))`.
fn calls(call: ast::FuncCall<'_>, out: &mut Vec<Part>) {
    let ast::Expr::Ident(name) = call.callee() else { return };
    let mut found =
        Call { name: name.get().to_string(), texts: Vec::new(), most: usize::MAX, evaluated: true };
    let mut of_document = false;
    for argument in call.args().items() {
        match argument {
            ast::Arg::Pos(ast::Expr::Ident(ident)) if ident.get() == "doc" => of_document = true,
            ast::Arg::Pos(ast::Expr::Str(text)) => found.texts.push(text.get().to_string()),
            ast::Arg::Pos(ast::Expr::FuncCall(inner)) => calls(inner, out),
            ast::Arg::Named(named) => match (named.name().get().as_str(), named.expr()) {
                ("most", ast::Expr::Int(n)) => found.most = usize::try_from(n.get()).unwrap_or(0),
                ("evaluated", ast::Expr::Bool(is)) => found.evaluated = is.get(),
                _ => {}
            },
            _ => {}
        }
    }
    if of_document {
        out.push(Part::Call(found));
    }
}

/// The words of a piece of markup.
fn text_of(node: &SyntaxNode) -> String {
    let mut out = String::new();
    for child in node.children() {
        written(child, &mut out);
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn written(node: &SyntaxNode, out: &mut String) {
    if matches!(node.kind(), SyntaxKind::Space | SyntaxKind::Linebreak | SyntaxKind::Parbreak) {
        out.push(' ');
        return;
    }
    let Some(expression) = node.cast::<ast::Expr<'_>>() else {
        node.children().for_each(|child| written(child, out));
        return;
    };
    match expression {
        ast::Expr::Text(text) => out.push_str(text.get()),
        ast::Expr::Space(_) | ast::Expr::Linebreak(_) | ast::Expr::Parbreak(_) => out.push(' '),
        ast::Expr::Escape(sign) => out.push(sign.get()),
        ast::Expr::Shorthand(sign) => out.push(sign.get()),
        ast::Expr::SmartQuote(quote) => out.push(if quote.double() { '"' } else { '’' }),
        ast::Expr::Link(link) => out.push_str(link.get()),
        ast::Expr::Strong(strong) => out.push_str(&text_of(strong.body().to_untyped())),
        ast::Expr::Emph(emph) => out.push_str(&text_of(emph.body().to_untyped())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<String> {
        let call = |part: &Part| match part {
            Part::Call(call) => Some(call.name.clone()),
            _ => None,
        };
        parts(source).iter().filter_map(call).collect()
    }

    #[test]
    fn sections_come_in_the_order_of_the_template() {
        let source = include_str!("../../../../reports/quarterly-page.typ");
        assert_eq!(
            names(source),
            ["opening", "summary", "headlines", "pointer", "front-figure", "asks", "first-of"]
        );
        let source = include_str!("../../../../reports/site-comparison.typ");
        assert_eq!(names(source).len(), 17);
        assert!(parts(source).iter().all(|part| matches!(part, Part::Call(_))));
    }

    #[test]
    fn what_a_section_is_told_comes_along() {
        let found = parts("#figures-of(doc, words, \"people\", most: 2, evaluated: false)\n#pagebreak()\n");
        let call =
            Call { name: "figures-of".into(), texts: vec!["people".into()], most: 2, evaluated: false };
        assert_eq!(found, [Part::Call(call)]);
    }

    #[test]
    fn the_authors_own_words_stay() {
        let found = parts(
            "= What we *ask*\nTwo more volunteers for\nthe upland.\n\nSoon.\n- one\n- two\n#let x = 1\n",
        );
        assert_eq!(
            found,
            [
                Part::Heading("What we ask".into()),
                Part::Prose(vec!["Two more volunteers for the upland.".into(), "Soon.".into()]),
                Part::Points(vec!["one".into(), "two".into()]),
            ]
        );
    }
}
