//! The merge of a file, held against git itself: `git merge-file`, and `git merge-tree`, which is how branches are merged.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests end by panicking, and say what they saw"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};

use peribolos_org::merge::{Merge, Versions, merge};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Three versions of a file.
#[derive(Clone, Debug)]
struct Case {
    ancestor: Vec<u8>,
    ours: Vec<u8>,
    theirs: Vec<u8>,
}

/// A change of some lines.
#[derive(Clone, Debug)]
enum Edit {
    Insert(prop::sample::Index, Vec<usize>),
    Delete(prop::sample::Index, usize),
    Replace(prop::sample::Index, usize),
    /// Some lines once more.
    Repeat(prop::sample::Index, usize),
}

/// `new`: the lines that come in. `repeats`: how often lines that are there are repeated.
fn edit(new: Range<usize>, repeats: u32) -> impl Strategy<Value = Edit> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        30 => (at(), vec(new.clone(), 1..3)).prop_map(|(at, lines)| Edit::Insert(at, lines)),
        20 => (at(), 1..3_usize).prop_map(|(at, count)| Edit::Delete(at, count)),
        20 => (at(), new).prop_map(|(at, line)| Edit::Replace(at, line)),
        repeats => (at(), 1..4_usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
    ]
}

fn edited(lines: &[usize], edits: &[Edit]) -> Vec<usize> {
    let mut lines = lines.to_vec();
    for edit in edits {
        match edit {
            Edit::Insert(at, new) => {
                let at = at.index(lines.len() + 1);
                lines.splice(at..at, new.iter().copied());
            }
            Edit::Delete(at, count) if !lines.is_empty() => {
                let at = at.index(lines.len());
                let end = lines.len().min(at + count);
                lines.drain(at..end);
            }
            Edit::Replace(at, line) if !lines.is_empty() => {
                let at = at.index(lines.len());
                lines[at] = *line;
            }
            Edit::Repeat(at, count) if !lines.is_empty() => {
                let at = at.index(lines.len());
                let end = lines.len().min(at + count);
                let copy = lines[at..end].to_vec();
                lines.splice(end..end, copy);
            }
            _ => {}
        }
    }
    lines
}

/// How the lines of a case end, and whether the last line of each version ends at all.
#[derive(Clone, Copy, Debug)]
struct Ends {
    crlf: bool,
    finals: [bool; 3],
}

fn ends() -> impl Strategy<Value = Ends> {
    let is_ended = || prop::bool::weighted(0.9);
    (prop::bool::weighted(0.1), [is_ended(), is_ended(), is_ended()])
        .prop_map(|(crlf, finals)| Ends { crlf, finals })
}

fn text(lines: &[usize], pool: &[Vec<u8>], crlf: bool, is_ended: bool) -> Vec<u8> {
    let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let lines: Vec<&[u8]> = lines.iter().map(|line| pool[*line].as_slice()).collect();
    let mut text = lines.join(end);
    if is_ended && !lines.is_empty() {
        text.extend(end);
    }
    text
}

/// Cases whose lines come from a pool. The fewer there are, the more often a line can be matched with several.
fn cases(
    pool: Vec<Vec<u8>>,
    ancestor: impl Strategy<Value = Vec<usize>>,
    new: Range<usize>,
    repeats: u32,
) -> impl Strategy<Value = Case> {
    let side = || vec(edit(new.clone(), repeats), 1..4);
    (ancestor, side(), side(), ends()).prop_map(move |(ancestor, ours, theirs, ends)| {
        let of = |lines: &[usize], version: usize| text(lines, &pool, ends.crlf, ends.finals[version]);
        Case {
            ours: of(&edited(&ancestor, &ours), 1),
            theirs: of(&edited(&ancestor, &theirs), 2),
            ancestor: of(&ancestor, 0),
        }
    })
}

/// Few different lines, empty ones and one that is no UTF-8 among them.
fn confusing() -> impl Strategy<Value = Case> {
    let lines: [&[u8]; 6] = [b"a", b"b", b"  - c", b"", b"}", b"\xff\xfe"];
    cases(lines.map(<[u8]>::to_vec).to_vec(), vec(0..6_usize, 0..16), 0..6, 10)
}

/// A description of an organization, as people write and change it.
fn usual() -> impl Strategy<Value = Case> {
    let mut file: Vec<String> = ["orgs:", "  acme:", "    admins:"].map(str::to_owned).to_vec();
    file.extend((0..4).map(|n| format!("      - admin-{n}")));
    file.push("    members:".to_owned());
    file.extend((0..30).map(|n| format!("      - member-{n}")));
    file.push("    teams:".to_owned());
    for team in 0..8 {
        file.extend([
            format!("      team-{team}:"),
            "        privacy: closed".into(),
            "        members:".into(),
        ]);
        file.extend((0..4).map(|n| format!("          - member-{}", team * 3 + n)));
        file.extend(["        repos:".to_owned(), format!("          site-{team}: write")]);
    }
    let ancestor: Vec<usize> = (0..file.len()).collect();
    let new = (0..40).map(|n| format!("          - somebody-{n}"));
    let pool: Vec<Vec<u8>> = file.into_iter().chain(new).map(String::into_bytes).collect();
    // A person or a team that is named twice is an error, so hardly anybody repeats lines.
    let new = ancestor.len()..pool.len();
    cases(pool, Just(ancestor), new, 1)
}

