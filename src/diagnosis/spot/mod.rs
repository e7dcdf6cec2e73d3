//! Finds the file of the project, and the line in it, that a finding is about.
//!
//! Many patterns capture them. Otherwise they stand on the line itself or near it, in a [form](forms) that
//! tools print. No place is better than a wrong one: a path that leads out of the project is none, nor is one
//! of somebody else's sources, nor a path from an unknown [folder].

use std::borrow::Cow;
use std::cell::OnceCell;

use memchr::memmem;

use super::Case;
use super::conditions::Settled;
use crate::engine::Tail;
use crate::model::{Category, Finding, JobFacts, Owner, Place, Spot, TailLine};

mod build;
mod folder;
mod forms;
mod path;
mod script;
mod shape;

use forms::{At, FORMS, Form, From};
use path::Folder;
use shape::{Captured, Named, Shapes};

/// Lines above and below that are searched; no form reaches further.
const ABOVE: u64 = 400;
const BELOW: u64 = 80;
/// Work for one finding, in steps of [`Shapes`].
const STEPS: u32 = 400_000;
/// Captures that name a file together with its line.
const BOTH: &[&str] = &["place", "where"];
/// The shapes of such a capture.
const WHOLE: &[&str] = &[
    "--> {path}:{line}:{n}",
    "{path}:{line}:{n}",
    "{path}:{line}",
    "{path}({line})",
    "{path}({line},{n})",
    "{path} on line {line}",
];
/// Patterns that capture where the tool began, while a form has the place.
const BEGUN: &[&str] = &["c-cpp/cmake", "node/sass-error"];
/// Patterns about Go sources.
const OF_GO: &[&str] = &["go/", "lint/"];
/// Captures that are the number of a line.
const LINE: &[&str] = &["line", "at"];

/// The place of a finding.
pub(super) fn of(case: &Case, lead: &Settled<'_>, finding: &Finding) -> Option<Spot> {
    let scene = Scene::of(case, lead.hit.place, Some(finding));
    let mut shapes = Shapes::new(&finding.captures, STEPS);
    let captured = scene.captured(finding, &mut shapes);
    if captured.as_ref().is_some_and(|spot| spot.line.is_some()) && !scene.is_of(BEGUN) {
        return captured;
    }
    // If somebody else has to mend it, the line that met it is not at fault.
    let mendable = |form: &&Form| match finding.owner {
        Owner::Project => true,
        Owner::CiConfig => !form.frame,
        _ => false,
    };
    let its = |form: &&Form| form.of.is_empty() || scene.is_of(form.of);
    let mut forms = FORMS
        .iter()
        .filter(mendable)
        .filter(its)
        .filter(|form| scene.may_hold(form));
    let read = forms.find_map(|form| scene.read(form, &mut shapes));
    read.or(captured)
}

/// The place that a line of the job names, if no pattern knows it better.
pub(super) fn of_line(case: &Case, line: &TailLine) -> Option<Spot> {
    let place = Place {
        input: case.job as u16,
        ..line.place
    };
    let scene = Scene::of(case, place, None);
    let nothing = Captured::new();
    let mut shapes = Shapes::new(&nothing, STEPS);
    let on_it = |form: &&Form| form.of.is_empty() && matches!(form.at, At::Own | At::Line);
    let mut forms = FORMS.iter().filter(on_it);
    let spot = forms.find_map(|form| scene.spot(form, line, &mut shapes));
    // `get.helm.sh:443: refused` is a host.
    spot.filter(|spot| spot.path.contains('/'))
}

/// A line and its neighbours. Most findings name no file, so neighbours are made on demand.
struct Scene<'c> {
    case: &'c Case,
    finding: Option<&'c Finding>,
    /// The pattern's id; empty if there is none.
    id: &'c str,
    facts: &'c JobFacts,
    place: Place,
    /// The text from the first neighbour on.
    near: OnceCell<&'c [u8]>,
    /// The line; `None` if the tail does not hold it.
    alone: OnceCell<Option<TailLine>>,
    around: OnceCell<(Vec<TailLine>, usize)>,
    folder: OnceCell<Folder>,
    /// The captured number of a line.
    number: Option<u64>,
}

