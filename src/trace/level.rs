//! What loggers call their levels.

/// Below a warning.
pub const QUIET: &[&str] = &[
    "TRACE", "DEBUG", "INFO", "CONFIG", "FINE", "FINER", "FINEST", "VERBOSE",
];

/// Something may have failed.
pub const LOUD: &[&str] = &[
    "WARN", "WARNING", "ERROR", "SEVERE", "FATAL", "CRITICAL", "PANIC",
];

/// Of servers, neither the one nor the other.
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
