//! What is left on GitHub.

use serde_json::Value;

use super::{Names, flat::flatten, kubernetes::WRONG};

/// The organization, its pull requests, issues, comments and checks.
pub fn state(org: &Value, names: &Names) -> Vec<String> {
    let mut rest = org.clone();
    let checks = rest["checks"].take();
    let mut lines = Vec::new();
    flatten("github", &rest, &mut lines);
    let mut lines: Vec<String> = lines.iter().map(|line| names.text(line)).collect();
    let is_installed = !org["installation"].is_null();
    lines.extend(
        checks.as_array().into_iter().flatten().map(|check| names.text(&of_check(check, is_installed))),
    );
    lines
}

fn of_check(check: &Value, is_installed: bool) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut line = format!(
        "check {} on {}: {} {}, {:?}, {:?}, of {}",
        text(&check["name"]),
        text(&check["head_sha"]),
        text(&check["status"]),
        text(&check["conclusion"]),
        text(&check["output"]["title"]),
        text(&check["output"]["summary"]),
        text(&check["external_id"]),
    );
    // Of an App that was taken off nobody can complete one.
    if check["status"] != "completed" && is_installed {
        line.push_str(WRONG);
    }
    line
}

/// What the App has changed. How often it has written a check or a comment does not matter, only what stands there in the end.
pub fn changes(audit: &Value, names: &Names) -> Vec<String> {
    let is_told = |change: &&Value| {
        let action = change["action"].as_str().unwrap_or_default();
        let is_text =
            matches!(action, "check_run.update" | "comment.create" | "comment.update" | "comment.delete");
        change["actor"] == "peribolos[bot]" && !is_text
    };
    let line = |change: &Value| {
        let action = change["action"].as_str().unwrap_or_default();
        let target = without_ids(change["target"].as_str().unwrap_or_default());
        let details = match action {
            // What it says first depends on how soon it could be written.
            "check_run.create" => format!("of {}", change["after"]["external_id"]),
            _ => from_to(&change["before"], &change["after"]),
        };
        names.text(&format!("changed: {action} {target} {details}"))
    };
    audit.as_array().into_iter().flatten().filter(is_told).map(line).collect()
}

/// What is not the same before and after.
fn from_to(before: &Value, after: &Value) -> String {
    let (mut then, mut now) = (Vec::new(), Vec::new());
    flatten("", before, &mut then);
    flatten("", after, &mut now);
    let gone = then.iter().filter(|line| !now.contains(line)).map(|line| format!("-{line}"));
    let new = now.iter().filter(|line| !then.contains(line)).map(|line| format!("+{line}"));
    gone.chain(new).collect::<Vec<_>>().join(" ")
}

/// A path whose numbers above a hundred, which are ids and no numbers of pull requests, are left out.
fn without_ids(path: &str) -> String {
    let segment = |segment: &str| match segment.parse::<u64>() {
        Ok(number) if number > 100 => "ID".to_owned(),
        _ => segment.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}
