//! What a value may be within a command that a report proposes: a word, and nothing that a shell would act on.
//!
//! The values come from a log, and whoever can push a commit decides what a log says. A template says where a value goes; [`Place`]
//! is what that place means to a shell, and [`Place::word`] the value as it may stand there. The rules hold for POSIX shells and for
//! PowerShell, which also takes typographic quotation marks for its own.

use std::borrow::Cow;

use crate::model::is_hostile;

/// Longest value within a command, in characters. A value without its middle would name nothing.
const LONGEST: usize = 300;

/// What stands for a value while a span is looked at. A template may hold that character as well; it is then a word like any.
pub(super) const VALUE: char = '\0';

/// Where within a code span a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The span is a name or a piece of some file, no command: `{file}:{line}`, `image: {image}`.
    Name,
    /// An argument, or a part of one, outside of quotes; `first` where it begins a word, `quotes` where quotes may be put around it.
    Bare { first: bool, quotes: bool },
    /// A part of what stands between these quotes.
    Quoted { quote: char, first: bool },
    /// A part of a string within quoted code: `Rscript -e 'install.packages("{package}")'`.
    String,
    /// A part of quoted code, of whatever language.
    Code,
}

/// What is open at the end of a text: quotes, or `$(`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Quote(char),
    Substitution,
}

impl Place {
    /// What the place at the end of `before` means; `span` is the whole of the code span, `command` that it is one for sure.
    pub(super) fn of(span: &str, before: &str, command: bool) -> Place {
        let is_command = command || is_command(span);
        let first = before.ends_with([' ', '(', '\'', '"']) || before.is_empty();
        match innermost(before) {
            Some((quote, inner)) => {
                let other = if quote == '"' { '\'' } else { '"' };
                if inner.matches(other).count() % 2 == 1 {
                    Place::String
                } else if inner.contains(' ') {
                    Place::Code
                } else if is_command {
                    let first = inner.is_empty() && before[..before.len() - 1].ends_with(' ');
                    Place::Quoted { quote, first }
                } else {
                    Place::Name
                }
            }
            None if is_command => Place::Bare {
                first,
                quotes: !before.is_empty() && !is_of_windows(span),
            },
            None => Place::Name,
        }
    }

    /// The value as it may stand there; `None` where it may not.
    pub(super) fn word(self, value: &str) -> Option<Cow<'_, str>> {
        if self == Place::Name {
            let acts = [";", "|", "&&", "$(", "`", "\n"];
            return (!acts.iter().any(|sign| value.contains(sign))).then_some(value.into());
        }
        // What a runner put in a secret's place says nothing.
        let masked = value.bytes().all(|b| b == b'*');
        let option = value.starts_with('-') && !is_plain_option(value);
        if masked || value.contains(['`', '\n']) || value.chars().nth(LONGEST).is_some() {
            return None;
        }
        let all = |more: &str| {
            let is = |c: char| c.is_alphanumeric() || "_./:@%+=,~^-".contains(c);
            value.chars().all(|c| is(c) || more.contains(c))
        };
        let is_shown = !value.contains(is_hostile);
        let fits = match self {
            Place::Name => true,
            Place::Bare { first, .. } if first && option => false,
            Place::Bare { first, .. } if is_bare(value, first) => true,
            Place::Bare { quotes, .. } => {
                let may = quotes && is_shown && !value.contains(SINGLE);
                return may.then(|| format!("'{value}'").into());
            }
            Place::Quoted { first: true, .. } if option => false,
            Place::Quoted { quote: '"', .. } => {
                is_shown && !value.contains(DOUBLE) && !value.ends_with('\\')
            }
            Place::Quoted { .. } => is_shown && !value.contains(SINGLE),
            Place::String => all(" #?*()[]{}") && !option,
            Place::Code => all("?*[]") && !option,
        };
        fits.then_some(value.into())
    }
}

/// What PowerShell takes for a single quotation mark.
const SINGLE: &[char] = &['\'', '‘', '’', '‚', '‛'];
/// What ends text in double quotes, or is filled in there.
const DOUBLE: &[char] = &['"', '“', '”', '„', '$'];

/// A word that every shell takes as it is. A backslash only makes what follows plain, so none may stand at the end.
fn is_bare(value: &str, first: bool) -> bool {
    let is = |c: char| c.is_alphanumeric() || "_./:@%+=,~^[]#\\-".contains(c);
    value.chars().all(is) && !value.ends_with('\\') && !(first && value.starts_with('#'))
}

/// `--allow-net`: an option that takes nothing. One with a value may name a program to run.
fn is_plain_option(value: &str) -> bool {
    let name = value.strip_prefix("--");
    name.is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    })
}

