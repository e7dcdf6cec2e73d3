//! Variables in place of flags: what an empty one means, and which one a complaint is about.

use std::env;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, Error};

/// Forgets the variables that are empty: in job files that is how one is unset.
pub fn without_empty(command: Command) -> Command {
    let is_empty = |arg: &Arg| {
        let name = arg.get_env();
        name.is_some_and(|name| env::var_os(name).is_some_and(|value| value.is_empty()))
    };
    command
        .mut_args(|arg| {
            if is_empty(&arg) {
                arg.env(Resettable::Reset)
            } else {
                arg
            }
        })
        .mut_subcommands(without_empty)
}

/// The variable that the refused value comes from, if no flag gave it.
pub fn behind(error: &Error, command: &Command) -> Option<String> {
    let Some(ContextValue::String(refused)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    // `--lang <LANG>`
    let long = refused.split(' ').next()?.strip_prefix("--")?;
    let arg = with_variable(command, long)?;
    let short = arg.get_short().map(|short| format!("-{short}"));
    let given = env::args_os().skip(1).any(|given| {
        let given = given.to_string_lossy();
        let flag = given.split('=').next().unwrap_or_default();
        flag.strip_prefix("--") == Some(long)
            || short.as_ref().is_some_and(|short| given.starts_with(short))
    });
    let name = arg.get_env()?.to_str()?.to_owned();
    (!given).then_some(name)
}

/// The argument of this name, of whatever command, that a variable can give.
fn with_variable<'c>(command: &'c Command, long: &str) -> Option<&'c Arg> {
    let mut own = command.get_arguments();
    own.find(|arg| arg.get_long() == Some(long) && arg.get_env().is_some())
        .or_else(|| {
            let mut below = command.get_subcommands();
            below.find_map(|command| with_variable(command, long))
        })
}
