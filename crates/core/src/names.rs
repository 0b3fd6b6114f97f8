//! Names of objects, made so that the same cause always gives the same name.

use peribolos_api::run::Mode;
use sha2::{Digest, Sha256};

/// The name of the `GitHubInstallation` that the operator makes: the login in lower case and the id,
/// cut in the login's part to the 50 characters that are allowed.
pub fn installation(login: &str, installation_id: i64) -> String {
    let id = installation_id.to_string();
    let login: String = login
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
        .take(50 - 1 - id.len())
        .collect();
    format!("{}-{id}", login.trim_matches('-'))
}

/// The name of a run: its installation and the first ten digits of the SHA-256 of what caused it, joined by NUL.
///
/// A redelivery has the same delivery id, so it names the same run. `cause` is the delivery id alone for a push;
/// more parts where one cause makes several runs.
pub fn run(installation: &str, cause: &[&str]) -> String {
    let digest = Sha256::digest(cause.join("\0").as_bytes());
    format!("{installation}-{}", &hex::encode(digest)[..10])
}

/// The name of an Apply that nobody pushed for: it follows from the installation's `status.healSequence` and the head, so
/// that making it twice is making it once.
pub fn healing_run(installation: &str, sequence: i64, head: &str) -> String {
    run(installation, &["heal", &sequence.to_string(), head])
}

/// The name of the DryRun of a head whose file was never requested to be applied.
pub fn healing_dry_run(installation: &str, sequence: i64, head: &str) -> String {
    run(installation, &["heal", "DryRun", &sequence.to_string(), head])
}

/// The name of the DryRun that compares the organization with its file after an Apply that did not report what remains.
pub fn comparison(installation: &str, apply: &str) -> String {
    run(installation, &["compare", apply])
}

/// The name of the preview of a pull request that is made anew because its base is at another commit. `before`: the preview that
/// it replaces; empty: there is none.
pub fn preview_again(installation: &str, base: &str, number: u64, before: &str) -> String {
    run(installation, &["base", base, &number.to_string(), before])
}

/// The name of the DryRun that looks for drift after this run.
pub fn drift_check(installation: &str, newest: &str) -> String {
    run(installation, &["drift", newest])
}

/// The name of the Apply that corrects the drift which this DryRun found.
pub fn correction(installation: &str, dry_run: &str) -> String {
    run(installation, &["correct", dry_run])
}

/// The longest name of a TaskRun: Tekton takes no longer one, since it is a label of its pod, too.
const LONGEST_TASK_RUN: usize = 63;

/// The name of an attempt's TaskRun. A run's name has room for nine attempts; of a long one the end goes for more.
pub fn task_run(run: &str, attempt: i32) -> String {
    let attempt = attempt.to_string();
    let room = LONGEST_TASK_RUN - 1 - attempt.len();
    let run: String = run.chars().take(room).collect();
    format!("{run}-{attempt}")
}

/// The name of the Task that a run's TaskRun runs; `own` is the installation's `spec.run.taskRef`.
pub fn task(mode: Mode, own: &str) -> String {
    match mode {
        Mode::Apply if !own.is_empty() => own,
        Mode::Apply => "peribolos-apply",
        Mode::DryRun => "peribolos-plan",
        Mode::Dump => "peribolos-dump",
    }
    .to_owned()
}

/// The name of an installation's token Secret.
pub fn token_secret(installation: &str, secret_name: &str) -> String {
    if secret_name.is_empty() { format!("{installation}-token") } else { secret_name.to_owned() }
}

/// A run's additional token, there only while the run lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RunToken {
    /// Read permissions only: DryRuns and Dumps.
    Read,
    /// Contents read on the config repository alone: DryRuns of people who are no members.
    File,
    /// Contents, pull requests and issues write on the config repository alone: Dumps.
    Dump,
}

impl RunToken {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::File, Self::Dump];

    /// The name of its Secret.
    pub fn secret(self, installation: &str) -> String {
        let suffix = match self {
            Self::Read => "read",
            Self::File => "file",
            Self::Dump => "dump",
        };
        format!("{installation}-token-{suffix}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_is_named_after_its_account_and_id() {
        assert_eq!(installation("Acme", 1_234_567), "acme-1234567");
        assert_eq!(installation("a_b", 1), "a-b-1");
        assert!(installation(&"x".repeat(80), i64::MAX).len() <= 50);
    }

    #[test]
    fn a_taskrun_is_named_after_its_run_whatever_the_number_of_attempts() {
        assert_eq!(task_run("acme-1-0123456789", 12), "acme-1-0123456789-12");
        let longest = "r".repeat(61);
        assert_eq!(task_run(&longest, 9), format!("{longest}-9"));
        let names = [task_run(&longest, 10), task_run(&longest, 1000), task_run(&longest, i32::MAX)];
        assert!(names.iter().all(|name| name.len() == 63), "{names:?}");
    }

    #[test]
    fn a_redelivery_names_the_same_run() {
        let name = run("acme-1", &["72d3162e-cc78-11e3-81ab-4c9367dc0958"]);
        assert_eq!(name, "acme-1-9514e6751b");
        assert_eq!(name.len(), "acme-1-".len() + 10);
        assert_ne!(name, run("acme-1", &["72d3162e-cc78-11e3-81ab-4c9367dc0959"]));
    }
}
