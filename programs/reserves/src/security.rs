//! Where to report a vulnerability, readable from the program's bytecode.

#[cfg(not(feature = "no-entrypoint"))]
solana_security_txt::security_txt! {
    name: "Ballast reserves",
    project_url: "https://github.com/ballast-reserves/ballast",
    contacts: "link:https://github.com/ballast-reserves/ballast/security/advisories/new",
    policy: "https://github.com/ballast-reserves/ballast/blob/main/SECURITY.md",
    preferred_languages: "en",
    source_code: "https://github.com/ballast-reserves/ballast"
}