impl<'c> Scene<'c> {
    fn of(case: &'c Case, place: Place, finding: Option<&'c Finding>) -> Self {
        let captured = |finding: &'c Finding| {
            let capture = |name: &&str| finding.captures.get(*name)?.as_deref();
            LINE.iter().find_map(capture)?.trim().parse().ok()
        };
        Self {
            case,
            finding,
            id: finding.map_or("", |finding| &finding.id),
            facts: &case.inputs()[place.input as usize].scan.facts,
            place,
            near: OnceCell::new(),
            alone: OnceCell::new(),
            around: OnceCell::new(),
            folder: OnceCell::new(),
            number: finding.and_then(captured).filter(|number| *number > 0),
        }
    }

    fn tail(&self) -> &'c Tail {
        &self.case.inputs()[self.place.input as usize].scan.tail
    }

    fn near(&self) -> &'c [u8] {
        let first = self.place.line.saturating_sub(ABOVE);
        self.near.get_or_init(|| self.tail().text_from(first))
    }

    /// The line's index among these lines.
    fn among(&self, lines: &[TailLine]) -> Option<usize> {
        let same = |line: &TailLine| line.place.line == self.place.line;
        let told = |line: &TailLine| {
            same(line)
                && self
                    .finding
                    .is_some_and(|f| self.case.redacted(&line.text) == f.text)
        };
        let own = lines.iter().position(told);
        own.or_else(|| lines.iter().position(same))
    }

    /// The line, if the tail holds it.
    fn tail_holds_it(&self) -> Option<&TailLine> {
        let alone = self.alone.get_or_init(|| {
            let number = self.place.line;
            let mut lines = self.tail().lines_between(self.facts, number, number);
            let at = self.among(&lines)?;
            Some(lines.swap_remove(at))
        });
        alone.as_ref()
    }

    /// The line itself.
    fn own(&self) -> Option<&TailLine> {
        self.tail_holds_it().or_else(|| {
            let (lines, own) = self.around();
            lines.get(own)
        })
    }

    /// The lines around it, and its index; the index is their number if it is not among them.
    fn around(&self) -> (&[TailLine], usize) {
        let (lines, own) = self.around.get_or_init(|| {
            let number = self.place.line;
            let (from, to) = (number.saturating_sub(ABOVE), number + BELOW);
            let mut lines = self.tail().lines_between(self.facts, from, to);
            let mut own = self.among(&lines);
            if own.is_none() {
                // In another part of the log, only the lines that prove the finding are left of the neighbours.
                let source = self.case.source(self.place.input);
                let proves = |finding| proof(finding, source, self.place);
                lines = self.finding.map_or(Vec::new(), proves);
                own = self.among(&lines);
            }
            (lines, own.unwrap_or(usize::MAX))
        });
        (lines, *own)
    }

    /// The folder from which paths start.
    fn folder(&self) -> &Folder {
        self.folder.get_or_init(|| {
            let prefix =
                self.own()
                    .map_or("", |line| match line.text.len() - line.content().len() {
                        0 => folder::package_named(&line.text),
                        len => &line.text[..len],
                    });
            let moves = |words: &&str| memmem::find(self.near(), words.as_bytes()).is_some();
            let above = match folder::MOVES.iter().any(moves) {
                true => {
                    let (lines, own) = self.around();
                    lines.get(..own).unwrap_or_default()
                }
                false => &[],
            };
            folder::of(self.facts, self.place, prefix, above, self.stage())
        })
    }

    /// The folder of the Jenkins stage around the line.
    fn stage(&self) -> Option<Folder> {
        if self.facts.dialect.has_frame() {
            return None;
        }
        let text = self.tail().text_from(0);
        let is_of = |words: &str| memmem::find(text, words.as_bytes()).is_some();
        if !is_of("[Pipeline] ") || !is_of(folder::RUNNING) {
            return None;
        }
        let above = self.place.line.saturating_sub(1);
        let lines = self.tail().lines_between(self.facts, 1, above);
        folder::of_stage(lines.iter().map(TailLine::content))
    }

    /// Whether a line nearby may have a form, because the form's literal text occurs there.
    fn may_hold(&self, form: &Form) -> bool {
        let Some(words) = shape::words(form.shape) else {
            return true;
        };
        matches!(form.at, At::Own | At::Line)
            || memmem::find(self.near(), words.as_bytes()).is_some()
            // The lines that prove the finding stand elsewhere.
            || self.tail_holds_it().is_none()
    }

    /// Whether the pattern's id begins with one of these.
    fn is_of(&self, ids: &[&str]) -> bool {
        ids.iter().any(|id| self.id.starts_with(id))
    }

    /// The place in the pattern's captures.
    fn captured(&self, finding: &Finding, shapes: &mut Shapes<'_>) -> Option<Spot> {
        let capture = |name: &str| finding.captures.get(name)?.as_deref();
        let line = self.number;
        let file = capture("file").or_else(|| capture("path").filter(|_| line.is_some()));
        // The end of a path with blanks, the rest of which stands before it.
        let cut = |path: &&str| {
            let before = finding.text.split(*path).next().unwrap_or_default();
            path.contains('\\') && !shape::is_drive(path) && before.contains(":\\")
        };
        let file = file.filter(|path| !cut(path));
        if let Some(path) = file.and_then(|path| self.in_project(path, From::Folder)) {
            // A missing module is named like a file but is none.
            let known =
                line.is_some() || path::is_file(&path) && finding.category != Category::Dependency;
            return known.then_some(Spot { path, line });
        }
        BOTH.iter().find_map(|name| {
            let value = capture(name)?;
            let mut forms = WHOLE.iter();
            let named = forms.find_map(|shape| shapes.read(shape, value))?;
            let path = self.in_project(named.path, From::Folder)?;
            Some(Spot {
                path,
                line: named.line,
            })
        })
    }

    /// The place that nearby lines name in a form.
    fn read(&self, form: &Form, shapes: &mut Shapes<'_>) -> Option<Spot> {
        let mut of = |line: &TailLine| self.spot(form, line, shapes);
        if let At::Own | At::Line = form.at {
            let own = self.own()?;
            let stands = form.at == At::Own || !is_indented(own);
            return stands.then(|| of(own)).flatten();
        }
        let (lines, own) = self.around();
        let (above, below) = (lines.get(..own)?, lines.get(own.saturating_add(1)..)?);
        let own = lines.get(own)?;
        let ends = |line: &&TailLine| {
            let content = line.content();
            let begins = |end: &&str| match end.strip_prefix('^') {
                Some(end) => content.starts_with(end),
                None => content.trim_start().starts_with(end),
            };
            line.command || form.ends.iter().any(begins)
        };
        let number = own.place.line;
        match form.at {
            At::Own | At::Line => None,
            At::Anywhere => lines.iter().find_map(of),
            At::Below(most) => {
                let below = below.iter().take_while(|line| !ends(line));
                let mut near = below.take_while(|line| line.place.line <= number + most);
                near.find_map(of)
            }
            At::Next(most) => {
                let mut last = number;
                let below = below.iter().take_while(|line| !ends(line));
                let near = below.take_while(|line| line.place.line <= number + most);
                let mut next = near.take_while(|line| {
                    let joined = line.place.line <= last + 1;
                    last = line.place.line;
                    joined
                });
                next.find_map(of)
            }
            At::Above(most) => {
                let above = above.iter().rev().take_while(|line| !ends(line));
                let mut near = above.take_while(|line| line.place.line + most >= number);
                near.find_map(of)
            }
            At::Head(most) => {
                let mut done = false;
                let above = above.iter().rev().take_while(|line| {
                    let goes_on = !done && !line.command && line.place.line + most >= number;
                    done = !is_indented(line);
                    goes_on
                });
                { above }.find_map(of)
            }
            At::Title(most) => {
                let mut last = number;
                let mut above = above.iter().rev().take_while(|line| {
                    let joined = line.place.line + 1 >= last;
                    last = line.place.line;
                    joined && !line.command && line.place.line + most >= number
                });
                let is_finding = |line: &TailLine| {
                    let content = line.content();
                    content.starts_with([' ', '\t'])
                        || content.starts_with(|c: char| c.is_ascii_digit())
                };
                let title = above.find(|line| !is_finding(line))?;
                is_finding(own).then(|| of(title)).flatten()
            }
            At::Back(heading, most) => {
                let is_heading = |line: &TailLine| shapes.read(heading, line.content()).is_some();
                let at = above.iter().rposition(is_heading)?;
                let mut back = above[at..].iter().rev();
                if back.len() as u64 > most {
                    return None;
                }
                back.find_map(|line| self.spot(form, line, shapes))
            }
            At::Under(heading, most) => {
                let is_heading = |line: &TailLine| shapes.read(heading, line.content()).is_some();
                let at = lines.iter().position(is_heading)?;
                let from = lines[at].place.line;
                let mut below = lines[at + 1..]
                    .iter()
                    .take_while(|line| !ends(line))
                    .take_while(|line| line.place.line <= from + most);
                below.find_map(|line| self.spot(form, line, shapes))
            }
        }
    }

    /// The place that one line names in a form.
    fn spot(&self, form: &Form, line: &TailLine, shapes: &mut Shapes<'_>) -> Option<Spot> {
        let Named {
            path,
            line: at,
            bare,
        } = shapes.read(form.shape, line.content())?;
        // Programs written in Go log the names of their own sources.
        let logs = || path.ends_with(".go") && !path.contains('/') && !self.is_of(OF_GO);
        if bare && (!path::is_file(path) || form.from == From::Folder && logs()) {
            return None;
        }
        if path::is_of_node(path) {
            return None;
        }
        // Nothing is shown of a line that holds a secret.
        if let Cow::Owned(told) = self.case.redacted(&line.text)
            && !told.contains(path)
        {
            return None;
        }
        let path = self.in_project(path, form.from)?;
        Some(Spot {
            path,
            line: at.or(self.number),
        })
    }

    fn in_project(&self, path: &str, from: From) -> Option<String> {
        let project = self.facts.project.as_deref();
        match from {
            From::Folder => path::in_project(path, project, self.folder()),
            From::Package => {
                let (lines, own) = self.around();
                let below = lines.get(own.saturating_add(1)..)?;
                let folder = build::package(below, project, self.folder());
                path::in_project(path, project, &folder)
            }
            From::Build => {
                let path = build::dockerfile(path, self.command()?)?;
                path::in_project(&path, project, self.folder())
            }
            From::Source => {
                let source = || build::source(self.command()?);
                let folder = source().and_then(|to| folder::into(self.folder(), to, project));
                path::in_project(path, project, &folder)
            }
        }
    }

    /// The command that printed the line.
    fn command(&self) -> Option<&str> {
        let place = self.own()?.place;
        Some(&self.facts.command(place.command)?.text)
    }
}

fn is_indented(line: &TailLine) -> bool {
    line.content().starts_with([' ', '\t'])
}

/// The lines that prove a finding, as log lines.
fn proof(finding: &Finding, source: &str, place: Place) -> Vec<TailLine> {
    let lines = finding.evidence.iter().filter(|e| e.source == source);
    let lines = lines.map(|e| TailLine {
        place: Place {
            line: e.line,
            ..place
        },
        text: e.text.clone(),
        content_at: 0,
        command: e.text.starts_with("$ "),
        echo: false,
    });
    lines.collect()
}

#[cfg(test)]
mod tests;
