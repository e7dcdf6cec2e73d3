//! Programs that take a secret as the value of an option.

/// How a program takes a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `-p value`, `-p=value`, `-pvalue`
    Any,
    /// `-p value` only.
    Apart,
    /// `-pvalue` only; with a blank in between, the program would ask for the secret.
    Glued,
    /// `-u user:value`, with that byte between the two.
    Behind(u8),
    /// `-passin pass:value`
    Pass,
}

/// Programs that take a secret as the value of an option.
pub(super) struct Tool {
    pub programs: &'static [&'static str],
    /// One of these words must stand between the program and the option.
    pub verbs: &'static [&'static str],
    pub options: &'static [&'static str],
    pub form: Form,
}

const fn tool(
    programs: &'static [&'static str],
    verbs: &'static [&'static str],
    options: &'static [&'static str],
    form: Form,
) -> Tool {
    Tool {
        programs,
        verbs,
        options,
        form,
    }
}

pub(super) const TOOLS: &[Tool] = &[
    tool(
        &[
            "docker", "podman", "nerdctl", "buildah", "skopeo", "crane", "helm", "oras", "oc",
            "az", "cf", "conan", "expo", "eas",
        ],
        &["login"],
        &["-p"],
        Form::Any,
    ),
    tool(&["glab"], &["login"], &["-t"], Form::Any),
    tool(&["twine"], &["upload", "register"], &["-p"], Form::Any),
    tool(
        &["nuget", "dotnet"],
        &["push"],
        &["-k", "-ApiKey", "-apikey"],
        Form::Apart,
    ),
    tool(
        &["kubectl", "oc"],
        &["secret"],
        &["--from-literal"],
        Form::Behind(b'='),
    ),
    tool(&["gh"], &["secret"], &["-b", "--body"], Form::Apart),
    tool(
        &["curl"],
        &[],
        &["-u", "-U", "--user", "--proxy-user"],
        Form::Behind(b':'),
    ),
    tool(&["curl"], &[], &["-b", "--cookie"], Form::Behind(b'=')),
    tool(&["curl"], &[], &["--oauth2-bearer"], Form::Apart),
    tool(
        &["skopeo", "podman", "buildah"],
        &[],
        &["--creds", "--src-creds", "--dest-creds"],
        Form::Behind(b':'),
    ),
    tool(
        &["security"],
        &["unlock-keychain", "create-keychain"],
        &["-p"],
        Form::Apart,
    ),
    tool(&["security"], &["import"], &["-P"], Form::Apart),
    tool(
        &["security"],
        &["set-key-partition-list"],
        &["-k"],
        Form::Apart,
    ),
    tool(&["altool"], &[], &["-p"], Form::Apart),
    tool(&["ipmitool"], &[], &["-P"], Form::Apart),
    tool(&["psexec", "PsExec"], &[], &["-p"], Form::Apart),
    tool(&["vercel"], &[], &["-t"], Form::Apart),
    tool(&["aws"], &["put-parameter"], &["--value"], Form::Apart),
    tool(&["az"], &["secret"], &["--value"], Form::Apart),
    tool(&["ssh-keygen"], &[], &["-N", "-P"], Form::Apart),
    tool(&["conan"], &["user"], &["-p"], Form::Any),
    tool(&["lftp"], &[], &["-u"], Form::Behind(b',')),
    tool(
        &["smbclient", "rpcclient"],
        &[],
        &["-U", "--user"],
        Form::Behind(b'%'),
    ),
    tool(&["sshpass"], &[], &["-p"], Form::Any),
    tool(
        &[
            "mysql",
            "mysqladmin",
            "mysqlcheck",
            "mysqldump",
            "mysqlimport",
            "mysqlpump",
            "mysqlsh",
            "mariadb",
            "mariadb-admin",
            "mariadb-dump",
        ],
        &[],
        &["-p"],
        Form::Glued,
    ),
    tool(
        &["7z", "7za", "7zz", "rar", "unrar"],
        &[],
        &["-p"],
        Form::Glued,
    ),
    tool(
        &[
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "mongoexport",
            "mongoimport",
        ],
        &[],
        &["-p"],
        Form::Any,
    ),
    tool(&["redis-cli"], &[], &["-a"], Form::Apart),
    tool(&["sqlcmd", "bcp"], &[], &["-P"], Form::Any),
    tool(&["zip", "unzip"], &[], &["-P"], Form::Apart),
    tool(
        &["ldapsearch", "ldapadd", "ldapmodify", "ldapwhoami"],
        &[],
        &["-w"],
        Form::Apart,
    ),
    tool(
        &["keytool", "jarsigner"],
        &[],
        &[
            "-storepass",
            "-keypass",
            "-srcstorepass",
            "-deststorepass",
            "-destkeypass",
        ],
        Form::Apart,
    ),
    tool(
        &["openssl", "apksigner"],
        &[],
        &["-pass", "-passin", "-passout", "--ks-pass", "--key-pass"],
        Form::Pass,
    ),
    tool(
        &["openssl"],
        &["enc", "aes-128-cbc", "aes-256-cbc", "des3"],
        &["-k", "-K"],
        Form::Apart,
    ),
    tool(&["cqlsh"], &[], &["-p"], Form::Any),
    tool(&["poetry"], &["publish"], &["-p"], Form::Any),
    tool(&["useradd", "usermod"], &[], &["-p"], Form::Apart),
    tool(&["gem"], &["push"], &["-k", "--key"], Form::Apart),
    tool(&["doctl"], &["init"], &["-t"], Form::Any),
    tool(
        &["ncftp", "ncftpget", "ncftpls", "ncftpput"],
        &[],
        &["-p"],
        Form::Apart,
    ),
];
