//! Derives the literals that a line must contain for a regex to match. The prefilter searches for them.
//!
//! The result is a set of alternatives, each at least [`MIN_LEN`] bytes long and folded to lower case. Every
//! line that the regex matches contains at least one of them, ignoring ASCII case. Authors never write
//! literals by hand, so literals cannot disagree with the regex.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Shortest literal that the prefilter can use: a window of stride 3 over grams of 4.
pub const MIN_LEN: usize = 6;
/// Longest literal kept; the tables use only the rarest part of a longer one.
const MAX_LEN: usize = 40;
/// Shortest text worth requiring.
const MIN_NEED: usize = 2;
/// Most alternatives a regex may contribute.
const MAX_ALTERNATIVES: usize = 64;
/// Longest text that is written out. Nested repetitions are short to write but long.
const MAX_EXACT: usize = 1 << 12;
/// Most ways of a small part of a regex that are written out.
const MAX_WAYS: usize = 8;
/// Most bytes of a class that are written out.
const MAX_CLASS: usize = 9;

/// Folds a byte as the prefilter does: sets bit 5, so that ASCII letters lose their case.
pub fn fold(byte: u8) -> u8 {
    byte | 0x20
}

/// Parses a regex as the engine will compile it.
///
/// # Errors
/// The source is not a valid regex.
pub fn parse(
    regex: &str,
    ignore_case: bool,
    unicode: bool,
) -> Result<Hir, Box<regex_syntax::Error>> {
    ParserBuilder::new()
        .utf8(false)
        .unicode(unicode)
        .case_insensitive(ignore_case)
        .build()
        .parse(regex)
        .map_err(Box::new)
}

/// The required literals of a regex; `None` if it has no useful ones.
///
/// `cost` says how common a literal is (higher is worse) and decides between candidates.
pub fn derive(hir: &Hir, cost: &dyn Fn(&[u8]) -> u64) -> Option<Vec<Vec<u8>>> {
    let mut set = required(hir, cost, Branches::InPlace)?;
    for literal in &mut set {
        cut(literal, cost);
    }
    set.sort();
    set.dedup();
    Some(set)
}

/// Folded texts that every match contains, in this order and without overlaps. They rule most lines out
/// before the regex runs.
pub fn needs(hir: &Hir) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    flatten(hir, &mut parts);
    let (mut all, mut run) = (Vec::new(), Vec::new());
    for part in parts {
        match exact(part) {
            Some(bytes) => run.extend(bytes),
            None => {
                all.push(std::mem::take(&mut run));
                if let HirKind::Repetition(rep) = part.kind()
                    && rep.min >= 1
                {
                    all.extend(exact(&rep.sub));
                }
            }
        }
    }
    all.push(run);
    all.retain(|need| need.len() >= MIN_NEED);
    all
}

/// Cuts an over-long literal to its rarest stretch.
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

/// The bytes that a node always matches, if they are always the same (ignoring case).
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
            (all.len() <= MAX_EXACT).then_some(all)
        }
        HirKind::Repetition(rep) if rep.max == Some(rep.min) && rep.min <= 8 => {
            let one = exact(&rep.sub)?;
            let times = rep.min as usize;
            (one.len() * times <= MAX_EXACT).then(|| one.repeat(times))
        }
        HirKind::Repetition(_) | HirKind::Alternation(_) => None,
    }
}

/// The one folded byte of a class: a letter in either case, or a single byte.
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

/// The folded bytes of a small class.
fn folded_members(class: &Class) -> Option<Set> {
    let mut bytes: Vec<u8> = Vec::new();
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(class) => class
            .iter()
            .map(|r| (r.start().into(), r.end().into()))
            .collect(),
        Class::Unicode(class) => class
            .iter()
            .map(|r| (r.start().into(), r.end().into()))
            .collect(),
    };
    for (start, end) in ranges {
        if end > 0x7f || end - start > 8 {
            return None;
        }
        bytes.extend((start..=end).map(|b| fold(b as u8)));
    }
    bytes.sort_unstable();
    bytes.dedup();
    (bytes.len() <= MAX_CLASS).then(|| bytes.into_iter().map(|b| vec![b]).collect())
}

/// Whether the branches of an alternation are read alone, or with the fixed text around them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Branches {
    Alone,
    InPlace,
}