/// What git makes of a case: the text, or none where it conflicts.
type Git = Option<Vec<u8>>;

fn git(at: &Path, args: &[&str], input: Option<&[u8]>) -> (i32, Vec<u8>) {
    let mut command = Command::new("git");
    command.args(args).current_dir(at).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.spawn().unwrap_or_else(|error| panic!("git is needed: {error}"));
    if let Some(input) = input {
        child.stdin.take().unwrap().write_all(input).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), output.stdout)
}

fn merge_file(at: &Path, case: &Case) -> Git {
    for (name, text) in [("ours", &case.ours), ("base", &case.ancestor), ("theirs", &case.theirs)] {
        std::fs::write(at.join(name), text).unwrap();
    }
    let (code, text) = git(at, &["merge-file", "-p", "-q", "ours", "base", "theirs"], None);
    assert!(code < 128, "git merge-file failed on {case:?}");
    (code == 0).then_some(text)
}

/// Commits the cases as branches of one repository.
fn import(at: &Path, cases: &[Case]) {
    git(at, &["init", "-q"], None);
    let mut stream = Vec::new();
    for (n, case) in cases.iter().enumerate() {
        for (side, from, text) in [
            ("base", None, &case.ancestor),
            ("ours", Some("base"), &case.ours),
            ("theirs", Some("base"), &case.theirs),
        ] {
            let mut head = format!("commit refs/heads/{side}-{n}\ncommitter a <a@b> 0 +0000\ndata 1\nx\n");
            if let Some(from) = from {
                let _ = writeln!(head, "from refs/heads/{from}-{n}");
            }
            let _ = writeln!(head, "M 100644 inline file\ndata {}", text.len());
            stream.extend(head.into_bytes());
            stream.extend(text);
            stream.extend(b"\n\n");
        }
    }
    let (code, _) = git(at, &["fast-import", "--quiet"], Some(&stream));
    assert_eq!(code, 0, "the cases can't be committed");
}

fn merge_tree(at: &Path, n: usize) -> Git {
    let (ours, theirs) = (format!("ours-{n}"), format!("theirs-{n}"));
    let (code, tree) = git(at, &["merge-tree", "--write-tree", &ours, &theirs], None);
    assert!(code < 128, "git merge-tree failed");
    let tree = String::from_utf8(tree).unwrap();
    let file = format!("{}:file", tree.lines().next().unwrap());
    (code == 0).then(|| git(at, &["cat-file", "blob", &file], None).1)
}

/// Holds what we say of each case against git, and returns how many of the cases that git merges we leave undecided, in percent.
fn undecided(name: &str, strategy: &impl Strategy<Value = Case>) -> usize {
    let mut runner = TestRunner::default();
    let count = runner.config().cases.max(100);
    let cases: Vec<Case> = (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    import(at, &cases);
    let (mut clean, mut undecided, mut conflicts) = (0, 0, 0);
    for (n, case) in cases.iter().enumerate() {
        let versions =
            Versions { ancestor: Some(&case.ancestor), ours: Some(&case.ours), theirs: Some(&case.theirs) };
        let ours = merge(versions);
        for (program, git) in [("merge-file", merge_file(at, case)), ("merge-tree", merge_tree(at, n))] {
            match (&ours, &git) {
                (Merge::Merged(text), Some(git)) => {
                    assert_eq!(text.as_ref(), Some(git), "{program} merges it otherwise: {case:?}");
                }
                (Merge::Merged(_), None) => panic!("{program} conflicts: {case:?}"),
                (Merge::Conflict, Some(_)) => panic!("{program} merges it: {case:?}"),
                (Merge::Conflict, None) => conflicts += 1,
                (Merge::Undecidable(_), _) => undecided += usize::from(git.is_some()),
            }
            clean += usize::from(git.is_some());
        }
    }
    assert!(clean > 0 && clean < 2 * cases.len(), "{name}: git merges {clean} times");
    println!("{name}: of {clean} clean merges {undecided} are left undecided; {conflicts} conflicts");
    undecided * 100 / clean
}

#[test]
fn what_is_merged_is_what_git_merges() {
    undecided("few different lines", &confusing());
}

#[test]
fn a_usual_file_is_hardly_ever_left_undecided() {
    let percent = undecided("a usual file", &usual());
    assert!(percent < 5, "{percent} % of what git merges is left undecided");
}
