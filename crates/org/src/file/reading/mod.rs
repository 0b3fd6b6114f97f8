//! The strict reader of `peribolos.yaml`.

mod check;
mod keys;
mod nearest;
mod org;
mod reader;
mod repo;
mod setting;
mod team;

use std::collections::BTreeSet;

use peribolos_vocab::{Kind, Login, Word};

use crate::file::findings::{Code, Diagnostic, Findings, Severity, quoted};
use crate::file::model::ConfigFile;
use crate::file::position::Position;
use crate::file::yaml::{LoadError, NodeKind, Plain, load};

pub(crate) use self::nearest::nearest;
use self::reader::{Entry, Reader, listed};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// A file that can be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Its content.
    pub file: ConfigFile,
    /// What its author may not expect, in the order of the file.
    pub warnings: Vec<Diagnostic>,
}

/// Reads bytes as text. More than the limit are not checked: [`parse`] refuses them.
///
/// # Errors
/// A finding at the first byte that is not UTF-8, and the text before it.
pub fn decode(bytes: Vec<u8>, file_name: &str) -> Result<String, Box<(Diagnostic, String)>> {
    if bytes.len() > MAX_BYTES {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
    let line = good.split('\n').count();
    let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let diagnostic = Diagnostic {
        severity: Severity::Error,
        code: Code::Encoding,
        file: file_name.to_owned(),
        line: number(line),
        column: number(column),
        end_column: number(column),
        message: "this byte is not valid UTF-8".to_owned(),
        hint: Some("save the file as UTF-8".to_owned()),
    };
    Err(Box::new((diagnostic, good)))
}

/// Reads a file strictly, as one of which everything is managed.
///
/// # Errors
/// As [`parse_managed`].
pub fn parse(source: &str, file_name: &str, expected_org: Option<&str>) -> Result<Parsed, Vec<Diagnostic>> {
    parse_managed(source, file_name, expected_org, &Kind::WORDS.iter().map(|(_, kind)| *kind).collect())
}

/// Reads a file strictly. What is wrong in a part that is not managed is a warning, and is left out of the model.
///
/// `file_name` is what diagnostics call the file; `expected_org` is the login of the only
/// organization it may name. Errors come with the warnings, in the order of the file, at most 50 and
/// one that says how many more there are.
///
/// # Errors
/// Every finding, where one of them is an error.
pub fn parse_managed(
    source: &str,
    file_name: &str,
    expected_org: Option<&str>,
    managed: &BTreeSet<Kind>,
) -> Result<Parsed, Vec<Diagnostic>> {
    let mut findings = Findings::new(file_name, managed);
    if source.len() > MAX_BYTES {
        let message = format!("the file is larger than {} MiB", MAX_BYTES / 1024 / 1024);
        findings.error(Code::TooLarge, Position::START, message);
        return Err(findings.finish());
    }
    let tree = match load(source) {
        Ok(tree) => tree,
        Err(LoadError { code, at, message, hint: Some(hint) }) => {
            findings.error_with(code, at, message, hint);
            return Err(findings.finish());
        }
        Err(LoadError { code, at, message, hint: None }) => {
            findings.error(code, at, message);
            return Err(findings.finish());
        }
    };
    let mut reader = Reader { tree: &tree, findings };
    let file = reader.file(expected_org);
    let mut findings = reader.findings;
    // What was read owns its text; a large tree need not wait for the checks.
    drop(tree);
    if let Some((file, people_known)) = &file {
        check::check(file, *people_known, &mut findings);
    }
    match file {
        Some((file, _)) if findings.errors() == 0 => Ok(Parsed { file, warnings: findings.finish() }),
        _ => Err(findings.finish()),
    }
}

const SKELETON: &str = "it begins with `orgs:`, below it the organization's login";

impl<'t> Reader<'t> {
    /// The file and whether the organization's people could be read, else checks against them
    /// would only repeat that.
    fn file(&mut self, expected_org: Option<&str>) -> Option<(ConfigFile, bool)> {
        let Some(root) = self.root() else {
            self.findings.error_with(Code::Empty, Position::START, "the file is empty", SKELETON);
            return None;
        };
        let errors = self.findings.mistakes();
        let (mut orgs, mut others) = (None, Vec::new());
        for entry in self.entries(root.value, root.key_at, "the file") {
            match entry.key {
                "orgs" => orgs = Some(entry),
                _ => others.push(entry),
            }
        }
        let misspelt = others.iter().any(|entry| nearest(entry.key, keys::FILE.iter().copied()).is_some());
        if orgs.is_some() || misspelt {
            for entry in others {
                self.unknown(entry, "the file", keys::FILE, &keys::ELSEWHERE);
            }
        }
        let Some(orgs) = orgs else {
            // Upstream writes such a dump: an organization alone.
            if self.findings.mistakes() == errors {
                let message = "the file has no `orgs`";
                self.findings.error_with(Code::Empty, root.key_at, message, SKELETON);
            }
            return None;
        };
        if matches!(&self.tree.get(orgs.value).kind, NodeKind::Plain(text) if Plain::of(text) == Plain::Null)
        {
            let message = "the file does not name an organization";
            self.findings.error_with(Code::Empty, orgs.key_at, message, SKELETON);
            return None;
        }
        let entry = self.only_org(orgs, expected_org)?;
        let login = self.name::<Login>(entry.key, entry.key_at, "the login of an organization")?;
        Some(self.org(entry, login))
    }

    /// The outermost node, as if a key named it; none if there is nothing but comments.
    fn root(&self) -> Option<Entry<'t>> {
        let value = self.tree.root?;
        let node = self.tree.get(value);
        match &node.kind {
            NodeKind::Plain(text) if text.is_empty() => None,
            _ => Some(Entry { key: "", key_at: node.at, value }),
        }
    }

    fn only_org(&mut self, orgs: Entry<'t>, expected: Option<&str>) -> Option<Entry<'t>> {
        let errors = self.findings.mistakes();
        let entries = self.entries(orgs.value, self.value_at(orgs), "`orgs`");
        let is_expected =
            |entry: &Entry<'_>| expected.is_none_or(|expected| expected.eq_ignore_ascii_case(entry.key));
        if entries.is_empty() && self.findings.mistakes() == errors {
            let message = "the file does not name an organization";
            self.findings.error_with(Code::Empty, orgs.key_at, message, SKELETON);
        }
        if let Some(second) = entries.get(1) {
            let names: Vec<&str> = entries.iter().take(5).map(|entry| entry.key).collect();
            let message = format!("the file names {} organizations: {}", entries.len(), listed(&names));
            let hint = match expected {
                Some(expected) => format!("this file is for {} alone", quoted(expected)),
                None => "a file describes one organization".to_owned(),
            };
            self.findings.error_with(Code::SeveralOrganizations, second.key_at, message, hint);
        } else if let (Some(other), Some(expected)) =
            (entries.iter().find(|entry| !is_expected(entry)), expected)
        {
            let message = format!(
                "the file is for the organization {}, not for {}",
                quoted(other.key),
                quoted(expected)
            );
            let hint = format!("write {}", quoted(expected));
            self.findings.error_with(Code::OtherOrganization, other.key_at, message, hint);
        }
        entries.iter().find(|entry| is_expected(entry)).or(entries.first()).copied()
    }
}
