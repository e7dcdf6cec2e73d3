//! Names that say little by themselves: their value decides whether it is a secret.

use super::{is_mixed, is_random};

/// Could that be a secret, where the name says little? `pass: 12`, `FILE_PAT=*.log`, `pin = 12` and `license_key: apache-2.0`
/// hold none.
pub(super) fn fits(written: &str, value: &str) -> bool {
    let key = written.to_ascii_lowercase();
    // Names that end with a whole word of this kind.
    let behind = |end: &str| {
        let before = key.strip_suffix(end)?;
        (before.is_empty() || before.ends_with(['_', '-', '.'])).then_some(before)
    };
    if let Some(before) = key.strip_suffix("pass") {
        return is_pass(written.ends_with("_PASS"), before, value);
    }
    if key.ends_with("pw") {
        let variable = written.ends_with("_PW");
        return behind("pw").is_some_and(|before| is_pass(variable, before, value));
    }
    if key.ends_with("pat") {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.~=".contains(c);
        let is = is_mixed(value) && value.len() >= 16 && value.chars().all(plain);
        return behind("pat").is_some() && is;
    }
    if key.ends_with("pin") {
        return behind("pin").is_some_and(|before| is_pin(before, value));
    }
    let license = ["license", "licence"].iter().any(|word| key.contains(word));
    !license || !key.ends_with("key") || is_license_key(value)
}

/// Could a variable hold a key, where files, resources and the like go by the same name? `deploy_key = deploy_key.pub` holds none.
pub(super) fn fits_key(written: &str, value: &str) -> bool {
    const RANDOM: &[&str] = &[
        "deploy", "auth", "account", "storage", "session", "hmac", "jwt", "app", "client",
    ];
    let key = written.to_ascii_lowercase();
    let Some(before) = key.strip_suffix("key") else {
        return true;
    };
    let before = before.trim_end_matches(['_', '-']);
    !RANDOM.iter().any(|end| before.ends_with(end)) || is_key(value)
}

/// Random text, also as Base64 (`base64:…` of Laravel).
fn is_key(value: &str) -> bool {
    let encoded = value.strip_prefix("base64:").unwrap_or(value);
    let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
    let long = encoded.len() >= 40 && encoded.bytes().all(is_base64);
    let has = |is: fn(&u8) -> bool| encoded.bytes().any(|b| is(&b));
    is_random(value)
        || long && is_mixed(encoded) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
}

fn is_pass(variable: bool, before: &str, value: &str) -> bool {
    const KNOWN: &[&str] = &[
        "ssh",
        "db",
        "become_",
        "ssh_",
        "sudo_",
        "db_",
        "vault_",
        "user_",
        "admin_",
        "root_",
        "ftp_",
        "smtp_",
        "mail_",
        "proxy_",
        "ldap_",
        "sql_",
        "keystore_",
        "registry_",
    ];
    let before = before.replace('-', "_");
    let known = variable || KNOWN.iter().any(|end| before.ends_with(end));
    // Of a variable, or of an option; `two_pass=shadow2d` and `--first-pass=o2level` hold none.
    let other = before.ends_with('_') && is_random(value);
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count = number
        .bytes()
        .all(|b| b.is_ascii_digit() || b".,:".contains(&b));
    let name = value.contains(['_', '-', '/', '.', '(', ':', ' ']);
    known
        || other && !count
        || before.is_empty() && is_mixed(value) && value.len() >= 8 && !count && !name
}

/// A PIN: digits, where the name says of what, or random text. A board has pins too (`led_pin = 13`, `pin: PA10`), and what is
/// fixed to a version or a commit is pinned (`pin = "1.2.3"`).
fn is_pin(before: &str, value: &str) -> bool {
    const OF: &[&str] = &[
        "sim", "hsm", "card", "user", "so", "token", "pkcs11", "unlock",
    ];
    let before = before.trim_end_matches(['_', '-', '.']);
    let of = OF.iter().any(|end| before.ends_with(end));
    let digits = value.len() >= 4 && value.bytes().all(|b| b.is_ascii_digit());
    let has = |is: fn(&u8) -> bool| value.bytes().any(|b| is(&b));
    let both = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    of && digits || both && is_random(value)
}

fn is_license_key(value: &str) -> bool {
    // `BSD-3-Clause`, `apache-2.0`
    let version = value.split('-').any(|part| {
        let digits = part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        !part.is_empty() && digits && (part.len() <= 2 || part.contains('.'))
    });
    is_mixed(value) && value.len() >= 8 && !version
}

/// `image_pull_secret=regcred` names a thing.
pub(super) fn names_a_secret(key: &str) -> bool {
    let key: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    const OTHERS: &[&str] = &[
        "pullsecret",
        "tlssecret",
        "existingsecret",
        "passwordsecret",
        "credentialssecret",
        // Of the name of an assembly of .NET: a hash of its public key.
        "publickeytoken",
        // Where a list goes on.
        "nexttoken",
        "pagetoken",
        "startingtoken",
        "continuationtoken",
        // Of a language model.
        "maxtoken",
        "eostoken",
        "bostoken",
        "padtoken",
        "stoptoken",
    ];
    !OTHERS.iter().any(|end| key.ends_with(end))
}
