//! Which bytes must stand in a line for a regex to match: the food of the prefilter.
//!
//! The answer is a set of alternatives, each at least [`MIN_LEN`] bytes long, folded to lower case:
//! every line the regex matches contains at least one of them, ASCII case aside. Authors never
//! write these by hand, so they cannot disagree with the regex.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Shortest literal the prefilter can use: a window of stride 3 over grams of 4.
pub const MIN_LEN: usize = 6;
/// Longest literal kept; a longer one is cut to its rarest part by the tables anyway.
const MAX_LEN: usize = 40;
/// Most alternatives a regex may contribute.
const MAX_ALTERNATIVES: usize = 64;

/// Folds a byte as the prefilter does: bit 5 set, so that ASCII letters lose their case.
pub fn fold(byte: u8) -> u8 {
    byte | 0x20
}

/// Derives the required literals of a regex; `None` where there are none of use.
///
/// `cost` tells how common a literal is (higher is worse); it chooses between several candidates.
pub fn derive(
    regex: &str,
    ignore_case: bool,
    unicode: bool,
    cost: &dyn Fn(&[u8]) -> u64,
) -> Result<Option<Vec<Vec<u8>>>, Box<regex_syntax::Error>> {
    let hir = ParserBuilder::new()
        .utf8(false)
        .unicode(unicode)
        .case_insensitive(ignore_case)
        .build()
        .parse(regex)
        .map_err(Box::new)?;
    Ok(required(&hir, cost).map(|mut set| {
        for literal in &mut set {
            cut(literal, cost);
        }
        set.sort();
        set.dedup();
        set
    }))
}

/// Keeps the rarest stretch of an over-long literal.
fn cut(literal: &mut Vec<u8>, cost: &dyn Fn(&[u8]) -> u64) {
    if literal.len() > MAX_LEN {
        let best = (0..=literal.len() - MAX_LEN)
            .min_by_key(|&i| cost(&literal[i..i + MAX_LEN]))
            .unwrap_or(0);
        literal.copy_within(best..best + MAX_LEN, 0);
        literal.truncate(MAX_LEN);
    }
}

type Set = Vec<Vec<u8>>;

/// The bytes a node always matches, if they are always the same (case aside).
fn exact(hir: &Hir) -> Option<Vec<u8>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(Vec::new()),
        HirKind::Literal(literal) => Some(literal.0.iter().map(|&b| fold(b)).collect()),
        HirKind::Class(class) => single(class).map(|b| vec![b]),
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Concat(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(exact(part)?);
            }
            Some(all)
        }
        HirKind::Repetition(rep) if rep.max == Some(rep.min) && rep.min <= 8 => {
            let one = exact(&rep.sub)?;
            Some(one.repeat(rep.min as usize))
        }
        HirKind::Repetition(_) | HirKind::Alternation(_) => None,
    }
}

/// The one folded byte a class stands for: a letter in either case, or a single byte.
fn single(class: &Class) -> Option<u8> {
    let mut bytes = Vec::new();
    match class {
        Class::Bytes(class) => {
            for range in class.iter() {
                if range.end() - range.start() > 1 {
                    return None;
                }
                bytes.extend(range.start()..=range.end());
            }
        }
        Class::Unicode(class) => {
            for range in class.iter() {
                if range.end() as u32 - range.start() as u32 > 1 || !range.end().is_ascii() {
                    return None;
                }
                bytes.extend(range.start() as u8..=range.end() as u8);
            }
        }
    }
    let first = fold(*bytes.first()?);
    bytes.iter().all(|&b| fold(b) == first).then_some(first)
}

