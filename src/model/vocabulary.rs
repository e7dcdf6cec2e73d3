//! The closed word lists shared by pattern files, reports and the command line.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares a closed list of words: an enum, its spelling in files and reports, and `Display`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every word of the list, in declaration order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word as files and reports spell it.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// What a matching line says about the failure.
    Role {
        /// Names the reason of the failure.
        RootCause = "root_cause",
        /// Real, but usually a consequence; the cause only when nothing better accounts for it.
        Symptom = "symptom",
        /// Says that something inside it failed; never the cause.
        Wrapper = "wrapper",
        /// Never fails a job; known so that nobody blames it.
        Noise = "noise",
    }
}

words! {
    /// How sure a pattern, or a diagnosis, is.
    Confidence {
        /// The line alone proves it.
        High = "high",
        /// Likely; a check may be needed.
        Medium = "medium",
        /// A hint.
        Low = "low",
    }
}

words! {
    /// Who has to act.
    Owner {
        /// The authors of the project's code, tests or dependencies.
        Project = "project",
        /// Whoever writes `.gitlab-ci.yml`, Dockerfiles and other build recipes.
        CiConfig = "ci-config",
        /// Whoever runs the GitLab Runner.
        RunnerAdmin = "runner-admin",
        /// Whoever runs the cluster, the Git server or other shared services.
        Platform = "platform",
        /// Whoever runs the network, its proxies and its DNS.
        Network = "network",
        /// Whoever runs the image or package registry.
        Registry = "registry",
        /// A service outside of the organisation.
        ThirdParty = "third-party",
    }
}

words! {
    /// Does simply running the job again help?
    Retry {
        /// No: the same input fails the same way.
        Never = "never",
        /// Perhaps: the cause can pass.
        Maybe = "maybe",
        /// Mostly: the cause is transient by nature.
        Usually = "usually",
    }
}

words! {
    /// The kind of failure, for grouping.
    Category {
        /// A setting, a name or a recipe is wrong.
        Configuration = "configuration",
        /// A connection could not be made or was cut.
        Network = "network",
        /// A certificate or the TLS handshake.
        Tls = "tls",
        /// A host name did not resolve.
        Dns = "dns",
        /// An image or package registry refused or lacked something.
        Registry = "registry",
        /// Who you are was not accepted.
        Auth = "auth",
        /// What you may do was not enough.
        Permission = "permission",
        /// Memory, disk, CPU, quota.
        Resource = "resource",
        /// Something took too long.
        Timeout = "timeout",
        /// A dependency is missing or does not fit.
        Dependency = "dependency",
        /// Compiling or packaging.
        Build = "build",
        /// A test.
        Test = "test",
        /// A linter, formatter or scanner.
        Lint = "lint",
        /// The runner itself.
        Runner = "runner",
        /// A database or another service the job uses.
        Service = "service",
        /// A data file or its format.
        Data = "data",
    }
}

words! {
    /// The language of causes and fixes.
    Lang {
        /// English.
        En = "en",
        /// Korean.
        Ko = "ko",
    }
}

words! {
    /// What many logs are summed up by.
    #[derive(Default)]
    GroupBy {
        /// Their cause.
        #[default]
        Cause = "cause",
        /// Who has to act.
        Owner = "owner",
        /// The kind of failure.
        Category = "category",
        /// The project that the log names, else the folder it lies in.
        Project = "project",
        /// The runner's name.
        Runner = "runner",
    }
}
