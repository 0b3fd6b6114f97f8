//! The command line, as people and scripts call it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const VALID: &str = "orgs:\n  acme:\n    admins: [alice, bob]\n";

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_peribolos-operator"))
        .args(args)
        .env_remove("PERIBOLOS_GITHUB_TOKEN")
        .env_remove("GITHUB_TOKEN")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn written(dir: &Path, name: &str, content: &str) -> String {
    std::fs::write(dir.join(name), content).unwrap();
    dir.join(name).display().to_string()
}

#[test]
fn valid_files_are_said_to_be() {
    let dir = TempDir::new().unwrap();
    let file = written(dir.path(), "peribolos.yaml", VALID);
    let ended = run(&["validate", &file]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(text(&ended.stdout).starts_with(&format!("{file}: valid")), "{ended:?}");
}

#[test]
fn every_mistake_is_shown_with_its_place_and_remedy() {
    let dir = TempDir::new().unwrap();
    let good = written(dir.path(), "good.yaml", VALID);
    let bad = written(dir.path(), "bad.yaml", &format!("{VALID}    membres: [carol]\n"));
    let ended = run(&["validate", &bad, &good]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let shown = text(&ended.stderr);
    for part in ["bad.yaml:4:5", "membres", "members"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(text(&ended.stdout).contains("good.yaml: valid"), "the other file is checked, too: {ended:?}");
    assert!(!text(&ended.stdout).contains("bad.yaml"), "{ended:?}");
}

#[test]
fn a_file_that_is_not_there_is_one_sentence() {
    let ended = run(&["validate", "/nowhere/peribolos.yaml"]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let said = text(&ended.stderr);
    assert!(said.starts_with("error: /nowhere/peribolos.yaml can't be read: No such file"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn the_definitions_are_printed_and_written_alike() {
    let printed = run(&["crds"]);
    assert_eq!(printed.status.code(), Some(0), "{printed:?}");
    let dir = TempDir::new().unwrap();
    let written = run(&["crds", "--dir", dir.path().join("crds").to_str().unwrap()]);
    assert_eq!(written.status.code(), Some(0), "{written:?}");
    let read = |name: &str| std::fs::read_to_string(dir.path().join("crds").join(name)).unwrap();
    let (installations, runs) =
        (read("githubinstallations.peribolos.dev.yaml"), read("peribolosruns.peribolos.dev.yaml"));
    assert_eq!(text(&printed.stdout), format!("{installations}---\n{runs}"));
    assert!(installations.contains("\n  name: githubinstallations.peribolos.dev\n"), "{installations}");
    let kustomization = read("kustomization.yaml");
    for name in ["githubinstallations.peribolos.dev.yaml", "peribolosruns.peribolos.dev.yaml"] {
        assert!(kustomization.contains(&format!("- {name}\n")), "{kustomization}");
    }
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for args in [&["unknown"][..], &["step", "plan"], &["validate"], &["dump", "a/b"], &["plan", "f"], &[]] {
        assert_eq!(run(args).status.code(), Some(2), "{args:?}");
    }
    assert_eq!(run(&["--version"]).status.code(), Some(0));
    // 2 would say that something changes.
    assert_eq!(run(&["plan", "f", "--detailed-exitcode"]).status.code(), Some(1));
    assert_eq!(run(&["plan", "--detailed-exitcode", "--help"]).status.code(), Some(0));
}

#[test]
fn the_schema_is_the_one_of_the_documents() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let printed = run(&["schema"]);
    assert_eq!(text(&printed.stdout), std::fs::read_to_string(docs.join("peribolos.schema.json")).unwrap());
    let reference = text(&run(&["schema", "--markdown"]).stdout);
    let page = std::fs::read_to_string(docs.join("peribolos-yaml.md")).unwrap();
    assert!(page.contains(&reference), "run `make generate`");
}

#[test]
fn a_dump_without_a_token_says_how_to_give_one() {
    let ended = run(&["dump", "acme"]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(
        text(&ended.stderr).contains("error: neither PERIBOLOS_GITHUB_TOKEN nor GITHUB_TOKEN is set"),
        "{ended:?}"
    );
    assert!(ended.stdout.is_empty());
}

#[test]
fn the_help_of_what_asks_github_names_the_scopes() {
    for command in ["plan", "apply", "dump"] {
        let help = text(&run(&[command, "--help"]).stdout);
        assert!(help.contains("the scopes admin:org and repo"), "{command}: {help}");
    }
}

#[test]
fn an_unreachable_github_is_a_sentence_without_the_token() {
    let ended = Command::new(env!("CARGO_BIN_EXE_peribolos-operator"))
        .args(["dump", "acme", "--github-api-url", "http://127.0.0.1:9"])
        .env("PERIBOLOS_GITHUB_TOKEN", "ghp_secret")
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let said = text(&ended.stderr);
    // Lines before it tell that it was tried again.
    let last = said.lines().last().unwrap_or_default();
    let expected = "error: it can't be found out whose token this is: GitHub could not be reached";
    assert!(last.starts_with(expected), "{said}");
    assert!(!said.contains("ghp_secret"), "{said}");
}