/// The cheapest set of literals one of which every match contains.
fn required(hir: &Hir, cost: &dyn Fn(&[u8]) -> u64) -> Option<Set> {
    let mut candidates: Vec<Set> = Vec::new();
    match hir.kind() {
        HirKind::Capture(capture) => return required(&capture.sub, cost),
        HirKind::Repetition(rep) if rep.min >= 1 => candidates.extend(required(&rep.sub, cost)),
        HirKind::Alternation(branches) => {
            let mut union = Set::new();
            for branch in branches {
                union.extend(required(branch, cost)?);
            }
            candidates.push(union);
        }
        HirKind::Concat(parts) => {
            let mut runs: Vec<Vec<u8>> = vec![Vec::new()];
            for part in parts {
                match exact(part) {
                    Some(bytes) => extend_all(&mut runs, &bytes),
                    None => match alternatives(part) {
                        Some(ways) if runs.len() * ways.len() <= 8 => {
                            // Keep what stands so far as a candidate: the product may cost more.
                            candidates.push(runs.clone());
                            runs = runs
                                .iter()
                                .flat_map(|run| ways.iter().map(|way| [&run[..], way].concat()))
                                .collect();
                        }
                        _ => {
                            candidates.push(std::mem::replace(&mut runs, vec![Vec::new()]));
                            candidates.extend(required(part, cost));
                        }
                    },
                }
            }
            candidates.push(runs);
        }
        HirKind::Literal(_) | HirKind::Class(_) => candidates.extend(exact(hir).map(|e| vec![e])),
        _ => {}
    }
    candidates
        .into_iter()
        .filter(|set| !set.is_empty() && set.len() <= MAX_ALTERNATIVES)
        .filter(|set| set.iter().all(|literal| literal.len() >= MIN_LEN))
        .min_by_key(|set| {
            let dear: u64 = set.iter().map(|literal| 8 + cost(literal)).sum();
            let shortest = set.iter().map(Vec::len).min().unwrap_or(0).min(16) as u64;
            (dear, u64::MAX - shortest)
        })
}

fn extend_all(runs: &mut [Vec<u8>], bytes: &[u8]) {
    for run in runs {
        run.extend_from_slice(bytes);
    }
}

/// The few exact texts a small alternation or an optional part stands for.
fn alternatives(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Capture(capture) => alternatives(&capture.sub),
        HirKind::Alternation(branches) if branches.len() <= 8 => {
            branches.iter().map(exact).collect()
        }
        HirKind::Repetition(rep) if rep.min == 0 && rep.max == Some(1) => {
            Some(vec![Vec::new(), exact(&rep.sub)?])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(regex: &str) -> Vec<String> {
        derive(regex, false, false, &|_| 0)
            .unwrap()
            .unwrap_or_default()
            .into_iter()
            .map(|l| String::from_utf8(l).unwrap())
            .collect()
    }

    #[test]
    fn the_longest_required_run_is_found_anywhere() {
        assert_eq!(
            literals(r"^\S+ (\d+) no space left on device$"),
            [") no space left on device"[1..].to_owned()]
        );
        assert_eq!(
            literals(r"x{0,9}(?:pull|push) access denied for (\S+)").len(),
            2
        );
    }

    #[test]
    fn every_branch_of_an_alternation_needs_one() {
        assert_eq!(
            literals(r"first branch|other branch"),
            ["first branch", "other branch"]
        );
        assert!(literals(r"first branch|\d+").is_empty());
        assert!(literals(r"(?:first branch)?\d+").is_empty());
    }

    #[test]
    fn case_is_folded_and_classes_of_one_letter_count() {
        assert_eq!(literals(r"[Cc]onnection refused"), ["connection refused"]);
        let set = derive("Connection Refused", true, false, &|_| 0)
            .unwrap()
            .unwrap();
        assert_eq!(set, [b"connection refused".to_vec()]);
    }

    #[test]
    fn short_texts_are_of_no_use() {
        assert!(literals(r"^E: \d+$").is_empty());
        assert!(literals(r"\d{3} .* \w+").is_empty());
    }

    #[test]
    fn whatever_a_regex_matches_contains_a_literal() {
        let cases = [
            (
                r"(?:npm ERR!|npm error) code E(?:404|401)",
                "npm error code E401",
            ),
            (r"(a|bb)+ccccc+d? is missing", "abbabbcccccc is missing"),
            (r"colou?rful language", "colorful language"),
        ];
        for (regex, line) in cases {
            let folded: Vec<u8> = line.bytes().map(fold).collect();
            let set = derive(regex, false, false, &|_| 0).unwrap().unwrap();
            assert!(
                set.iter()
                    .any(|l| folded.windows(l.len()).any(|w| w == &l[..])),
                "{regex}: {set:?}"
            );
        }
    }
}