/// The cheapest set of literals of which every match contains one.
fn required(hir: &Hir, cost: &dyn Fn(&[u8]) -> u64, how: Branches) -> Option<Set> {
    let mut candidates: Vec<Set> = Vec::new();
    match hir.kind() {
        HirKind::Capture(capture) => return required(&capture.sub, cost, how),
        HirKind::Repetition(rep) if rep.min >= 1 => {
            candidates.extend(required(&rep.sub, cost, how));
        }
        HirKind::Alternation(branches) => {
            candidates.extend(union(branches, cost, how));
        }
        HirKind::Concat(_) => {
            let mut parts = Vec::new();
            flatten(hir, &mut parts);
            let mut runs: Vec<Vec<u8>> = vec![Vec::new()];
            // The text behind a class, without the class: nine literals are not always better than one.
            let mut behind_class: Option<Vec<u8>> = None;
            for (k, part) in parts.iter().copied().enumerate() {
                if let Some(bytes) = exact(part) {
                    extend_all(&mut runs, &bytes);
                    if let Some(text) = &mut behind_class {
                        text.extend(bytes);
                    }
                    continue;
                }
                candidates.extend(behind_class.take().map(|text| vec![text]));
                let most = match part.kind() {
                    HirKind::Class(_) => {
                        behind_class = Some(Vec::new());
                        MAX_CLASS
                    }
                    _ => MAX_WAYS,
                };
                if let Some(ways) = alternatives(part)
                    && runs.len() * ways.len() <= most
                {
                    // Keep the product so far as a candidate, since a longer one may cost more.
                    candidates.push(runs.clone());
                    runs = runs
                        .iter()
                        .flat_map(|run| ways.iter().map(|way| [&run[..], way].concat()))
                        .collect();
                    continue;
                }
                // A repeated part stands at least once right behind the text before it, and right before the
                // text behind it.
                let repeated = match part.kind() {
                    HirKind::Repetition(rep) if rep.min >= 1 => exact(&rep.sub),
                    _ => None,
                };
                match repeated {
                    Some(bytes) => {
                        extend_all(&mut runs, &bytes);
                        candidates.push(std::mem::replace(&mut runs, vec![bytes]));
                    }
                    None => {
                        candidates.push(std::mem::replace(&mut runs, vec![Vec::new()]));
                        let ways = match how {
                            Branches::InPlace => within_context(&parts, k),
                            Branches::Alone => None,
                        };
                        candidates.extend(match ways {
                            Some(ways) => union(&ways, cost, how),
                            None => required(part, cost, how),
                        });
                    }
                }
            }
            candidates.push(runs);
            candidates.extend(behind_class.map(|text| vec![text]));
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

/// A set of literals of which every match of any of these contains one.
fn union(ways: &[Hir], cost: &dyn Fn(&[u8]) -> u64, how: Branches) -> Option<Set> {
    let mut union = Set::new();
    for way in ways {
        union.extend(required(way, cost, how)?);
    }
    Some(union)
}

/// The branches of an alternation within a concatenation, each with the fixed text around it: `: ` makes a
/// common word rare. `None` if a branch has no literal of its own. Its only literal would then be the text
/// around it, and `error: ` stands on every other line; such a regex runs on the end of a section instead.
fn within_context(parts: &[&Hir], at: usize) -> Option<Vec<Hir>> {
    let HirKind::Alternation(branches) = parts[at].kind() else {
        return None;
    };
    // Too many to be useful.
    if branches.len() > MAX_ALTERNATIVES || required(parts[at], &|_| 0, Branches::Alone).is_none() {
        return None;
    }
    // At most what a literal keeps, since each branch gets a copy.
    let fixed = |parts: &mut dyn Iterator<Item = &&Hir>| -> Set {
        let mut len = 0;
        let next = |part: &&Hir| {
            let text = exact(part).filter(|_| len < MAX_LEN)?;
            len += text.len();
            Some(text)
        };
        parts.take(MAX_LEN).map_while(next).collect()
    };
    let mut before = fixed(&mut parts[..at].iter().rev());
    before.reverse();
    let (before, behind) = (before.concat(), fixed(&mut parts[at + 1..].iter()).concat());
    let before = &before[before.len().saturating_sub(MAX_LEN)..];
    let behind = &behind[..behind.len().min(MAX_LEN)];
    let in_place = |branch: &Hir| {
        Hir::concat(vec![
            Hir::literal(before),
            branch.clone(),
            Hir::literal(behind),
        ])
    };
    Some(branches.iter().map(in_place).collect())
}

/// The parts of a concatenation, including those inside captures, since a capture does not separate the text
/// around it.
fn flatten<'h>(hir: &'h Hir, out: &mut Vec<&'h Hir>) {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().for_each(|part| flatten(part, out)),
        HirKind::Capture(capture) => flatten(&capture.sub, out),
        _ => out.push(hir),
    }
}

fn extend_all(runs: &mut [Vec<u8>], bytes: &[u8]) {
    for run in runs {
        run.extend_from_slice(bytes);
    }
}

/// The exact texts of a small alternation or an optional part.
fn alternatives(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Capture(capture) => alternatives(&capture.sub),
        HirKind::Alternation(branches) if branches.len() <= MAX_WAYS => {
            let mut ways = Set::new();
            for branch in branches {
                match exact(branch) {
                    Some(one) => ways.push(one),
                    None => ways.extend(alternatives(branch)?),
                }
            }
            (ways.len() <= MAX_WAYS).then_some(ways)
        }
        HirKind::Repetition(rep) if rep.min == 0 && rep.max == Some(1) => {
            let mut ways = exact(&rep.sub)
                .map(|one| vec![one])
                .or_else(|| alternatives(&rep.sub))?;
            ways.push(Vec::new());
            Some(ways)
        }
        HirKind::Class(class) => folded_members(class),
        HirKind::Concat(parts) => {
            let mut ways = vec![Vec::new()];
            for part in parts {
                let next = exact(part)
                    .map(|one| vec![one])
                    .or_else(|| alternatives(part))?;
                if ways.len() * next.len() > MAX_WAYS {
                    return None;
                }
                ways = ways
                    .iter()
                    .flat_map(|way| next.iter().map(|end| [&way[..], end].concat()))
                    .collect();
            }
            Some(ways)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(regex: &str) -> Vec<String> {
        derive(&parse(regex, false, false).unwrap(), &|_| 0)
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
    fn a_branch_takes_the_text_around_it_if_it_has_a_literal_of_its_own() {
        let rare = |regex: &str| {
            let rare = |literal: &[u8]| 1000 - literal.len() as u64;
            let set = derive(&parse(regex, false, false).unwrap(), &rare).unwrap_or_default();
            let text = |literal: Vec<u8>| String::from_utf8(literal).unwrap();
            set.into_iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(
            rare(r"\d: (?P<what>module |(?:reading|writing) \w+)"),
            [": module ", ": reading ", ": writing "]
        );
        assert_eq!(
            rare(r"\w+ \((?:unused|revive\d+)\)$"),
            [" (revive", " (unused)"]
        );
        // No more of a long text than a literal keeps.
        let long = "x".repeat(3 * MAX_LEN);
        let told = rare(&format!(r"\d{long}(?:module |\w+ package )\w+{long}"));
        assert!(told.iter().all(|text| text.len() <= MAX_LEN), "{told:?}");
        assert_eq!(rare(r"^[1-9] errors in total"), [" errors in total"]);
        assert!(rare(r"\w(?:Error|[A-Z]+Exit): .+").is_empty());
    }

    #[test]
    fn a_long_text_beside_many_branches_is_not_weighed_for_each() {
        let branches: Vec<String> = (0..32).map(|k| format!("the branch {k} \\w+")).collect();
        let regex = format!("{}(?:{})", "a long text ".repeat(500), branches.join("|"));
        let weighed = std::cell::Cell::new(0);
        let cost = |literal: &[u8]| {
            weighed.set(weighed.get() + literal.len());
            0
        };
        derive(&parse(&regex, false, false).unwrap(), &cost).unwrap();
        // Most of it for the rarest stretch of the long text.
        assert!(weighed.get() < 2 * MAX_LEN * regex.len(), "{weighed:?}");
    }

    #[test]
    fn case_is_folded_and_classes_of_one_letter_count() {
        assert_eq!(literals(r"[Cc]onnection refused"), ["connection refused"]);
        let set = derive(&parse("Connection Refused", true, false).unwrap(), &|_| 0).unwrap();
        assert_eq!(set, [b"connection refused".to_vec()]);
    }

    #[test]
    fn what_every_match_contains_is_found_in_order() {
        let all = |regex: &str| {
            let needs = needs(&parse(regex, false, false).unwrap());
            let text = |need: Vec<u8>| String::from_utf8(need).unwrap();
            needs.into_iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(
            all(r"^(?P<a>\S+): Cannot find (?:x|y) at (?P<b>line \d+)$"),
            [": cannot find ", " at line "]
        );
        assert_eq!(all(r"(?:ab)+c"), ["ab"]);
        assert!(all(r"ab|cd").is_empty() && all(r"(?:ab)?c*").is_empty());
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
            (
                r"the (?P<what>pull of (?P<name>\w+)) ended",
                "the pull of x ended",
            ),
            (r"(?P<a>un(?:able|willing) to) +read", "unwilling to   read"),
            (
                r"not[ _-]found(?: here)?: (?:ab|cd)+",
                "not_found here: abcdab",
            ),
            (
                r"exit(?:ed)? (?:with )?(?:code|status) [0-9]",
                "exit status 1",
            ),
            (
                r"at \d+: (?P<what>(?:module|package|the (?:unknown|wrong) thing) )\w+ gone",
                "at 7: the wrong thing x gone",
            ),
        ];
        for (regex, line) in cases {
            let folded: Vec<u8> = line.bytes().map(fold).collect();
            let set = derive(&parse(regex, false, false).unwrap(), &|_| 0).unwrap();
            assert!(
                set.iter()
                    .any(|l| folded.windows(l.len()).any(|w| w == &l[..])),
                "{regex}: {set:?}"
            );
        }
    }
}
