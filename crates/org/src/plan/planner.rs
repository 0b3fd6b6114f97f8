//! The plan of a file: each kind says how the file differs, and the operations are put in order.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use peribolos_vocab::{Login, Privacy, RepoName, TeamName, compare_ignoring_case};

use super::awaiting;
use super::draft::{self, Draft, Fact};
use super::model::{Known, Model, RepoId, TeamId};
use super::{
    Allow, Change, Ignore, InvitedTeam, Kind, Lookups, Named, OrgSetting, Place, Plan, Question, Refusal,
    RefusalClass, Scope, Waiting, Warning,
};
use crate::file::canonical_names::CanonicalNames;
use crate::file::findings::quoted;
use crate::file::model::ConfigFile;
use crate::file::normal_form::canonical;
use crate::file::position::Located;
use crate::kinds;
use crate::snapshot::{Extent, ManagedBy, Snapshot, Unread, UnreadCause};

/// The difference between a file, as it is written, and an organization: what is to be done, in the order of applying.
///
/// The snapshot must be complete in the parts that `scope` manages, but for what it lists as unread; `lookups` answers
/// [`questions`]. The same input makes the same plan, whatever the order of the snapshot's lists.
pub fn plan(file: &ConfigFile, snapshot: &Snapshot, lookups: &Lookups, scope: &Scope) -> Plan {
    let mut names = CanonicalNames::of_snapshot(snapshot, lookups.unknown_logins.clone());
    names.logins.extend(lookups.canonical.iter().cloned());
    let (file, left_out) = canonical(file, &names);
    let mut planner = Planner::new(&file, snapshot, lookups, scope);
    planner.warn_of_unread();
    for kind in kinds::ALL {
        kind(&mut planner);
    }
    planner.finish(left_out)
}

/// The questions to GitHub that must be answered before [`plan`], in a fixed order.
pub fn questions(file: &ConfigFile, snapshot: &Snapshot, scope: &Scope) -> Vec<Question> {
    let names = CanonicalNames::of_snapshot(snapshot, BTreeSet::new());
    let (file, _) = canonical(file, &names);
    let strangers = file.logins().into_iter().filter(|login| !names.logins.contains(*login)).cloned();
    let mut questions: Vec<Question> = strangers.map(Question::Login).collect();
    let lookups = Lookups::default();
    let planner = Planner::new(&file, snapshot, &lookups, scope);
    questions.extend(kinds::repositories::questions(&planner));
    questions.extend(kinds::team_repositories::questions(&planner));
    let mut seen = BTreeSet::new();
    questions.retain(|question| seen.insert(question.clone()));
    questions
}

/// The work on one file.
pub(crate) struct Planner<'f> {
    /// The file, with the canonical name of everything.
    pub(crate) file: &'f ConfigFile,
    pub(crate) scope: &'f Scope,
    pub(crate) lookups: &'f Lookups,
    /// The organization before the plan.
    pub(crate) now: Model,
    /// The organization after what is planned so far.
    pub(crate) then: Model,
    /// The file's teams, each with its number in `then`.
    pub(crate) teams: BTreeMap<TeamName, TeamId>,
    /// The file's repositories by key, each with its number in `then`.
    pub(crate) repos: BTreeMap<String, RepoId>,
    unread: &'f [Unread],
    /// Keys of the repositories that were already reported as impossible.
    refused_repos: HashSet<String>,
    drafts: Vec<Draft>,
    refusals: Vec<Refusal>,
    warnings: Vec<Warning>,
    redundant: Vec<Warning>,
    waiting: Vec<Waiting>,
}

/// What a repository is called now.
pub(crate) struct NameNow {
    pub(crate) name: String,
    /// Whether it is still one of the organization.
    pub(crate) is_here: bool,
}

/// The line of a value.
pub(crate) fn line_of<T>(value: &Located<T>) -> Option<u32> {
    value.position.map(|position| position.line)
}

/// Items by name, as they are written: the order of what is planned does not depend on the file's.
pub(crate) fn sorted<T>(items: &[T], name: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_by(|left, right| {
        let (left, right) = (name(left), name(right));
        compare_ignoring_case(left, right).then_with(|| left.cmp(right))
    });
    sorted
}