/// The quote that is open at the end of a text, and what stands behind it.
fn innermost(before: &str) -> Option<(char, &str)> {
    let mut open: Vec<(Open, usize)> = Vec::new();
    let mut chars = before.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inside = open.last().map(|(open, _)| *open);
        match c {
            '\'' if inside == Some(Open::Quote('\'')) => drop(open.pop()),
            _ if inside == Some(Open::Quote('\'')) => {}
            '\\' => drop(chars.next()),
            '"' if inside == Some(Open::Quote('"')) => drop(open.pop()),
            '$' if matches!(chars.peek(), Some((_, '('))) => {
                chars.next();
                open.push((Open::Substitution, at + 2));
            }
            _ if inside == Some(Open::Quote('"')) => {}
            '"' | '\'' => open.push((Open::Quote(c), at + 1)),
            ')' if inside == Some(Open::Substitution) => drop(open.pop()),
            _ => {}
        }
    }
    match open.last()? {
        (Open::Quote(quote), start) => Some((*quote, &before[*start..])),
        (Open::Substitution, _) => None,
    }
}

/// Is a code span a command? It has several words, of which the first is called like a program: not `image: {image}`,
/// `targets = ["{target}"]`, `FROM {image}`, `// eslint-disable-next-line {rule}`, `import("{module}")`.
fn is_command(span: &str) -> bool {
    let mut words = span.split(' ').filter(|word| !word.is_empty());
    // `RUN` of a Dockerfile, and variables for one command.
    let lead = |word: &&str| *word == "RUN" || is_assignment(word);
    let Some(program) = words.by_ref().find(|word| !lead(word)) else {
        return false;
    };
    let Some(second) = words.next() else {
        // `RUN {program}`
        return span.starts_with("RUN ");
    };
    let is = |c: char| c.is_alphanumeric() || c == VALUE || "_./+-~$".contains(c);
    let word = program.contains(|c: char| c.is_alphanumeric() || c == VALUE);
    let named = program == "[" || word && program.chars().all(is);
    let instruction = program.len() > 2 && program.bytes().all(|b| b.is_ascii_uppercase());
    let relation = ["=", "->", ":=", "=>", "{"].contains(&second);
    named && !instruction && !relation && !span.ends_with(':')
}

/// `NAME=value`
fn is_assignment(word: &str) -> bool {
    let is = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == VALUE;
    word.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(is))
}

/// A program that is called from `cmd`, to which single quotes mean nothing.
fn is_of_windows(span: &str) -> bool {
    let program = span.split(' ').next().unwrap_or(span);
    program.ends_with(".exe") || ["taskkill", "net", "setx", "sc"].contains(&program)
}

