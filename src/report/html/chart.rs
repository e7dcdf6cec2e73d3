//! Bars, as inline SVG: no style attribute is needed, which the page's policy would refuse.

use maud::{Markup, html};

/// A part of a stacked bar.
pub(super) struct Part {
    /// Its colour, by class.
    pub class: &'static str,
    pub name: &'static str,
    pub count: usize,
}

/// One bar of a list, `count` of `most`.
pub(super) fn bar(count: usize, most: usize) -> Markup {
    let width = share(count, most);
    html! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect.track width="100" height="8" {}
            rect.fill width=(width) height="8" {}
        }
    }
}

/// One bar of all parts, and a legend with their numbers.
pub(super) fn stacked(parts: &[Part]) -> Markup {
    let all: usize = parts.iter().map(|part| part.count).sum();
    let mut start = 0;
    let places: Vec<(&Part, String, String)> = parts
        .iter()
        .filter(|part| part.count > 0)
        .map(|part| {
            let place = (part, share(start, all), share(part.count, all));
            start += part.count;
            place
        })
        .collect();
    html! {
        svg.stack viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            @for (part, start, width) in &places {
                rect class=(part.class) x=(start) width=(width) height="8" {
                    title { (part.name) ": " (part.count) }
                }
            }
        }
        ul.legend {
            @for (part, _, width) in &places {
                li {
                    svg.key viewBox="0 0 8 8" aria-hidden="true" {
                        rect class=(part.class) width="8" height="8" rx="2" {}
                    }
                    (part.name) " " b { (part.count) }
                    " " span.faint { (percent(width)) }
                }
            }
        }
    }
}

/// Hundredths of the whole, with one decimal.
fn share(count: usize, of: usize) -> String {
    let tenths = (count * 1_000 + of / 2) / of.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn percent(share: &str) -> String {
    format!("{} %", share.strip_suffix(".0").unwrap_or(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_hundredths() {
        assert_eq!(share(1, 3), "33.3");
        assert_eq!(share(2, 3), "66.7");
        assert_eq!(share(3, 3), "100.0");
        assert_eq!(share(0, 0), "0.0");
        assert_eq!(percent("50.0"), "50 %");
    }

    #[test]
    fn parts_lie_side_by_side() {
        let part = |class, count| Part {
            class,
            name: "n",
            count,
        };
        let svg = stacked(&[part("a", 1), part("missing", 0), part("b", 3)]).into_string();
        assert!(
            svg.contains(r#"<rect class="a" x="0.0" width="25.0""#),
            "{svg}"
        );
        assert!(svg.contains(r#"<rect class="b" x="25.0" width="75.0""#));
        assert!(!svg.contains("missing"));
    }
}
