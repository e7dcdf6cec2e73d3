//! The page around the sections: head, overview, table, foot.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{self, Part};
use super::overview::{Cause, Overview};
use super::text::{Prose, Short, Text};
use super::{SCRIPT, STYLE};
use crate::model::{Owner, Problem, Retry, Summary, ToolInfo, UnexplainedCount};
use crate::report::Style;
use crate::report::sums::{day, minute};

/// Causes and groups shown at once; the rest are folded.
const SHOWN: usize = 20;
/// Most groups on the page.
const MOST_GROUPS: usize = 200;
/// Most unreadable inputs on the page.
const MOST_ERRORS: usize = 500;

/// The data of the frame around the sections.
pub(super) struct Page<'p> {
    pub style: &'p Style,
    pub tool: &'p ToolInfo,
    pub overview: &'p Overview,
    pub summary: &'p Summary,
    pub errors: &'p [Problem],
    pub policy: String,
}

impl Page<'_> {
    /// Everything up to the content.
    pub fn head(&self) -> Markup {
        let labels = self.style.labels();
        let title = match (&self.overview.title, self.overview.logs) {
            (Some(title), 1) => title.as_str(),
            _ => labels.title,
        };
        html! {
            (DOCTYPE)
            (PreEscaped(format!("<html lang=\"{}\">\n", self.style.lang)))
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(self.policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content={ "jobtriage " (Text(&self.tool.version)) };
                title { (Text(title)) }
                style { (PreEscaped(STYLE)) }
            }
            (PreEscaped("\n<body id=\"top\">\n<main>\n"))
        }
    }

    /// Everything behind the content.
    pub fn foot(&self) -> Markup {
        let labels = self.style.labels();
        let version = crate::report::sanitize::clean(&self.tool.version);
        html! {
            (PreEscaped("</main>\n"))
            footer { p { ((labels.written_by)(&version, self.tool.patterns)) } }
            script { (PreEscaped(SCRIPT)) }
            (PreEscaped("\n</body>\n</html>\n"))
        }
    }

    /// Counts, causes, owners, unknown failures, unread inputs.
    pub fn overview(&self) -> Markup {
        let labels = self.style.labels();
        html! {
            header.page {
                h1 { (labels.title) }
            }
            section aria-label=(labels.overview) {
                (self.tiles())
                h2 { (labels.outcomes) }
                (self.outcomes())
                (self.notes())
            }
            @if self.overview.failures() > 0 {
                (self.causes()) (self.overview.timeline.chart(self.style)) (self.shares()) (self.groups()) }
            (self.unread())
        }
    }

    fn tiles(&self) -> Markup {
        let (labels, overview) = (self.style.labels(), self.overview);
        let failures = overview.failures();
        let tile = |name: &str, count: usize, more: Option<String>| {
            html! {
                div.tile {
                    dt { (name) }
                    dd { b { (count) } @if let Some(more) = more { " " span.faint { (more) } } }
                }
            }
        };
        let explained =
            (failures > 0).then(|| (labels.share_explained)(percent(overview.explained, failures)));
        let unexplained = (failures > 0)
            .then(|| (labels.share_explained)(100 - percent(overview.explained, failures)));
        html! {
            dl.tiles {
                (tile(labels.logs, overview.logs, None))
                (tile(labels.failures, failures, None))
                (tile(labels.explained, overview.explained, explained))
                (tile(labels.unexplained, overview.unexplained, unexplained))
                @if !self.errors.is_empty() {
                    (tile(labels.unreadable, self.errors.len(), None))
                }
            }
        }
    }

    /// The times of the logs, and which logs have none.
    fn notes(&self) -> Markup {
        let (words, summary) = (self.style.words(), self.summary);
        html! {
            @if let (Some(first), Some(last)) = (summary.first_seen, summary.last_seen) {
                p.faint { ((words.between)(&minute(first), &minute(last), summary.undated)) }
            }
            @if summary.outside > 0 { p.faint { ((words.outside)(summary.outside)) } }
            @if summary.known > 0 { p.faint { ((words.known)(summary.known)) } }
            @if summary.partial { p.note { (words.partial) } }
        }
    }

    fn outcomes(&self) -> Markup {
        let (labels, overview) = (self.style.labels(), self.overview);
        let part = |class, name, count| Part { class, name, count };
        chart::stacked(&[
            part("bad", labels.failed_known, overview.explained),
            part("doubt", labels.failed_unknown, overview.unexplained),
            part("good", labels.succeeded, overview.succeeded),
            part("still", labels.canceled, overview.canceled),
            part("quiet", labels.no_verdict, overview.no_verdict),
        ])
    }

    fn causes(&self) -> Markup {
        let labels = self.style.labels();
        let causes = self.overview.ranked();
        if causes.is_empty() {
            return html! {};
        }
        let (first, rest) = causes.split_at(causes.len().min(SHOWN));
        html! {
            section id="causes" {
                h2 { (labels.causes) }
                (self.cause_list(first, first))
                @if !rest.is_empty() {
                    details {
                        summary { ((labels.more_causes)(rest.len())) }
                        (self.cause_list(rest, first))
                    }
                }
            }
        }
    }

    fn cause_list(&self, causes: &[(&str, &Cause)], all: &[(&str, &Cause)]) -> Markup {
        let words = self.style.words();
        let most = all.first().map_or(1, |(_, cause)| cause.logs);
        html! {
            ol.ranks {
                @for (id, cause) in causes {
                    li {
                        span.count { (cause.logs) }
                        (chart::bar(cause.logs, most))
                        div.what {
                            p.title { (Prose(&cause.title)) }
                            p.faint {
                                @match &cause.anchor {
                                    Some(anchor) => a href={ "#" (anchor) } { code { (Short(id)) } },
                                    None => code { (Short(id)) },
                                }
                                " · " (words.who(cause.owner)) " · " (words.retry(cause.retry))
                                " · " (self.share(cause.logs)) " "
                                (self.style.labels().of_failures)
                                @if let Some(days) = self.seen(id) { " · " span.days { (days) } }
                            }
                        }
                    }
                }
            }
        }
    }

    /// A share of the failures, which is never shown as zero.
    fn share(&self, logs: usize) -> String {
        match percent(logs, self.overview.failures()) {
            0 if logs > 0 => "< 1 %".to_owned(),
            percent => format!("{percent} %"),
        }
    }

    /// The days on which a cause was seen first and last.
    fn seen(&self, id: &str) -> Option<String> {
        let count = self.summary.causes.iter().find(|count| count.id == id)?;
        let (first, last) = (day(count.first_seen?), day(count.last_seen?));
        Some(if first == last {
            first
        } else {
            format!("{first} … {last}")
        })
    }

    /// Who has to act, and whether running again helps.
    fn shares(&self) -> Markup {
        let (labels, words, overview) = (self.style.labels(), self.style.words(), self.overview);
        if overview.explained == 0 {
            return html! {};
        }
        let mut owners: Vec<(&str, usize)> = Owner::ALL
            .iter()
            .map(|owner| (words.who(*owner), overview.owners[*owner as usize]))
            .filter(|(_, logs)| *logs > 0)
            .collect();
        owners.sort_by_key(|(_, logs)| std::cmp::Reverse(*logs));
        let retries = Retry::ALL
            .iter()
            .rev()
            .map(|retry| (words.retry_short(*retry), overview.retries[*retry as usize]));
        let retries: Vec<(&str, usize)> = retries.filter(|(_, logs)| *logs > 0).collect();
        let list = |rows: &[(&str, usize)]| {
            let most = rows.iter().map(|(_, logs)| *logs).max().unwrap_or(1);
            html! {
                ol.ranks.small {
                    @for (name, logs) in rows {
                        li {
                            span.count { (logs) }
                            (chart::bar(*logs, most))
                            div.what { (name) }
                        }
                    }
                }
            }
        };
        let never = overview.retries[Retry::Never as usize];
        let helped = overview.explained - never;
        html! {
            div.columns {
                section {
                    h2 { (labels.by_owner) }
                    (list(&owners))
                }
                section {
                    h2 { (labels.by_retry) }
                    (list(&retries))
                    p.faint { ((labels.retry_would_help)(helped, overview.explained)) }
                }
            }
        }
    }

    /// Unexplained failures by fingerprint.
    fn groups(&self) -> Markup {
        let labels = self.style.labels();
        let groups = &self.summary.unexplained_groups;
        if groups.is_empty() {
            return html! {};
        }
        let kept = &groups[..groups.len().min(MOST_GROUPS)];
        let most = kept.first().map_or(1, |group| group.logs);
        let (first, rest) = kept.split_at(kept.len().min(SHOWN));
        let logs =
            |groups: &[UnexplainedCount]| -> usize { groups.iter().map(|group| group.logs).sum() };
        let text_of = |group: &UnexplainedCount| match group.text.is_empty() {
            true => "–".to_owned(),
            false => group.text.clone(),
        };
        let list = |groups: &[UnexplainedCount]| {
            html! {
                ol.ranks {
                    @for group in groups {
                        li {
                            span.count { (group.logs) }
                            (chart::bar(group.logs, most))
                            div.what {
                                p { code.said { (Text(&text_of(group))) } }
                                p.faint {
                                    @match self.overview.anchors.get(&group.log) {
                                        Some(anchor) => a href={ "#" (anchor) } {
                                            (Short(&group.log))
                                        },
                                        None => (Short(&group.log)),
                                    }
                                }
                            }
                        }
                    }
                }
            }
        };
        let hidden = groups.len() - kept.len();
        let hidden_logs = logs(&groups[kept.len()..]) + self.summary.unexplained_groups_left;
        html! {
            section id="unexplained" {
                h2 { (labels.unknown_groups) }
                (list(first))
                @if !rest.is_empty() {
                    details {
                        summary { ((labels.more_groups)(rest.len(), logs(rest))) }
                        (list(rest))
                    }
                }
                @if hidden_logs > 0 {
                    p.faint { "… " ((labels.more_groups)(hidden, hidden_logs)) }
                }
            }
        }
    }

    fn unread(&self) -> Markup {
        let labels = self.style.labels();
        if self.errors.is_empty() {
            return html! {};
        }
        let kept = &self.errors[..self.errors.len().min(MOST_ERRORS)];
        let (first, rest) = kept.split_at(kept.len().min(SHOWN));
        let list = |errors: &[Problem]| {
            html! {
                ul.unread {
                    @for error in errors {
                        li {
                            code { (Short(&error.source)) } " " (Text(&error.message))
                            @if let Some(hint) = &error.hint { " " span.faint { (Prose(hint)) } }
                        }
                    }
                }
            }
        };
        html! {
            section id="unread" {
                h2 { (labels.not_read) }
                (list(first))
                @if !rest.is_empty() {
                    details { summary { ((labels.errors_left_out)(rest.len())) } (list(rest)) }
                }
                @if self.errors.len() > kept.len() {
                    p.faint { "… " ((labels.errors_left_out)(self.errors.len() - kept.len())) }
                }
            }
        }
    }

    /// The table up to its rows.
    pub fn table_head(&self) -> Markup {
        let labels = self.style.labels();
        let columns = [
            labels.log,
            labels.outcome,
            labels.cause,
            labels.who,
            labels.line,
        ];
        html! {
            (PreEscaped("<section id=\"logs\">"))
            h2 { (labels.logs) }
            (PreEscaped("<div class=\"scroll\">"))
            (PreEscaped(format!(
                "<table class=\"logs\" data-filter=\"{}\" data-all=\"{}\" data-sort=\"{}\">",
                labels.filter, labels.shown, labels.sort_hint
            )))
            thead { tr { @for column in columns { th scope="col" { (column) } } } }
            (PreEscaped("<tbody>\n"))
        }
    }

    /// What the table and the sections leave out.
    pub fn table_notes(&self, unlisted: usize, without: usize) -> Markup {
        let labels = self.style.labels();
        html! {
            @if unlisted > 0 { p.note { ((labels.rows_left_out)(unlisted)) } }
            @if without > 0 { p.note { ((labels.sections_left_out)(without)) } }
        }
    }
}

fn percent(part: usize, of: usize) -> usize {
    part * 100 / of.max(1)
}
