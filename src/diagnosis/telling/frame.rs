//! Frames of stack traces.

/// Whether a line is a frame of a stack trace (Java, .NET, JavaScript, Python, PHP, gdb, Ruby, Lua, Elixir),
/// Lua's heading of one, or the count of omitted frames.
pub(in crate::diagnosis) fn is_frame(line: &str) -> bool {
    let text = line.trim();
    let numbered = |text: &str| {
        let rest = text.strip_prefix('#')?;
        let (number, behind) = rest.split_once(' ')?;
        let digits = number.trim_end_matches(':');
        (!digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
            && behind.contains(['/', '(']))
        .then_some(())
    };
    let left_out = |text: &str| {
        let count = text.strip_prefix("... ")?.strip_suffix(" more")?;
        count.bytes().all(|b| b.is_ascii_digit()).then_some(())
    };
    let at = |text: &str| {
        let place = text.strip_prefix("at ")?;
        // `at a.B.c(B.java:3)`, `at file:///a.mjs:3:7`, `at <ScriptBlock>, a.ps1: line 3`; no words with a colon of their own.
        let ends = place.ends_with(|c: char| c == ')' || c == '>' || c.is_ascii_digit());
        let called = place.contains('(') && !place.contains(": ");
        (ends && place.contains(['(', ':', '/', '.']) || called).then_some(())
    };
    // `[C]: in function 'error'`, `a.lua:3: in main chunk` (Lua), `(app 0.1.0) lib/a.ex:3: A.b/1` (Elixir)
    let lua = || {
        text.starts_with("[C]: in ")
            || text.ends_with(['\'', '>', 'k', '?'])
                && text.contains(".lua:")
                && text.contains(": in ")
    };
    let elixir = text.starts_with('(')
        && [".ex:", ".exs:", ".erl:"]
            .iter()
            .any(|ending| text.contains(ending));
    at(text).is_some()
        || text == "stack traceback:"
        || lua()
        || elixir
        || text.starts_with("File \"") && text.contains(", line ")
        || text.starts_with("from ") && text.contains(":in ")
        || numbered(text).is_some()
        || left_out(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_from_other_lines() {
        for frame in [
            "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
            "    at file:///app/index.mjs:3:7",
            "   at App.Program.Main(String[] args) in /src/Program.cs:line 7",
            "  File \"/app/run.py\", line 3, in <module>",
            "#12 /var/www/html/artisan(37): Illuminate\\Foundation\\Console\\Kernel->handle()",
            "\tfrom /usr/lib/ruby/3.2.0/net/http.rb:1018:in `connect'",
            "\t... 27 more",
            "\t[C]: in function 'error'",
            "\tci.lua:14: in main chunk",
            "    (mix 1.17.2) lib/mix/cli.ex:96: Mix.CLI.run_task/2",
        ] {
            assert!(is_frame(frame), "{frame}");
        }
        for other in [
            "at least one error",
            "#12 ERROR: no such step",
            "from the start",
            "... and more",
            "lua: ci.lua:14: level 7 has two exits",
            "File not found",
        ] {
            assert!(!is_frame(other), "{other}");
        }
    }
}
