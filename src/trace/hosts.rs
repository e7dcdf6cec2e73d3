//! Prefixes that name the program or resource whose output follows. PowerShell puts one before the first line
//! that a program writes to standard error (`npm : npm error code E404`), Terraform before each line of a
//! provisioner (`null_resource.web (local-exec): `).

use super::prefix::stream;

/// Programs that are run from a shell. PowerShell's own commands and errors have other forms.
const PROGRAMS: &[&str] = &[
    "ansible",
    "az",
    "aws",
    "bun",
    "bundle",
    "cargo",
    "clang",
    "cmake",
    "composer",
    "conan",
    "curl",
    "dart",
    "deno",
    "docker",
    "dotnet",
    "eslint",
    "flutter",
    "forge",
    "gcc",
    "gcloud",
    "gem",
    "gh",
    "git",
    "go",
    "gradle",
    "gradlew",
    "helm",
    "java",
    "javac",
    "jest",
    "kubectl",
    "make",
    "mvn",
    "mvnw",
    "mypy",
    "node",
    "npm",
    "npx",
    "php",
    "pip",
    "pip3",
    "pnpm",
    "poetry",
    "prisma",
    "py",
    "pytest",
    "python",
    "python3",
    "ruby",
    "ruff",
    "rustc",
    "supabase",
    "swift",
    "terraform",
    "tsc",
    "uv",
    "vitest",
    "yarn",
];
/// Longest name of a program, and of a resource, in bytes.
const LONGEST: usize = 24;
const RESOURCE: usize = 200;

/// Length of the prefix in `npm : npm error code E404`, `node.exe : FAIL src/a.test.ts`.
pub(super) fn powershell(text: &[u8]) -> Option<usize> {
    // How PowerShell itself reports a program that is missing or does not start.
    const OWN: &[&[u8]] = &[b"The term '", b"The module '", b"Program '"];
    let window = &text[..text.len().min(LONGEST)];
    let end = memchr::memchr(b' ', window).filter(|&end| text[end..].starts_with(b" : "))?;
    let name = std::str::from_utf8(&text[..end]).ok()?;
    let name = [".exe", ".cmd", ".bat", ".ps1"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name);
    let behind = &text[end + 3..];
    let own = OWN.iter().any(|start| behind.starts_with(start));
    (PROGRAMS.contains(&name) && !own).then_some(end + 3)
}

/// Length and stream of the prefix in `null_resource.web (local-exec): `, `module.app.null_resource.db[0]
/// (remote-exec): `.
pub(super) fn provisioner(text: &[u8]) -> Option<(usize, u32)> {
    let window = &text[..text.len().min(RESOURCE)];
    let name = memchr::memchr(b' ', window).filter(|&end| text[end..].starts_with(b" ("))?;
    let behind = &text[name + 2..];
    let len = [&b"local-exec):"[..], b"remote-exec):"]
        .iter()
        .find_map(|kind| behind.starts_with(kind).then_some(kind.len()))?;
    let fits = |b: &u8| b.is_ascii_alphanumeric() || b"_-.[]\"/:".contains(b);
    let name = &text[..name];
    let known = name.contains(&b'.') && name.iter().all(fits);
    let end = name.len() + 2 + len;
    let blank = usize::from(text.get(end) == Some(&b' '));
    known.then(|| (end + blank, stream(name)))
}

/// Whether PowerShell repeats in this line what a program wrote: `    + CategoryInfo          : NotSpecified:
/// (npm error code E404:String) [], RemoteException`.
pub(super) fn repeats(text: &[u8]) -> bool {
    let told = || {
        let rest = text.strip_prefix(b"    + CategoryInfo")?.trim_ascii_start();
        rest.strip_prefix(b": NotSpecified: (")
    };
    told().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_powershell_runs() {
        for (line, content) in [
            ("npm : npm error code E404", "npm error code E404"),
            ("node.exe : FAIL src/a.test.ts", "FAIL src/a.test.ts"),
            ("cargo :     Checking app v0.1.0", "    Checking app v0.1.0"),
            (
                "git : fatal: not a git repository",
                "fatal: not a git repository",
            ),
        ] {
            let len = powershell(line.as_bytes()).unwrap_or_default();
            assert_eq!(&line[len..], content);
        }
        for line in [
            "dotnet : The term 'dotnet' is not recognized as the name of a cmdlet",
            "git : Program 'git' failed to run",
            "npm: npm error code E404",
            "npm :error",
            "LINK : fatal error LNK1104: cannot open file 'a.lib'",
            "MSBUILD : error MSB1009: Project file does not exist.",
            "Get-Item : Cannot find path 'C:\\a' because it does not exist.",
            "status : failed",
            "error : no such file",
        ] {
            assert_eq!(powershell(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn provisioners_of_terraform() {
        for (line, content) in [
            (
                "null_resource.web (local-exec): fatal: [node01]: FAILED!",
                "fatal: [node01]: FAILED!",
            ),
            ("module.app.null_resource.db[0] (remote-exec):   a", "  a"),
            ("aws_instance.web[\"a\"] (remote-exec):", ""),
        ] {
            let (len, _) = provisioner(line.as_bytes()).unwrap_or_default();
            assert_eq!(&line[len..], content);
        }
        for line in [
            "null_resource.web: Provisioning with 'local-exec'...",
            "the provisioner (local-exec): x",
            "web (local-exec): x",
            "null_resource.web (file): x",
        ] {
            assert_eq!(provisioner(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn what_powershell_repeats() {
        assert!(repeats(
            b"    + CategoryInfo          : NotSpecified: (npm error x:String) [], RemoteException"
        ));
        assert!(!repeats(b"    + CategoryInfo          : ObjectNotFound: (docker:String) [], CommandNotFoundException"));
        assert!(!repeats(
            b"    + FullyQualifiedErrorId : NativeCommandError"
        ));
    }
}
