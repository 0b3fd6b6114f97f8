//! What the check of an Apply says for programs: which file was applied, to which organization, and what was managed. Whoever has
//! nothing but GitHub reads there what was applied.
//!
//! It is a comment of HTML, alone in the `text` of the check's output. Nothing that comes from a pod is ever put there. GitHub keeps
//! checks with a repository that moves to another organization, so the marker says which one it is about.

use std::fmt;

use peribolos_api::GitHubInstallation;
use peribolos_vocab::{Kind, Word};

const BEGIN: &str = "<!-- peribolos ";
const END: &str = " -->";

/// The organization that a file is applied to, and the repository that it comes from. Both ids survive a rename.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The id of the organization's account.
    pub account: i64,
    /// The id of the repository.
    pub repository: i64,
}

impl Origin {
    /// That of an installation's file in this repository. None: the installation's account is not known yet.
    pub fn of(installation: &GitHubInstallation, repository: i64) -> Option<Self> {
        let account = installation.status.as_ref()?.account.as_ref()?.id;
        Some(Self { account, repository })
    }
}

/// What a check says for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Where the file was applied to and from. None: a version wrote it that did not say that.
    pub origin: Option<Origin>,
    /// The path of the file inside its repository.
    pub path: String,
    /// The Git blob of the file that was applied. None: nobody came to read it.
    pub blob: Option<String>,
    /// What was managed.
    pub manage: Vec<Kind>,
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let manage: Vec<&str> = self.manage.iter().map(|kind| kind.as_str()).collect();
        let blob = self.blob.as_deref().unwrap_or_default();
        f.write_str(BEGIN)?;
        if let Some(Origin { account, repository }) = self.origin {
            write!(f, "account={account} repository={repository} ")?;
        }
        write!(f, "path={} blob={blob} manage={}{END}", Encoded(&self.path), manage.join(","))
    }
}

impl Marker {
    /// The marker that a text ends with.
    pub fn parse(text: &str) -> Option<Self> {
        let inside = text.trim_end().strip_suffix(END)?;
        let (_, fields) = inside.rsplit_once(BEGIN)?;
        let field = |name: &str| {
            fields.split(' ').find_map(|field| field.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
        };
        let kinds = field("manage")?;
        let origin = match (field("account"), field("repository")) {
            (None, None) => None,
            (account, repository) => {
                Some(Origin { account: account?.parse().ok()?, repository: repository?.parse().ok()? })
            }
        };
        Some(Self {
            origin,
            path: decode(&field("path")?)?,
            blob: field("blob").filter(|blob| !blob.is_empty()),
            manage: kinds.split(',').filter_map(Kind::from_word).collect(),
        })
    }
}

/// A path, percent-encoded so that it can end neither its field nor the comment.
struct Encoded<'a>(&'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = b' ';
        for byte in self.0.bytes() {
            let is_plain = byte.is_ascii_alphanumeric() || b"._/".contains(&byte);
            // Two hyphens end a comment.
            if is_plain || (byte == b'-' && before != b'-') {
                write!(f, "{}", char::from(byte))?;
                before = byte;
            } else {
                write!(f, "%{byte:02X}")?;
                before = b'%';
            }
        }
        Ok(())
    }
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            bytes.extend(hex::decode(after.get(..2)?).ok()?);
            rest = after.get(2..)?;
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: Option<Origin> = Some(Origin { account: 9, repository: 5 });

    fn marker(path: &str, blob: Option<&str>) -> Marker {
        let manage = vec![Kind::Org, Kind::Teams];
        Marker { origin: ORIGIN, path: path.into(), blob: blob.map(str::to_owned), manage }
    }

    #[test]
    fn a_plain_path_is_written_as_it_is() {
        let text = marker("org/peribolos-file.yaml", Some("abc")).to_string();
        assert_eq!(
            text,
            "<!-- peribolos account=9 repository=5 path=org/peribolos-file.yaml blob=abc manage=Org,Teams -->"
        );
    }

    #[test]
    fn a_marker_of_an_older_version_is_read() {
        let older = Marker { origin: None, ..marker("a", Some("b")) };
        assert_eq!(older.to_string(), "<!-- peribolos path=a blob=b manage=Org,Teams -->");
        assert_eq!(Marker::parse(&older.to_string()), Some(older));
    }

    #[rstest::rstest]
    #[case("peribolos.yaml", Some("4513f90020b9a47a4164af92b1545a9a627c43db"))]
    #[case("a b=c%20.yaml", Some("b"))]
    #[case("a--b-->.yaml", Some("b"))]
    #[case("--> <!-- peribolos path=x blob=y manage=Org -->", Some("b"))]
    #[case(" account=8 repository=4", Some("b"))]
    #[case("ä\n.yaml", None)]
    #[case("", None)]
    fn what_was_written_is_read(#[case] path: &str, #[case] blob: Option<&str>) {
        let written = marker(path, blob);
        let text = written.to_string();
        assert_eq!(text.matches("-->").count(), 1, "{text}");
        assert!(!text[4..text.len() - 3].contains("--"), "{text}");
        assert_eq!(Marker::parse(&text), Some(written.clone()));
        assert_eq!(Marker::parse(&format!("Before.\n\n{text}\n")), Some(written));
    }

    #[rstest::rstest]
    #[case("")]
    #[case("Applied")]
    #[case("<!-- peribolos path=a blob=b manage=Org --> and more")]
    #[case("<!-- other path=a blob=b manage=Org -->")]
    #[case("<!-- peribolos blob=b manage=Org -->")]
    #[case("<!-- peribolos path=%zz blob=b manage=Org -->")]
    #[case("<!-- peribolos path=%f blob=b manage=Org -->")]
    #[case::half_an_origin("<!-- peribolos account=9 path=a blob=b manage=Org -->")]
    #[case::the_other_half("<!-- peribolos repository=5 path=a blob=b manage=Org -->")]
    #[case::no_number("<!-- peribolos account=acme repository=5 path=a blob=b manage=Org -->")]
    fn other_text_has_none(#[case] text: &str) {
        assert_eq!(Marker::parse(text), None);
    }

    #[test]
    fn a_kind_of_a_later_version_is_passed_over() {
        let read = Marker::parse("<!-- peribolos path=a blob= manage=Org,Rulesets -->").unwrap();
        assert_eq!((read.blob, read.manage), (None, vec![Kind::Org]));
    }
}
