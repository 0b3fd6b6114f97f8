//! What follows from a run that compared the organization with its file: one issue in the config repository, opened,
//! updated and closed, and an Apply where drift is to be corrected.

use peribolos_api::{ConditionType, PeribolosRun, PeribolosRunStatus};
use peribolos_core::drift::{
    self, Drift,
    issue::{self, Known, Step},
};
use peribolos_github::{
    AccountType, Client,
    client::{Issue, IssueFilter, IssueState, IssueUpdate},
};
use peribolos_vocab::report::StepReport;

use super::{admission, case::Case, error::Error, replace};

/// Opens, updates or closes the issue. Best effort: [`tell`] is tried again. Whether it says now what was found.
pub(super) async fn publish(
    case: &Case<'_>,
    github: &Client,
    status: &PeribolosRunStatus,
    report: Option<&StepReport>,
) -> bool {
    match tell(case, github, status, report).await {
        Ok(is_told) => is_told,
        Err(error) => {
            tracing::warn!(run = case.run.metadata.name, %error, "the issue about drift could not be written");
            false
        }
    }
}

/// Whether the issue says now what was found.
pub(super) async fn tell(
    case: &Case<'_>,
    github: &Client,
    status: &PeribolosRunStatus,
    report: Option<&StepReport>,
) -> Result<bool, Error> {
    let mut ended: PeribolosRun = case.run.clone();
    ended.status = Some(status.clone());
    if drift::is_found_by(&ended, case.last_applied_blob()) {
        let Some(report) = report else { return Ok(false) };
        let spec = &case.installation.spec;
        let body = issue::body(&report.check.summary, &spec.config.path, spec.run.correct_drift);
        let ours = ours(case, github).await?;
        carry_out(case, github, issue::found(ours.iter().map(known), body)).await?;
        return Ok(true);
    }
    if says_none(&ended, case) && is_drifted(case) {
        let ours = ours(case, github).await?;
        carry_out(case, github, issue::gone(ours.iter().map(known))).await?;
    }
    Ok(false)
}

/// The issues that this App wrote: anybody may give one of their own the same words.
async fn ours(case: &Case<'_>, github: &Client) -> Result<Vec<Issue>, Error> {
    let bot = admission::our_bot(case).await?;
    let filter = IssueFilter { state: None, creator: Some(&bot) };
    let mut issues = github.list_issues(&case.repository()?, &filter).await?;
    issues.retain(|issue| {
        let user = issue.user.as_ref().filter(|user| user.kind == AccountType::Bot);
        user.is_some_and(|user| user.login.as_str().eq_ignore_ascii_case(&bot))
    });
    Ok(issues)
}

fn known(issue: &Issue) -> Known<'_> {
    let body = issue.body.as_deref().unwrap_or_default();
    Known { number: issue.number, title: &issue.title, body, open: issue.state == IssueState::Open }
}

async fn carry_out(case: &Case<'_>, github: &Client, step: Step) -> Result<(), Error> {
    let repository = case.repository()?;
    match step {
        Step::Leave => {}
        Step::Create { body } => {
            github.create_issue(&repository, issue::TITLE, &body).await?;
        }
        Step::Update { number, body, open } => {
            let state = if open { IssueState::Open } else { IssueState::Closed };
            let update = IssueUpdate { body: Some(&body), state: Some(state), ..IssueUpdate::default() };
            github.update_issue(&repository, number, &update).await?;
        }
    }
    Ok(())
}

/// Makes sure of an Apply where this run is the newest word on drift, has found some, and it is to be corrected.
pub(super) async fn correct(case: &Case<'_>) -> Result<(), Error> {
    // What an Apply left is not for another one to leave again.
    let after_apply = case.run.spec.trigger.event == replace::AFTER_APPLY;
    if !case.installation.spec.run.correct_drift || case.installation.spec.suspend || after_apply {
        return Ok(());
    }
    if is_the_word(case) { replace::correct(case).await } else { Ok(()) }
}

/// Whether this run is the newest that looked for drift, and has found some.
pub(super) fn is_the_word(case: &Case<'_>) -> bool {
    if !drift::is_found_by(case.run, case.last_applied_blob()) {
        return false;
    }
    let others = case.others();
    let runs = others.iter().map(AsRef::as_ref).chain([case.run]);
    matches!(drift::drift(runs, case.last_applied_blob()), Drift::Found(by, _) if by == case.name())
}

fn says_none(run: &PeribolosRun, case: &Case<'_>) -> bool {
    matches!(drift::drift([run], case.last_applied_blob()), Drift::None(_))
}

fn is_drifted(case: &Case<'_>) -> bool {
    let conditions = case.installation.status.iter().flat_map(|status| &status.conditions);
    conditions.into_iter().any(|c| c.type_ == ConditionType::Drifted.as_str() && c.status == "True")
}
