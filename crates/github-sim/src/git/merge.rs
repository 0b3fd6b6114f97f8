//! Merges as git makes them: file by file, renames followed, and of a file that both sides changed the lines of both where
//! no changed line of one touches a changed line of the other.

use std::{collections::BTreeMap, ops::Range};

use imara_diff::{Algorithm, Diff, InternedInput, sources::byte_lines};

use super::{
    GitError, Mode, Sha, Store,
    diff::{Change, FileChange},
    store::Files,
};

/// How much of a file must be the same, in percent, for a file of another name to be the same file.
const SIMILAR: usize = 50;

impl Store {
    /// The files of a merge of `theirs` into `ours`.
    pub(crate) fn merge(&mut self, ours: Sha, theirs: Sha) -> Result<Files, GitError> {
        let bases = self.merge_bases(ours, theirs);
        let base = self.common_files(&bases)?;
        let (ours, theirs) = (self.files_at(Some(ours))?, self.files_at(Some(theirs))?);
        self.merge_files(&base, &ours, &theirs)
    }

    /// The files of the merge bases; several are merged first, as git does.
    fn common_files(&mut self, bases: &[Sha]) -> Result<Files, GitError> {
        let Some((first, others)) = bases.split_first() else { return Ok(Files::new()) };
        let mut common = self.files_at(Some(*first))?;
        for other in others {
            let bases = self.merge_bases(*first, *other);
            let base = self.common_files(&bases)?;
            let other = self.files_at(Some(*other))?;
            common = self.merge_files(&base, &common, &other)?;
        }
        Ok(common)
    }

    fn merge_files(&mut self, base: &Files, ours: &Files, theirs: &Files) -> Result<Files, GitError> {
        let (our_names, their_names) = (self.renames(base, ours), self.renames(base, theirs));
        let mut merged = Files::new();
        for (path, old) in base {
            let (our_name, their_name) = (our_names.get(path), their_names.get(path));
            let conflict = || GitError::Conflict(path.clone());
            let name = match (our_name, their_name) {
                (Some(one), Some(other)) if one != other => return Err(conflict()),
                (one, other) => one.or(other),
            };
            let one = ours.get(our_name.unwrap_or(path));
            let other = theirs.get(their_name.unwrap_or(path));
            let file = match (one, other) {
                (Some(one), Some(other)) => self.merge_file(path, *old, *one, *other)?,
                (None, None) => continue,
                (Some(left), None) | (None, Some(left)) if left == old && name.is_none() => continue,
                _ => return Err(conflict()),
            };
            put(&mut merged, name.unwrap_or(path), file)?;
        }
        let is_added = |path: &String, names: &BTreeMap<String, String>| {
            !base.contains_key(path) && names.values().all(|name| name != path)
        };
        for (path, file) in ours.iter().filter(|(path, _)| is_added(path, &our_names)) {
            put(&mut merged, path, *file)?;
        }
        for (path, file) in theirs.iter().filter(|(path, _)| is_added(path, &their_names)) {
            put(&mut merged, path, *file)?;
        }
        Ok(merged)
    }

    fn merge_file(
        &mut self,
        path: &str,
        base: (Mode, Sha),
        ours: (Mode, Sha),
        theirs: (Mode, Sha),
    ) -> Result<(Mode, Sha), GitError> {
        if ours == theirs || theirs == base {
            return Ok(ours);
        }
        if ours == base {
            return Ok(theirs);
        }
        let mode = if ours.0 == base.0 { theirs.0 } else { ours.0 };
        if theirs.1 == base.1 || ours.1 == theirs.1 {
            return Ok((mode, ours.1));
        }
        if ours.1 == base.1 {
            return Ok((mode, theirs.1));
        }
        let text = merge_lines(self.blob(base.1)?, self.blob(ours.1)?, self.blob(theirs.1)?);
        let text = text.ok_or_else(|| GitError::Conflict(path.to_owned()))?;
        Ok((mode, self.add_blob(&text)))
    }

    /// The names that files of `old` have in `new`, where they have others: nothing of the old name is there, and a new file has
    /// half of its content or more.
    fn renames(&self, old: &Files, new: &Files) -> BTreeMap<String, String> {
        let gone = old.iter().filter(|(path, _)| !new.contains_key(*path));
        let mut pairs: Vec<(usize, &String, &String)> = Vec::new();
        for (from, was) in gone {
            for (to, is) in new.iter().filter(|(path, _)| !old.contains_key(*path)) {
                let score = self.similarity(was.1, is.1);
                if score >= SIMILAR {
                    pairs.push((score, from, to));
                }
            }
        }
        pairs.sort_by_key(|(score, from, to)| (std::cmp::Reverse(*score), *from, *to));
        let mut renames = BTreeMap::new();
        for (_, from, to) in pairs {
            if !renames.contains_key(from) && renames.values().all(|taken| taken != to) {
                renames.insert(from.clone(), to.clone());
            }
        }
        renames
    }

