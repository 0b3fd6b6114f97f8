//! Files that are large, deep or hostile: the program answers each clearly, within 100 MiB of memory.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests end by panicking")]

use std::fmt::Write as _;
use std::process::{Command, Output};

use tempfile::TempDir;

/// KiB of memory that the program may use for data.
const MEMORY: u32 = 100 * 1024;

/// What `validate` says of a file when it may use no more memory than that.
fn validate(content: &[u8]) -> Output {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("peribolos.yaml");
    std::fs::write(&file, content).unwrap();
    Command::new("sh")
        .args(["-c", &format!("ulimit -d {MEMORY} && exec \"$0\" validate \"$1\"")])
        .arg(env!("CARGO_BIN_EXE_peribolos-operator"))
        .arg(&file)
        .output()
        .unwrap()
}

/// The file is taken.
fn is_valid(content: impl AsRef<[u8]>) {
    let ended = validate(content.as_ref());
    assert_eq!(ended.status.code(), Some(0), "{}", said(&ended));
}

/// The file is refused, and this is said of it first.
fn is_refused(content: impl AsRef<[u8]>, place: &str, words: &str) {
    let ended = validate(content.as_ref());
    let said = said(&ended);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    let first = said.split("\n\n").next().unwrap_or_default();
    assert!(first.contains(words), "{words} is not in:\n{first}");
    assert!(first.contains(&format!("peribolos.yaml:{place}")), "{place} is not in:\n{first}");
}

fn said(ended: &Output) -> String {
    String::from_utf8_lossy(&ended.stderr).into_owned()
}

const START: &str = "orgs:\n  acme:\n    admins: [alice]\n";

fn people(count: usize) -> String {
    let mut yaml = format!("{START}    members:\n");
    for number in 0..count {
        let _ = writeln!(yaml, "    - user{number}");
    }
    yaml
}

fn nested_teams(levels: usize) -> String {
    let mut yaml = START.to_owned();
    for level in 0..levels {
        let indent = "  ".repeat(2 + 2 * level);
        let _ = writeln!(yaml, "{indent}teams:\n{indent}  t{level}:\n{indent}    members: []");
    }
    yaml
}

#[test]
#[cfg(target_os = "linux")]
fn the_bound_on_memory_is_one() {
    let ended = Command::new("sh")
        .args(["-c", "ulimit -d 1024 && exec \"$0\" schema"])
        .arg(env!("CARGO_BIN_EXE_peribolos-operator"))
        .output()
        .unwrap();
    assert!(!ended.status.success(), "with 1 MiB it can do nothing, or the tests here show nothing");
}

#[test]
fn large_files() {
    is_valid(people(10_000));
    // Five megabytes: comments, people, and mistakes.
    let comment = "# said about somebody\n".repeat(200_000);
    is_valid(format!("{}{comment}", people(10_000)));
    is_refused(people(300_001), "", "more than 300000 values");
    is_refused(
        format!("{START}    members:\n{}", "    - A B\n".repeat(290_000)),
        "5:7",
        "`A B` can't be a login",
    );
    // What is cut off after the limit may be half a character.
    for filling in ["x", "\u{1f680}", "x\u{1f680}"] {
        let comment = filling.repeat(5 * 1024 * 1024 / filling.len());
        is_refused(format!("{START}#{comment}"), "1:1", "the file is larger than 5 MiB");
    }
}

#[test]
fn deep_files() {
    is_valid(nested_teams(100));
    is_refused(nested_teams(600), "", "nested too deeply");
    is_refused("[".repeat(1_000_000), "1:", "nested too deeply");
    is_refused("{a: ".repeat(500_000), "1:", "nested too deeply");
    is_refused("- ".repeat(1_000_000), "1:", "nested too deeply");
}

#[test]
fn anchors_that_expand_a_billion_times() {
    let mut yaml = format!("{START}    a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(yaml, "    a{level}: &a{level} [{below}]");
    }
    is_refused(yaml, "9:", "more than 300000 values, aliases written out");
    is_refused("orgs: &a {acme: *a}\n", "1:", "this alias is inside of what it refers to");
}

#[test]
fn bytes_before_and_between_the_lines() {
    is_valid(format!("\u{feff}{START}"));
    is_valid(START.replace('\n', "\r\n"));
    is_refused(format!("{START}\tmembers: []\n"), "4:", "there is a tab in the indentation");
    is_refused(
        b"orgs:\n  acme:\n    name: \xc3\xa4\xff\n".as_slice(),
        "3:12",
        "this byte is not valid UTF-8",
    );
    is_refused("", "1:1", "the file is empty");
    is_refused("\0\0\0", "1:1", "unexpected character");
    is_refused([0xff, 0xfe, b'o', 0, b'r', 0], "1:1", "this byte is not valid UTF-8");
}

#[test]
fn a_duplicate_key_at_every_level() {
    let team = "    teams:\n      core:\n        members: []\n        repos: {}\n";
    let repo = "    repos:\n      site:\n        has_wiki: true\n";
    is_refused(format!("{START}orgs: {{}}\n"), "4:1", "`orgs` is given twice");
    is_refused(format!("{START}  acme: {{}}\n"), "4:3", "`acme` is given twice");
    is_refused(format!("{START}    admins: [bob]\n"), "4:5", "`admins` is given twice");
    is_refused(format!("{START}{team}      core: {{}}\n"), "8:7", "`core` is given twice");
    is_refused(format!("{START}{team}        members: [a]\n"), "8:9", "`members` is given twice");
    is_refused(format!("{START}{repo}      site: {{}}\n"), "7:7", "`site` is given twice");
    is_refused(format!("{START}{repo}        has_wiki: true\n"), "7:9", "`has_wiki` is given twice");
    let inner = "        on_create:\n          auto_init: true\n          auto_init: true\n";
    is_refused(format!("{START}{repo}{inner}"), "9:11", "`auto_init` is given twice");
    let people = "        collaborators:\n          eve: read\n          eve: read\n";
    is_refused(format!("{START}{repo}{people}"), "9:11", "`eve` is given twice");
    let access = "    teams:\n      core:\n        repos:\n          site: read\n          site: read\n";
    is_refused(format!("{START}{access}"), "8:11", "`site` is given twice");
}