impl<'f> Planner<'f> {
    fn new(file: &'f ConfigFile, snapshot: &'f Snapshot, lookups: &'f Lookups, scope: &'f Scope) -> Self {
        let now = Model::of(snapshot);
        Self {
            file,
            scope,
            lookups,
            then: now.clone(),
            now,
            teams: BTreeMap::new(),
            repos: BTreeMap::new(),
            unread: &snapshot.unread,
            refused_repos: HashSet::new(),
            drafts: Vec::new(),
            refusals: Vec::new(),
            warnings: Vec::new(),
            redundant: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// Whether a kind is managed.
    pub(crate) fn plans(&self, kind: Kind) -> bool {
        let is_needed = match kind {
            Kind::TeamMembers | Kind::TeamRepos => self.plans(Kind::Teams),
            _ => true,
        };
        let is_unread =
            self.unread.iter().any(|unread| unread.kind == kind && unread.extent == Extent::Whole);
        is_needed && self.scope.manages(kind) && !is_unread
    }

    /// Whether so much of a kind could not be read.
    pub(crate) fn has_unread(&self, kind: Kind, extent: &Extent) -> bool {
        self.unread.iter().any(|unread| unread.kind == kind && unread.extent == *extent)
    }

    /// Whether what a kind is about could not be read of one thing.
    pub(crate) fn is_unread(&self, kind: Kind, of: &Named) -> bool {
        self.has_unread(kind, &Extent::Of(of.clone()))
    }

    /// Whether what a kind is about could not be read of a team, by its name before the plan.
    pub(crate) fn is_unread_team(&self, kind: Kind, id: TeamId) -> bool {
        self.now.team(id).is_some_and(|team| self.is_unread(kind, &(&team.name).into()))
    }

    /// What a setting of the organization is after the plan, as far as it is known.
    pub(crate) fn then_of_organization(&self, setting: OrgSetting) -> Option<&str> {
        let given = self.file.settings.get(&setting).filter(|_| self.plans(Kind::Org));
        let given = given.map(|given| given.value.as_str());
        given.or_else(|| self.now.settings.get(&setting).map(String::as_str))
    }

    pub(crate) fn ignores(&self, what: Ignore) -> bool {
        self.scope.ignore.contains(&what)
    }

    pub(crate) fn allows(&self, what: Allow) -> bool {
        self.scope.allow.contains(&what)
    }

    /// Whether a team is left alone as a whole.
    pub(crate) fn ignores_team(&self, managed_by: &ManagedBy, privacy: Privacy) -> bool {
        *managed_by == ManagedBy::Enterprise && self.ignores(Ignore::EnterpriseTeams)
            || privacy == Privacy::Secret && self.ignores(Ignore::SecretTeams)
    }

    /// Plans an operation, and makes its change in `then`.
    pub(crate) fn write(&mut self, draft: Draft) {
        self.then.apply(&draft.change);
        self.drafts.push(draft);
    }

    /// Adds a fact to those that the last planned operation gives.
    pub(crate) fn give(&mut self, fact: Fact) {
        if let Some(draft) = self.drafts.last_mut() {
            draft.gives.push(fact);
        }
    }

    /// Makes an invitation that is planned one to these teams, too.
    pub(crate) fn invite_to_teams(&mut self, invited: &Login, teams: &[InvitedTeam]) {
        for draft in &mut self.drafts {
            if let Change::InviteMember { login, role } = &draft.change
                && login == invited
            {
                let (login, teams) = (login.clone(), teams.to_vec());
                draft.change = Change::InviteAgain { login, role: *role, teams };
                self.then.apply(&draft.change);
            }
        }
    }

    /// Notes that these teams go with an invitation that is cancelled for another one.
    pub(crate) fn lose_teams(&mut self, invited: &Login, teams: &[TeamName]) {
        for draft in &mut self.drafts {
            if let Change::CancelInvitation { login, failed: false, lost_teams, .. } = &mut draft.change
                && login == invited
            {
                *lost_teams = teams.to_vec();
            }
        }
    }

    /// Plans operations whose changes are made in `then` already.
    pub(crate) fn add(&mut self, drafts: impl IntoIterator<Item = Draft>) {
        self.drafts.extend(drafts);
    }

    pub(crate) fn refuse(
        &mut self,
        kind: Kind,
        line: Option<u32>,
        about: &[Named],
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.refuse_as(RefusalClass::Impossible, kind, line, about, [message.into(), hint.into()]);
    }

    pub(crate) fn not_allowed(
        &mut self,
        kind: Kind,
        line: Option<u32>,
        about: &[Named],
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.refuse_as(RefusalClass::NotAllowed, kind, line, about, [message.into(), hint.into()]);
    }

    fn refuse_as(
        &mut self,
        class: RefusalClass,
        kind: Kind,
        line: Option<u32>,
        about: &[Named],
        [message, hint]: [String; 2],
    ) {
        self.refusals.push(Refusal { kind, class, line, message, hint, about: about.to_vec() });
    }

    pub(crate) fn warn(
        &mut self,
        kind: Kind,
        line: Option<u32>,
        about: &[Named],
        message: impl Into<String>,
        hint: Option<&str>,
    ) {
        let hint = hint.map(ToOwned::to_owned);
        self.warnings.push(Warning { kind, line, message: message.into(), hint, about: about.to_vec() });
    }

    /// Notes what the file lists `of` something and what is so anyway. `message` gets the names, and whether there is one.
    pub(crate) fn note_redundant(
        &mut self,
        kind: Kind,
        line: Option<u32>,
        of: impl Into<Named>,
        listed: impl IntoIterator<Item = impl Into<Named>>,
        message: impl FnOnce(&str, bool) -> String,
    ) {
        let mut about: Vec<Named> = listed.into_iter().map(Into::into).collect();
        if about.is_empty() {
            return;
        }
        let names: Vec<String> = about.iter().map(|name| quoted(name.as_str())).collect();
        let message = message(&names.join(", "), names.len() == 1);
        let hint = if names.len() == 1 { "the line is not needed" } else { "the lines are not needed" };
        about.push(of.into());
        self.redundant.push(Warning { kind, line, message, hint: Some(hint.to_owned()), about });
    }

    fn warn_of_unread(&mut self) {
        for unread in self.unread {
            if self.scope.manages(unread.kind) {
                let (about, hint) = match (&unread.extent, unread.cause) {
                    (Extent::Whole, UnreadCause::Permission) => (
                        &[][..],
                        Some(
                            "nothing of the kind is changed until an owner has accepted the App's permissions on GitHub, or the token has them",
                        ),
                    ),
                    (Extent::Whole, UnreadCause::Hidden) => {
                        (&[][..], Some("nothing of the kind is changed until GitHub shows it again"))
                    }
                    (Extent::Of(named), _) => (std::slice::from_ref(named), Some("it is left as it is")),
                    (Extent::Parts, _) => (&[][..], None),
                };
                self.warn(unread.kind, None, about, unread.why.clone(), hint);
            }
        }
    }

    pub(crate) fn wait_for(&mut self, waiting: Waiting) {
        self.waiting.push(waiting);
    }

    /// The repository that a name in the file means, after the plan.
    pub(crate) fn find_repo(&self, name: &RepoName) -> Option<RepoId> {
        self.repos.get(&name.key()).copied().or_else(|| self.then.repo_named(name))
    }

    /// The name of a repository where its access can be changed. Where it can't, says why: `about` is whose access.
    pub(crate) fn writable(
        &mut self,
        kind: Kind,
        id: RepoId,
        line: Option<u32>,
        about: &[Named],
    ) -> Option<RepoName> {
        let repo = self.then.repo(id)?;
        let name = repo.name.clone();
        let is_archived = |model: &Model| {
            model.repo(id).and_then(|repo| repo.known.as_ref()).is_some_and(Known::is_archived)
        };
        let stays_archived = is_archived(&self.now) && is_archived(&self.then);
        let about: Vec<Named> = about.iter().cloned().chain([(&name).into()]).collect();
        if repo.known.as_ref().is_some_and(|known| !known.selected) {
            let message = format!("{} is not one of the App's repositories", quoted(name.as_str()));
            self.warn(kind, line, &about, message, Some("add it to the App's repositories"));
            return None;
        }
        if stays_archived {
            let message =
                format!("{} is archived, so that access to it can't be changed", quoted(name.as_str()));
            let hint = "unarchive it first (in this file), or keep the line as it is";
            self.refuse(kind, line, &about, message, hint);
            return None;
        }
        Some(name)
    }

    /// The present name of a repository that once had this name, if GitHub reported it: its name, or its full name where
    /// it belongs to somebody else.
    pub(crate) fn name_now(&self, name: &RepoName) -> Option<NameNow> {
        let full = self.lookups.renamed.get(&name.key())?;
        let (owner, bare) = full.split_once('/').unwrap_or((self.now.org.as_str(), full));
        let is_here = owner.eq_ignore_ascii_case(self.now.org.as_str());
        Some(NameNow { name: if is_here { bare.to_owned() } else { full.clone() }, is_here })
    }

    /// Records that a repository can't be as the file has it, so that it is reported only once.
    pub(crate) fn note_refused(&mut self, repo: &RepoName) {
        self.refused_repos.insert(repo.key());
    }

    pub(crate) fn has_refused(&self, repo: &RepoName) -> bool {
        self.refused_repos.contains(&repo.key())
    }

    fn finish(mut self, left_out: Vec<Login>) -> Plan {
        // Within a place the order of the kinds is kept.
        self.drafts.sort_by_key(|draft| draft.place);
        let moves = self.drafts.iter().position(|draft| draft.place == Place::TeamsMoved);
        if let Some(first) = moves {
            let end = self.drafts.partition_point(|draft| draft.place <= Place::TeamsMoved);
            let mut before = self.now.clone();
            for draft in &self.drafts[..first] {
                before.apply(&draft.change);
            }
            kinds::teams::order_moves(&mut self.drafts[first..end], before, &self.then);
        }
        self.refusals.sort_by_key(|refusal| refusal.kind);
        self.warnings.sort_by_key(|warning| warning.kind);
        self.redundant.sort_by_key(|redundant| redundant.kind);
        self.waiting.sort();
        self.waiting.dedup();
        let mut plan = Plan {
            org: self.file.org.value.clone(),
            operations: draft::operations(self.drafts),
            refusals: self.refusals,
            warnings: self.warnings,
            redundant: self.redundant,
            waiting: self.waiting,
            left_out,
        };
        awaiting::mark(&mut plan, &self.now);
        plan
    }
}
