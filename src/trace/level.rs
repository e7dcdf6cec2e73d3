//! The names of log levels.

/// Levels below a warning.
pub const QUIET: &[&str] = &[
    "TRACE", "DEBUG", "INFO", "CONFIG", "FINE", "FINER", "FINEST", "VERBOSE",
];

/// Levels at which something may have failed.
pub const LOUD: &[&str] = &[
    "WARN", "WARNING", "ERROR", "SEVERE", "FATAL", "CRITICAL", "PANIC",
];

/// Levels that only servers use.
pub const OF_SERVERS: &[&str] = &[
    "ALERT",
    "CRIT",
    "DETAIL",
    "EMERG",
    "HINT",
    "LOG",
    "NOTE",
    "NOTICE",
    "STATEMENT",
    "SYSTEM",
];
