//! The one place through which foreign text comes onto the page.
//!
//! Text is cleaned as for a terminal, so that nothing hides and nothing runs from right to left, and
//! escaped by the template. No other value of a report is written.

use maud::{Markup, Render, html};

use crate::report::excerpt::Shown;
use crate::report::{prose, sanitize, width};

/// Columns of a path or a command outside of the log lines.
const SHORT: usize = 160;
/// Columns of running text; nothing that patterns say is as long.
const LONG: usize = 2_000;

/// Foreign text as it is.
pub(super) struct Text<'t>(pub &'t str);

impl Render for Text<'_> {
    fn render(&self) -> Markup {
        let text = self.0.replace(['\n', '\t'], " ");
        let text = sanitize::clean(text.trim());
        html! { (width::cut_end(&text, LONG, "…")) }
    }
}

/// A path or a command: its middle gives way.
pub(super) struct Short<'t>(pub &'t str);

impl Render for Short<'_> {
    fn render(&self) -> Markup {
        let text = sanitize::clean(self.0.trim());
        html! { (width::cut_middle(&text, SHORT, 40, "…")) }
    }
}

/// Running text with `code spans`.
pub(super) struct Prose<'t>(pub &'t str);

impl Render for Prose<'_> {
    fn render(&self) -> Markup {
        let text = width::head(self.0, LONG);
        html! {
            @for (code, piece) in prose::spans(text) {
                @let piece = piece.replace(['\n', '\t'], " ");
                @let piece = sanitize::clean(&piece);
                @if code { code { (piece) } } @else { (piece) }
            }
        }
    }
}

/// A line of a log, the match in it marked.
pub(super) struct Line<'t>(pub &'t Shown<'t>);

impl Render for Line<'_> {
    fn render(&self) -> Markup {
        let (text, span) = (&self.0.text, &self.0.span);
        let (before, found, after) = (&text[..span.start], &text[span.clone()], &text[span.end..]);
        html! {
            (before)
            @if !found.is_empty() { mark { (found) } }
            (after)
        }
    }
}
