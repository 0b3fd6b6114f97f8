//! What a team may do in which repository.
//!
//! A team has what was given to itself and what the teams above it have. Both are compared as they are after the plan.

use std::collections::BTreeMap;

use peribolos_vocab::{Permission, RepoName};

use super::teams;
use crate::file::findings::quoted;
use crate::file::model::{Team, TeamRepo};
use crate::file::reading::nearest;
use crate::plan::{
    Because, Change, Draft, Fact, Kind, Named, Place, Planner, Question, RepoId, TeamId, line_of,
};
use crate::snapshot::Own;

pub(crate) fn differ(planner: &mut Planner<'_>) {
    if !planner.plans(Kind::TeamRepos) {
        return;
    }
    // Those above first: what they have the teams below have, too.
    for (team, id) in teams::planned(planner) {
        OfTeam { planner, team, id }.differ();
    }
}

/// The questions to GitHub: what exists under names that no repository has.
pub(crate) fn questions(planner: &Planner<'_>) -> Vec<Question> {
    fn walk(planner: &Planner<'_>, teams: &[Team], questions: &mut Vec<Question>) {
        for team in teams {
            let missing = team.repos.iter().filter(|repo| planner.now.repo_named(&repo.name).is_none());
            questions.extend(missing.map(|repo| Question::NewRepo(repo.name.value.clone())));
            walk(planner, &team.teams, questions);
        }
    }
    let mut questions = Vec::new();
    if planner.plans(Kind::TeamRepos) {
        walk(planner, &planner.file.teams, &mut questions);
        // A former name in the file is the repository that has it.
        questions.retain(|question| {
            let Question::NewRepo(name) = question else { return true };
            !planner.file.repos.iter().any(|repo| {
                repo.name.key() == name.key()
                    && repo.previously.iter().any(|former| planner.now.repo_named(former).is_some())
            })
        });
    }
    questions
}

/// The work on one team.
struct OfTeam<'p, 'f> {
    planner: &'p mut Planner<'f>,
    team: &'f Team,
    id: TeamId,
}

impl OfTeam<'_, '_> {
    fn differ(&mut self) {
        if self.planner.is_unread_team(Kind::TeamRepos, self.id) {
            return;
        }
        let mut desired: BTreeMap<RepoId, &TeamRepo> = BTreeMap::new();
        for repo in &self.team.repos {
            match self.planner.find_repo(&repo.name) {
                Some(id) => {
                    desired.insert(id, repo);
                }
                None => self.missing(repo),
            }
        }
        let mut redundant = Vec::new();
        for (id, repo) in &desired {
            if self.desired(*id, repo) {
                redundant.push(*repo);
            }
        }
        self.note_redundant(&redundant);
        self.removals(&desired);
    }

    fn own(&self, repo: RepoId) -> (Own, Option<String>) {
        let grant = self.planner.then.team(self.id).and_then(|team| team.repos.get(&repo));
        grant.map_or((Own::None, None), |grant| (grant.own, grant.custom_role.clone()))
    }

    /// One repository that the file names. Says whether a team above makes the line redundant.
    fn desired(&mut self, id: RepoId, repo: &TeamRepo) -> bool {
        let to = repo.permission.value;
        let line = line_of(&repo.name);
        let (own, custom_role) = self.own(id);
        let elsewhere = self.planner.then.team_access_from_elsewhere(self.id, id);
        let before = self.planner.now.team(self.id).and_then(|_| self.planner.now.team_access(self.id, id));
        let in_effect = own.permission().max(elsewhere);
        if Some(to) > in_effect {
            // Where the teams above account for all that it had, some of that goes with this plan, and whatever the team has of
            // its own is to be what the file says.
            let accounted = self.planner.now.team_access_from_elsewhere(self.id, id);
            if own == Own::Unknown && before > Some(to) && before > accounted {
                self.unknown(id, line);
                return false;
            }
            let because = (before >= Some(to)).then_some(Because::SourceGoes);
            self.set(id, own, custom_role, to, line, because);
            return false;
        }
        if let Own::Is(own) = own {
            if to < own {
                self.set(id, Own::Is(own), custom_role, to, line, None);
            } else if let (Some(role), true) = (&custom_role, to == own) {
                self.keeps_custom_role(repo, role);
            }
        } else if own == Own::Unknown && Some(to) < elsewhere {
            self.unknown(id, line);
        }
        own == Own::None && Some(to) <= elsewhere
    }

    fn set(
        &mut self,
        id: RepoId,
        own: Own,
        custom_role: Option<String>,
        to: Permission,
        line: Option<u32>,
        because: Option<Because>,
    ) {
        let Some(repo) = self.writable(id, line) else { return };
        let from = own.permission();
        let place = if from.is_some_and(|from| to <= from) { Place::AccessTaken } else { Place::AccessGiven };
        let change = Change::SetTeamRepo { team: self.team.name.value.clone(), repo, from, custom_role, to };
        let mut draft = Draft::new(place, change, line).because(because);
        if because.is_some() {
            draft = draft.gives(Fact::TeamKeeps(self.id));
        }
        self.planner.write(draft.wants(Fact::Team(self.id)).wants(Fact::Repo(id)));
    }

