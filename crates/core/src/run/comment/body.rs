//! The texts of comments.

use peribolos_api::{PeribolosRun, run::Mode};

use crate::run::{check::Text, facts::Settings, owners::platform_team};

/// The preview of a pull request.
pub(super) fn preview(run: &PeribolosRun, text: &Text) -> String {
    format!(
        "### Preview: {}\n\n{}\n\n_This is about {}, and nothing was changed yet. This comment is edited when there is a newer \
         preview._",
        text.title,
        text.summary,
        commit(run)
    )
}

/// The result of an Apply on a pull request that it applied.
pub(super) fn result(run: &PeribolosRun, text: &Text) -> String {
    format!(
        "### {}\n\n{}\n\n_This is what the merge of this pull request led to, as of {}. This comment is edited if a later run \
         does what is left._",
        text.title,
        text.summary,
        commit(run)
    )
}

/// The answer to a command, in full.
pub(super) fn answer(run: &PeribolosRun, text: &Text) -> String {
    format!(
        "### {}\n\n{}\n\n_This answers the comment `{}`._",
        text.title,
        text.summary,
        command(run.spec.mode)
    )
}

/// The answer to a command whose result is in another comment of the same pull request.
pub(super) fn short_answer(run: &PeribolosRun, text: &Text) -> String {
    format!(
        "**{}**: the comment with the preview, further up, is of {} now.\n\n_This answers the comment `{}`._",
        text.title,
        commit(run),
        command(run.spec.mode)
    )
}

/// Which commands there are.
pub(super) fn help(settings: &Settings) -> String {
    let mut text = "These comments on an issue or pull request of this repository are commands:\n\n\
        | comment | by | what it does |\n\
        |---|---|---|\n\
        | `/peribolos plan` | a member of the organization, on a pull request | shows what merging the pull request would \
        change |\n\
        | `/peribolos apply` | an owner of the organization | applies the newest commit of the branch again, and approves the \
        removals that a red check or the issue about differences has named |\n\
        | `/peribolos help` | a member or a collaborator | shows this list |\n\n\
        A command is the whole first line of a comment."
        .to_owned();
    if let Some(url) = &settings.docs_url {
        text = format!("{text} There is more at {url}");
    }
    if let Some(contact) = platform_team(settings) {
        text = format!("{text}\n\n{contact}");
    }
    text
}

const fn command(mode: Mode) -> &'static str {
    match mode {
        Mode::Apply => "/peribolos apply",
        Mode::DryRun | Mode::Dump => "/peribolos plan",
    }
}

fn commit(run: &PeribolosRun) -> String {
    let status = run.status.as_ref();
    match status.and_then(|status| status.short_sha.as_deref()) {
        Some(sha) => format!("commit `{sha}`"),
        None => "the newest commit".to_owned(),
    }
}
