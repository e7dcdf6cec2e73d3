//! Warnings of several lines, whose head says so.

use std::ops::RangeInclusive;

use super::blocks;
use crate::model::TailLine;

/// `CMake Warning at a.cmake:3 (message):` and `CMake Warning (dev) …`, with the lines indented below it.
pub(super) fn of_cmake(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let heads =
        |text: &str| text.starts_with("CMake Warning") || text.starts_with("CMake Deprecation");
    blocks(lines, heads, |_, line, _| {
        let text = line.content();
        text.starts_with("  ") && !text.trim_start().starts_with("CMake ")
    })
}

/// `│ Warning: …` of Terraform and OpenTofu, down to the end of its box.
pub(super) fn of_terraform(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let heads = |text: &str| text.trim_start().starts_with("\u{2502} Warning: ");
    blocks(lines, heads, |_, line, _| {
        line.content().trim_start().starts_with('\u{2502}')
    })
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn of_either_tool() {
        let log = "CMake Warning (dev) at a.cmake:3 (message):\n  X not found: error reporting is off\n\n  more\n-- ok\n  x\n\
             CMake Error at b.cmake:1 (message):\n  no\n";
        assert_eq!(found_in(of_cmake, log), [1, 2, 3, 4]);
        let log = "\u{2577}\n\u{2502} Warning: Deprecated\n\u{2502}\n\u{2502} invalid\n\u{2575}\n\u{2577}\n\u{2502} Error: No\n";
        assert_eq!(found_in(of_terraform, log), [2, 3, 4]);
    }
}