    fn removals(&mut self, desired: &BTreeMap<RepoId, &TeamRepo>) {
        let Some(team) = self.planner.then.team(self.id) else { return };
        let line = line_of(&self.team.name);
        let everywhere = team.everywhere;
        let grants: Vec<(RepoId, Own)> = team
            .repos
            .iter()
            .filter(|(id, _)| !desired.contains_key(id))
            .map(|(id, grant)| (*id, grant.own))
            .collect();
        for (id, own) in grants {
            match own {
                Own::None => {}
                Own::Unknown => {
                    // What comes from the team above is there whether or not the team has some of its own.
                    let above = self.planner.then.team(self.id).and_then(|team| team.parent);
                    let above = above.and_then(|above| self.planner.then.team_access(above, id));
                    if self.planner.now.team_access(self.id, id) > above {
                        self.unknown(id, line);
                    }
                }
                Own::Is(from) => {
                    // GitHub takes no repository from a team with a role that gives it every one.
                    if let Some(to) = everywhere {
                        let (own, custom_role) = self.own(id);
                        self.set(id, own, custom_role, to, line, None);
                        continue;
                    }
                    let Some(repo) = self.writable(id, line) else { continue };
                    let change = Change::RemoveTeamRepo { team: self.team.name.value.clone(), repo, from };
                    let draft = Draft::new(Place::AccessTaken, change, line).wants(Fact::Team(self.id));
                    self.planner.write(draft.wants(Fact::Repo(id)));
                }
            }
        }
    }

    /// The name of a repository whose access can be changed; says why where it can't.
    fn writable(&mut self, id: RepoId, line: Option<u32>) -> Option<RepoName> {
        let team = self.team.name.value.clone();
        self.planner.writable(Kind::TeamRepos, id, line, &[(&team).into()])
    }

    fn unknown(&mut self, id: RepoId, line: Option<u32>) {
        let Some(repo) = self.planner.then.repo(id).map(|repo| repo.name.clone()) else { return };
        let team = &self.team.name.value;
        let message = format!(
            "GitHub does not show what was given to {} itself in {}",
            quoted(team.as_str()),
            quoted(repo.as_str())
        );
        let about: [Named; 2] = [team.into(), (&repo).into()];
        self.planner.warn(Kind::TeamRepos, line, &about, message, Some("its access is left as it is"));
    }

    fn keeps_custom_role(&mut self, repo: &TeamRepo, role: &str) {
        let (team, name) = (&self.team.name.value, &repo.name.value);
        let message = format!(
            "{} has the custom role {} in {}, which is based on {} and is left as it is",
            quoted(team.as_str()),
            quoted(role),
            quoted(name.as_str()),
            quoted(repo.permission.as_str())
        );
        let about = [team.into(), name.into(), Named::Other(role.to_owned())];
        self.planner.warn(Kind::TeamRepos, line_of(&repo.name), &about, message, None);
    }

    fn missing(&mut self, repo: &TeamRepo) {
        let (name, line) = (&repo.name.value, line_of(&repo.name));
        if self.planner.has_refused(name) {
            return;
        }
        if let Some(now) = self.planner.name_now(name) {
            let new = quoted(&now.name);
            let message = format!("{} is called {new} now", quoted(name.as_str()));
            let about: [Named; 2] = [name.into(), Named::Repo(RepoName::new(now.name.as_str()))];
            let hint = if now.is_here { format!("write {new}") } else { "remove the line".to_owned() };
            self.planner.refuse(Kind::TeamRepos, line, &about, message, hint);
            return;
        }
        let message = format!("{} does not exist", quoted(name.as_str()));
        let there: Vec<RepoName> = self.planner.then.all_repos().map(|(_, repo)| repo.name.clone()).collect();
        let near = nearest(name.as_str(), there.iter().map(RepoName::as_str)).map(ToOwned::to_owned);
        if let Some(near) = near {
            let about: [Named; 2] = [name.into(), Named::Repo(RepoName::new(near.as_str()))];
            let hint = format!("did you mean {}?", quoted(&near));
            self.planner.refuse(Kind::TeamRepos, line, &about, message, hint);
            return;
        }
        let hint = if self.planner.plans(Kind::Repos) {
            "list it under `repos`, or remove the line"
        } else {
            "make the repository on GitHub, remove the line, or ask the platform team to let Repos be managed"
        };
        self.planner.refuse(Kind::TeamRepos, line, &[name.into()], message, hint);
    }

    /// Says once of a team which repositories it has by a team above it.
    fn note_redundant(&mut self, repos: &[&TeamRepo]) {
        let team = &self.team.name.value;
        let names = repos.iter().map(|repo| &repo.name.value);
        self.planner.note_redundant(Kind::TeamRepos, line_of(&self.team.name), team, names, |repos, _| {
            format!("{} has at least that access to {repos} from elsewhere", quoted(team.as_str()))
        });
    }
}
