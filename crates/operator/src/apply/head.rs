//! The file at the head of the branch while an apply runs: once it has changed, removals are left to the run for the new
//! file.

use std::time::Duration;

use jiff::Timestamp;
use peribolos_core::time_scale::TimeScale;
use peribolos_github::{Client, Error, FileAnswer, FullName, Sha};

/// How old an answer may be.
const FRESH: Duration = Duration::from_mins(1);

/// The file that is applied, and the location of its newest version.
#[derive(Clone, Debug)]
pub struct Head {
    /// The config repository.
    pub repository: FullName,
    /// The branch; none: the repository's default.
    pub branch: Option<String>,
    /// The file, inside the repository.
    pub path: String,
    /// The id of the content that is applied.
    pub blob: Sha,
}

/// What is known about it.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    head: Head,
    etag: Option<String>,
    seen: Option<Timestamp>,
    moved: bool,
}

impl Watch {
    pub(super) fn new(head: Head) -> Self {
        Self { head, etag: None, seen: None, moved: false }
    }

    /// Whether the last answer is still recent enough.
    pub(super) fn is_fresh(&self, now: Timestamp, scale: TimeScale) -> bool {
        self.moved || self.seen.is_some_and(|seen| scale.is_recent(seen, now, FRESH))
    }

    /// Whether the file at the head was found to have changed. This remains true even if the old content is restored: the
    /// run for that push applies it.
    pub(super) fn has_moved(&self) -> bool {
        self.moved
    }

    /// Reads it.
    pub(super) async fn read(&self, client: &Client) -> Result<FileAnswer, Error> {
        let Head { repository, branch, path, .. } = &self.head;
        client.file(repository, path, branch.as_deref(), self.etag.as_deref()).await
    }

    /// Takes an answer in.
    pub(super) fn note(&mut self, answer: FileAnswer, now: Timestamp) {
        self.seen = Some(now);
        match answer {
            FileAnswer::NotModified => {}
            FileAnswer::Missing => self.moved = true,
            FileAnswer::Found { blob, etag, .. } => {
                self.moved |= blob != self.head.blob;
                self.etag = etag;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(blob: &str) -> FileAnswer {
        FileAnswer::Found { blob: blob.repeat(40).parse().unwrap(), size: 1, etag: Some("e".to_owned()) }
    }

    fn watch() -> Watch {
        Watch::new(Head {
            repository: "acme/.github".parse().unwrap(),
            branch: None,
            path: "peribolos.yaml".to_owned(),
            blob: "a".repeat(40).parse().unwrap(),
        })
    }

    #[test]
    fn an_answer_counts_for_a_minute() {
        let (mut watch, at) =
            (watch(), |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap());
        assert!(!watch.is_fresh(at(0), TimeScale::REAL));
        watch.note(found("a"), at(0));
        assert!(watch.is_fresh(at(59), TimeScale::REAL) && !watch.is_fresh(at(60), TimeScale::REAL));
        watch.note(FileAnswer::NotModified, at(60));
        assert!(watch.is_fresh(at(61), TimeScale::REAL) && !watch.has_moved());
    }

    #[rstest::rstest]
    #[case::another_file(found("b"))]
    #[case::no_file(FileAnswer::Missing)]
    fn a_file_that_has_moved_stays_so(#[case] answer: FileAnswer) {
        let mut watch = watch();
        watch.note(answer, Timestamp::UNIX_EPOCH);
        watch.note(found("a"), Timestamp::UNIX_EPOCH);
        assert!(watch.has_moved());
    }
}