    /// How much of the larger of two files the other has, in percent.
    fn similarity(&self, one: Sha, other: Sha) -> usize {
        let (Ok(one), Ok(other)) = (self.blob(one), self.blob(other)) else { return 0 };
        let most = one.len().max(other.len());
        if most == 0 {
            return 0;
        }
        let mut lines: BTreeMap<&[u8], usize> = BTreeMap::new();
        for line in byte_lines(one) {
            *lines.entry(line).or_default() += 1;
        }
        let mut common = 0;
        for line in byte_lines(other) {
            if let Some(left) = lines.get_mut(line).filter(|left| **left > 0) {
                *left -= 1;
                common += line.len();
            }
        }
        common * 100 / most
    }

    /// Changes in which a file that was renamed is one change and not two.
    pub(crate) fn with_renames(&self, old: &Files, new: &Files, changes: Vec<FileChange>) -> Vec<FileChange> {
        let renames = self.renames(old, new);
        let source_of = |path: &String| renames.iter().find(|(_, to)| *to == path).map(|(from, _)| from);
        let shown = |change: FileChange| {
            if renames.contains_key(&change.path) {
                return None;
            }
            Some(match source_of(&change.path) {
                Some(from) => FileChange {
                    change: Change::Renamed,
                    previous: Some(from.clone()),
                    old: old.get(from).map(|file| file.1),
                    ..change
                },
                None => change,
            })
        };
        changes.into_iter().filter_map(shown).collect()
    }
}

fn put(files: &mut Files, path: &str, file: (Mode, Sha)) -> Result<(), GitError> {
    match files.insert(path.to_owned(), file) {
        Some(other) if other != file => Err(GitError::Conflict(path.to_owned())),
        _ => Ok(()),
    }
}

/// A changed place: the lines of the base that were replaced, and the lines that replace them.
struct Hunk<'a> {
    base: Range<usize>,
    lines: Vec<&'a [u8]>,
}

fn hunks<'a>(base: &[u8], side: &'a [u8]) -> Vec<Hunk<'a>> {
    let input = InternedInput::new(byte_lines(base), byte_lines(side));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let lines: Vec<&[u8]> = byte_lines(side).collect();
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks()
        .map(|hunk| Hunk { base: range(hunk.before), lines: lines[range(hunk.after)].to_vec() })
        .collect()
}

/// The lines of both sides; none where they meet: between two changes there must be a line that nobody changed.
fn merge_lines(base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = byte_lines(base).collect();
    let mut all = hunks(base, ours);
    all.extend(hunks(base, theirs));
    all.sort_by_key(|hunk| (hunk.base.start, hunk.base.end));
    all.dedup_by(|one, other| one.base == other.base && one.lines == other.lines);
    let (mut merged, mut at) = (Vec::new(), 0);
    let mut before: Option<usize> = None;
    for hunk in all {
        if before.is_some_and(|end| hunk.base.start <= end) {
            return None;
        }
        merged.extend(lines[at..hunk.base.start].concat());
        merged.extend(hunk.lines.concat());
        at = hunk.base.end;
        before = Some(at);
    }
    merged.extend(lines[at..].concat());
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, ours: &str, theirs: &str) -> Option<String> {
        let text = merge_lines(base.as_bytes(), ours.as_bytes(), theirs.as_bytes())?;
        Some(String::from_utf8(text).expect("text"))
    }

    #[test]
    fn lines_of_both_sides_are_taken_where_they_do_not_meet() {
        let base = "a\nb\nc\nd\n";
        assert_eq!(merged(base, "A\nb\nc\nd\n", "a\nb\nc\nD\n").as_deref(), Some("A\nb\nc\nD\n"));
        assert_eq!(merged(base, "A\nb\nc\nd\n", "A\nb\nc\nd\ne\n").as_deref(), Some("A\nb\nc\nd\ne\n"));
        assert_eq!(merged(base, "A\nb\nc\nd\n", "a\nB\nc\nd\n"), None, "git wants a line between them");
        assert_eq!(merged(base, "x\na\nb\nc\nd\n", "y\na\nb\nc\nd\n"), None);
    }
}
