//! Upstream's algorithm, on a model of the organization: each write is noted, and made on the model.

use std::collections::HashSet;

use peribolos_vocab::{Login, Privacy, RepoName, compare_ignoring_case};

use super::model::Model;
use super::operation::{Change, Named, Operation, Refusal, RefusalKind, Waiting};
use super::{Ignored, Scope, Stage};
use super::{Plan, stages};
use crate::located::Located;
use crate::model::{ConfigFile, Repo};
use crate::snapshot::{Snapshot, TeamKind};

/// What upstream peribolos would do with a settled file, as [`Settled::file`](crate::Settled::file) has it.
///
/// `left_out` is passed on. The snapshot must be complete in the parts that `scope` manages. Where versions of
/// upstream differ, it is the newer one that is followed.
pub fn plan(settled: &ConfigFile, left_out: &[Login], snapshot: &Snapshot, scope: &Scope) -> Plan {
    let mut planner = Planner::new(settled, Model::of(snapshot), scope);
    // Upstream reads invitations once, before it changes any.
    let invitees = planner.invitees();
    if scope.manages(Stage::Org) {
        stages::org(&mut planner);
    }
    if scope.manages(Stage::OrgMembers) {
        stages::org_members(&mut planner, &invitees);
    }
    if scope.manages(Stage::Repos) {
        stages::repos(&mut planner);
    }
    if scope.manages(Stage::Collaborators) {
        stages::collaborators(&mut planner);
    }
    if scope.manages(Stage::Teams) {
        stages::teams(&mut planner);
    }
    planner.finish(left_out)
}

/// The work on one file.
pub(super) struct Planner<'f> {
    pub(super) file: &'f ConfigFile,
    pub(super) scope: &'f Scope,
    pub(super) model: Model,
    /// Keys of the repositories of which it is said already that they can't be as the file wants.
    refused_repos: HashSet<String>,
    operations: Vec<Operation>,
    refusals: Vec<Refusal>,
    waiting: Vec<Waiting>,
    removal_delta: u32,
}

/// The line of a value.
pub(super) fn line_of<T>(value: &Located<T>) -> Option<u32> {
    value.position.map(|position| position.line)
}

/// Items by name, as they are written: the order of what is planned does not depend on the file's.
pub(super) fn sorted<T>(items: &[T], name: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_by(|left, right| {
        let (left, right) = (name(left), name(right));
        compare_ignoring_case(left, right).then_with(|| left.cmp(right))
    });
    sorted
}

impl<'f> Planner<'f> {
    fn new(file: &'f ConfigFile, model: Model, scope: &'f Scope) -> Self {
        Self {
            file,
            scope,
            model,
            refused_repos: HashSet::new(),
            operations: Vec::new(),
            refusals: Vec::new(),
            waiting: Vec::new(),
            removal_delta: 0,
        }
    }

    fn invitees(&self) -> Vec<Login> {
        if self.ignores(Ignored::Invitees) {
            return Vec::new();
        }
        self.model.pending().keys().cloned().collect()
    }

    /// Whether it is said already that a repository can't be as the file wants it.
    pub(super) fn has_refused(&self, repo: &RepoName) -> bool {
        self.refused_repos.contains(&repo.key())
    }

    /// Refuses what the file wants of a whole repository.
    pub(super) fn refuse_repo(&mut self, repo: &Repo, message: impl Into<String>, hint: impl Into<String>) {
        self.refused_repos.insert(repo.name.key());
        self.refuse(Stage::Repos, line_of(&repo.name), &[(&repo.name.value).into()], message, hint);
    }

    pub(super) fn ignores(&self, what: Ignored) -> bool {
        self.scope.ignore.contains(&what)
    }

    /// Whether a team is left alone as a whole.
    pub(super) fn ignores_team(&self, kind: TeamKind, privacy: Privacy) -> bool {
        kind == TeamKind::Enterprise && self.ignores(Ignored::EnterpriseTeams)
            || privacy == Privacy::Secret && self.ignores(Ignored::SecretTeams)
    }

    /// Notes a write, and makes it.
    pub(super) fn write(&mut self, stage: Stage, line: Option<u32>, change: Change) {
        let lasting = self.model.apply(&change);
        self.operations.push(Operation { stage, change, line, lasting });
    }

    pub(super) fn refuse(
        &mut self,
        stage: Stage,
        line: Option<u32>,
        about: &[Named],
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.refuse_as(RefusalKind::Impossible, stage, line, about, [message.into(), hint.into()]);
    }

    pub(super) fn not_allowed(
        &mut self,
        stage: Stage,
        line: Option<u32>,
        about: &[Named],
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.refuse_as(RefusalKind::NotAllowed, stage, line, about, [message.into(), hint.into()]);
    }

    fn refuse_as(
        &mut self,
        kind: RefusalKind,
        stage: Stage,
        line: Option<u32>,
        about: &[Named],
        [message, hint]: [String; 2],
    ) {
        self.refusals.push(Refusal { stage, kind, line, message, hint, about: about.to_vec() });
    }

    pub(super) fn wait_for(&mut self, waiting: Waiting) {
        self.waiting.push(waiting);
    }

    /// Takes note of a fraction that upstream compares with `--maximum-removal-delta`.
    pub(super) fn removes(&mut self, removed: usize, all: usize) {
        if all > 0 {
            let fraction = removed.saturating_mul(10_000).div_ceil(all);
            self.removal_delta = self.removal_delta.max(u32::try_from(fraction).unwrap_or(10_000));
        }
    }

    fn finish(mut self, left_out: &[Login]) -> Plan {
        // Upstream goes from tree to tree in the stages of teams; within a stage its order is kept.
        self.operations.sort_by_key(|operation| operation.stage);
        self.refusals.sort_by_key(|refusal| refusal.stage);
        self.waiting.sort();
        Plan {
            org: self.file.org.value.clone(),
            operations: self.operations,
            refusals: self.refusals,
            waiting: self.waiting,
            left_out: left_out.to_vec(),
            removal_delta: self.removal_delta,
        }
    }
}
