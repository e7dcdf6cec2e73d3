//! Checks the condition tables: `[[when]]`, and those flattened into `[[note]]`.

use super::{COMMON, Checker, MAX_LOOKBACK};
use crate::model::Dialect;
use crate::pattern::checked::{Condition, Near, VersionRange};
use crate::pattern::error::{PatternError, nearest};
use crate::pattern::literal;
use crate::pattern::schema::{ConditionTable, Side};

impl Checker<'_> {
    /// The operators of one table, which stands at `path`; every one of them must hold.
    pub(super) fn conditions(
        &self,
        table: &ConditionTable,
        what: &str,
        path: &str,
    ) -> Result<Vec<Condition>, PatternError> {
        let mut out = Vec::new();
        out.extend(self.near(table, what, path)?);
        if let Some(list) = &table.section {
            out.push(Condition::Section(list.clone()));
        }
        if let Some(list) = &table.dialect {
            let known: Vec<&str> = Dialect::ALL.iter().map(|one| one.as_str()).collect();
            self.words(list, &known, "dialect", path)?;
            let list = list.iter().filter_map(|name| Dialect::of_name(name));
            out.push(Condition::Dialect(list.collect()));
        }
        if let Some(list) = &table.executor {
            out.push(Condition::Executor(list.clone()));
        }
        if let Some(range) = &table.runner {
            out.push(Condition::Runner(self.range(range, path)?));
        }
        if let Some(list) = &table.outcome {
            let known = ["failed", "succeeded", "canceled", "timed_out", "unknown"];
            self.words(list, &known, "outcome", path)?;
            out.push(Condition::Outcome(list.clone()));
        }
        if let Some(list) = &table.exit_code {
            out.push(Condition::ExitCode(list.clone()));
        }
        if let Some(regex) = &table.command {
            let at = format!("{path}.command");
            let command = self.expr(regex, table.ignore_case, false, &at)?;
            out.push(Condition::Command(command));
        }
        if let Some(list) = &table.seen {
            out.push(Condition::Seen(list.clone()));
        }
        if let Some(list) = &table.unseen {
            out.push(Condition::Unseen(list.clone()));
        }
        if let Some(times) = table.times {
            out.push(Condition::Times(times));
        }
        if out.is_empty() {
            let message = format!("a {what} without an operator");
            return Err(self.fault(path, None, message).slug("bad-condition"));
        }
        Ok(out)
    }

    /// What a table asks of other lines. It may hold one such regex, since `within`, `scope` and `side` belong to it.
    fn near(
        &self,
        table: &ConditionTable,
        what: &str,
        path: &str,
    ) -> Result<Option<Condition>, PatternError> {
        let absent = Near::Absent(table.side.unwrap_or_default());
        let keys = [
            ("before", &table.before, Near::Before),
            ("after", &table.after, Near::After),
            ("absent", &table.absent, absent),
        ];
        let mut given = keys
            .into_iter()
            .filter_map(|(key, regex, kind)| Some((key, regex.as_ref()?, kind)));
        let Some((key, regex, kind)) = given.next() else {
            if table.within.is_none() && table.scope.is_none() && table.side.is_none() {
                return Ok(None);
            }
            let message =
                format!("within, scope and side need before, after or absent in the same {what}");
            return Err(self.fault(path, None, message).slug("bad-condition"));
        };
        if let Some((second, ..)) = given.next() {
            let message = format!("two of before, after and absent in one {what}");
            let fault = self.fault(&format!("{path}.{second}"), None, message);
            return Err(fault
                .slug("bad-condition")
                .hint("write one table each: all tables must hold"));
        }
        let at = format!("{path}.{key}");
        let mut watch = self.expr(regex, table.ignore_case, false, &at)?;
        let looks_back = matches!(kind, Near::Before | Near::Absent(Side::Before))
            && table.within.is_some_and(|n| n <= MAX_LOOKBACK);
        if watch.literals.is_empty() && !looks_back {
            return Err(self.without_literal(&at));
        }
        // A text on every other line is better searched for above the few hits than watched for.
        if looks_back && watch.literals.iter().any(|l| (self.cost)(l) > COMMON) {
            watch.literals.clear();
        }
        Ok(Some(Condition::Near {
            kind,
            watch,
            within: table.within,
            scope: table.scope.unwrap_or_default(),
        }))
    }

    fn without_literal(&self, path: &str) -> PatternError {
        let least = literal::MIN_LEN;
        let message = format!(
            "this condition has no literal of {least} bytes, so it would run on every line"
        );
        let fault = self.fault(path, None, message).slug("bad-condition");
        fault.hint(format!(
            "add a literal, or look back only: `within` of at most {MAX_LOOKBACK} with `before`, \
             or with `absent` and `side = \"before\"`"
        ))
    }

    fn range(&self, range: &str, path: &str) -> Result<VersionRange, PatternError> {
        VersionRange::parse(range).ok_or_else(|| {
            let message = format!("`{range}` is not a version range");
            self.fault(&format!("{path}.runner"), None, message)
                .slug("bad-condition")
                .hint("write `>=15.9`, `<17.0`, or `>=15.9, <17.0, unknown`")
        })
    }

    /// Checks that every word of the list at the key of a table is known.
    fn words(
        &self,
        list: &[String],
        known: &[&str],
        key: &str,
        path: &str,
    ) -> Result<(), PatternError> {
        let Some(k) = list.iter().position(|word| !known.contains(&word.as_str())) else {
            return Ok(());
        };
        let message = format!("unknown {key} `{}`", list[k]);
        let fault = self
            .fault(&format!("{path}.{key}.{k}"), None, message)
            .slug("unknown-word");
        Err(match nearest(&list[k], known) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!("known: {}", known.join(", "))),
        })
    }
}