/// A regular expression that finds the name of a test, made of nothing that a shell or a quotation mark could act on: every other
/// character becomes a dot, and what joins the parts of a name (`cart › adds` of Jest, `cart > adds` of Vitest), which the tools join
/// by a blank, becomes `.+`.
pub(super) fn as_regex(value: &str) -> String {
    let joins = ["›", "ΓÇ║", "ÔÇ║", ">", "…"];
    let words = value.split(' ').map(|word| {
        if joins.contains(&word) {
            return ".+".to_owned();
        }
        let is = |c: char| c.is_alphanumeric() || "_/:@%=,~-".contains(c);
        word.chars().map(|c| if is(c) { c } else { '.' }).collect()
    });
    let words: Vec<String> = words.collect();
    words.join(" ").replace(" .+ ", ".+")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(span: &str) -> Place {
        let span = span.replace("{}", "\0");
        let at = span.find(VALUE).unwrap();
        Place::of(&span, &span[..at], false)
    }

    const BARE: Place = Place::Bare {
        first: true,
        quotes: true,
    };

    #[test]
    fn a_command_is_told_from_a_name() {
        for command in [
            "npm view {}",
            "RUN useradd -m {}",
            "MIX_ENV=test mix deps.compile {} --force",
            "[ -z \"$FILES\" ] || {} $FILES",
            "ls -la \"$(dirname {})\"",
            "for i in $(seq 30); do nc -z {} 80 && break; done",
        ] {
            assert_eq!(place(command), BARE, "{command}");
        }
        for name in [
            "{}",
            "@team/{}",
            "image: {}",
            "targets = [{}]",
            "targets = [\"{}\"]",
            "FROM {}",
            "DROP DATABASE IF EXISTS {}",
            "// eslint-disable-next-line {}",
            "# noqa: {}",
            "\"rules\": {\"{}\": \"off\"}",
            "import(\"{}\") then",
            "A -> B -> {}",
            "{}: …",
            "bootstrap container {}:",
        ] {
            assert_eq!(place(name), Place::Name, "{name}");
        }
        assert_eq!(
            place("{} --help"),
            Place::Bare {
                first: true,
                quotes: false
            }
        );
        assert_eq!(
            place("curl -v https://{}/"),
            Place::Bare {
                first: false,
                quotes: true
            }
        );
    }

    #[test]
    fn quotes_around_a_place_are_seen() {
        let quoted = |quote, first| Place::Quoted { quote, first };
        for (span, want) in [
            ("npx mocha -g '{}'", quoted('\'', true)),
            ("go test -run '^{}$'", quoted('\'', false)),
            ("npx jest -t \"{}\"", quoted('"', true)),
            ("dnf provides '*/{}'", quoted('\'', false)),
            ("sed 's/\\r$//' {}", BARE),
            ("sh 'ls -R {}'", Place::Code),
            (
                "pre_clone_script = \"echo 'IP {}' >> /etc/hosts\"",
                Place::String,
            ),
            ("Rscript -e 'install.packages(\"{}\")'", Place::String),
            ("sbt \"testOnly *Spec -- -z '{}'\"", Place::String),
        ] {
            assert_eq!(place(span), want, "{span}");
        }
    }

    #[test]
    fn a_value_is_a_word_or_nothing() {
        let single = Place::Quoted {
            quote: '\'',
            first: true,
        };
        let double = Place::Quoted {
            quote: '"',
            first: true,
        };
        for (place, value, want) in [
            // As they are.
            (
                BARE,
                "registry.example.com/a/b@sha256:0a1b",
                Some("registry.example.com/a/b@sha256:0a1b"),
            ),
            (BARE, "@team/ui@^1.2", Some("@team/ui@^1.2")),
            (BARE, "~/.npm", Some("~/.npm")),
            (BARE, r"C:\builds\a.cs", Some(r"C:\builds\a.cs")),
            (BARE, "[MASKED]", Some("[MASKED]")),
            (BARE, "src/장바구니.ts", Some("src/장바구니.ts")),
            (BARE, "--allow-net", Some("--allow-net")),
            (
                single,
                "adds (2 + 2) & $5, or \"x\"",
                Some("adds (2 + 2) & $5, or \"x\""),
            ),
            (double, "it's 3 > 2", Some("it's 3 > 2")),
            (
                Place::String,
                "Cart, [2] adds (all)",
                Some("Cart, [2] adds (all)"),
            ),
            (Place::Name, ">=1.2,<2", Some(">=1.2,<2")),
            (
                Place::Name,
                "https://a.example.com/?a=1&b=$c",
                Some("https://a.example.com/?a=1&b=$c"),
            ),
            // Quotes are enough.
            (BARE, "my dir", Some("'my dir'")),
            (BARE, ">=3.8,<4.0", Some("'>=3.8,<4.0'")),
            (
                BARE,
                "https://a.example.com/?a=1&b=2",
                Some("'https://a.example.com/?a=1&b=2'"),
            ),
            (BARE, "$(touch${IFS}x)", Some("'$(touch${IFS}x)'")),
            (BARE, "#x", Some("'#x'")),
            (BARE, r"C:\a\", Some(r"'C:\a\'")),
            // Nothing is.
            (BARE, "a'; touch x; '", None),
            (BARE, "a’; touch x; ’", None),
            (BARE, "`id`", None),
            (BARE, "-oProxyCommand=x", None),
            (BARE, "--upload-pack=x", None),
            (BARE, "a\u{1b}[2J", None),
            (BARE, "a\nid", None),
            (BARE, "***", None),
            (single, "adds'; touch x; '", None),
            (single, "-x", None),
            (double, "$(touch x)", None),
            (double, "a\"; touch x; \"", None),
            (double, r"a\", None),
            (Place::String, "a; id", None),
            (Place::String, "a\\", None),
            (Place::Code, "a b", None),
            (Place::Code, "$x", None),
            (Place::Name, "a; id", None),
            (Place::Name, "$(id)", None),
        ] {
            assert_eq!(place.word(value).as_deref(), want, "{place:?} {value}");
        }
        let first = Place::Bare {
            first: true,
            quotes: false,
        };
        assert_eq!(first.word("rm -rf x"), None);
        assert_eq!(BARE.word(&"a".repeat(LONGEST + 1)), None);
    }

    #[test]
    fn a_regex_of_a_name_holds_no_sign_of_a_shell() {
        for (name, regex) in [
            ("cart › adds totals", "cart.+adds totals"),
            ("cart > adds (2 + 2)", "cart.+adds .2 . 2."),
            ("it's $5; `id`", "it.s .5. .id."),
            (r"Tests\CartTest::testTotal", "Tests.CartTest::testTotal"),
            ("TestLogin/empty#01", "TestLogin/empty.01"),
            ("더하기 2.5", "더하기 2.5"),
        ] {
            assert_eq!(as_regex(name), regex);
        }
    }
}
