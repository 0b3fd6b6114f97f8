//! What GitHub has, as a file.
//!
//! An apply of a dump by upstream peribolos writes nothing. That decides what is in it: pending
//! invitations are, to the organization and to repositories (upstream takes back those it does not
//! find), empty texts are not (upstream sends an empty description of a team on each run), and what a
//! token could not see is not either.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, OrgRole, Permission, Slug};

use crate::file::Emitter;
use crate::file::model::{Collaborator, ConfigFile, Repo, Team, TeamRepo};
use crate::file::position::Located;
use crate::file::reference::EDITOR_LINE;
use crate::file::writing::render;
use crate::settings::{Decided, OrgSetting, RepoSettingName, Setting, Table};
use crate::snapshot::{InvitationState, Own, Settings, Snapshot, SnapshotRepo, SnapshotTeam};
use crate::text::is_unseen;

/// Something that GitHub has and the file can't say: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DumpNote(pub String);

/// A dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dumped {
    /// The file, everything in it sorted.
    pub file: ConfigFile,
    /// What it can't say, in the order of the file.
    pub notes: Vec<DumpNote>,
}

const HEADER: &str = "\
This file describes the organization: its settings, people, teams and repositories.
It was written from what GitHub has. Once it is merged, GitHub follows the file: change it by
pull request. What it says is applied, and what was changed by hand on GitHub is changed back.

- Who is in neither `admins` nor `members` is removed from the organization, and a team that is
  not listed is deleted, as is a person in a team or a team's access to a repository.
- A repository that is not listed is left alone. So is a setting that is not given.
- To rename a team or a repository, list its old name under `previously`.";

impl Dumped {
    /// The dump as YAML, under the line that gives editors its schema, and a comment that explains it to the organization's owners.
    pub fn to_yaml(&self) -> String {
        let mut header = Emitter::default();
        header.comment(EDITOR_LINE);
        header.comment(HEADER);
        if !self.notes.is_empty() {
            header.comment("\nWhat GitHub has and this file can't say:");
            for note in &self.notes {
                // One line each: a name from GitHub must not end the comment.
                header.comment(&format!("- {}", note.0.replace(is_unseen, " ")));
            }
        }
        header.finish() + &render(&self.file)
    }
}

/// Describes an organization so that an apply of it changes nothing.
pub fn dump(snapshot: &Snapshot) -> Dumped {
    let mut dumper = Dumper {
        active: snapshot.admins.iter().chain(&snapshot.members).cloned().collect(),
        people: BTreeSet::new(),
        admins: BTreeSet::new(),
        notes: Vec::new(),
    };
    let (admins, members) = dumper.people(snapshot);
    let file = ConfigFile {
        org: Located::from(snapshot.org.clone()),
        settings: settings(&snapshot.settings, false),
        admins: located(admins),
        members: located(members),
        teams: dumper.teams(&snapshot.teams),
        repos: repos(snapshot),
    };
    Dumped { file, notes: dumper.notes }
}

/// What a team may do, by the key of the repository.
type Access = BTreeMap<String, Permission>;

struct Dumper {
    /// Owners and members, without those who are only invited.
    active: BTreeSet<Login>,
    /// Everybody whom the file names as one of the organization,
    people: BTreeSet<Login>,
    /// and the owners among them.
    admins: BTreeSet<Login>,
    notes: Vec<DumpNote>,
}

fn located(logins: BTreeSet<Login>) -> Vec<Located<Login>> {
    logins.into_iter().map(Located::from).collect()
}

fn unless_empty(text: &str) -> Option<Located<String>> {
    (!text.is_empty()).then(|| text.to_owned().into())
}

/// The settings that a dump has: those that GitHub shows, less what people need not see because a new organization or
/// repository has it, too.
fn settings<T: Table>(
    settings: &Settings<Setting<T>>,
    is_public: bool,
) -> BTreeMap<Setting<T>, Located<String>> {
    let dumped = settings.iter().filter(|(setting, value)| setting.is_dumped(value, is_public));
    dumped.map(|(setting, value)| (*setting, Located::from(value.clone()))).collect()
}

impl Dumper {
    fn note(&mut self, sentence: String) {
        self.notes.push(DumpNote(sentence));
    }

    fn people(&mut self, snapshot: &Snapshot) -> (BTreeSet<Login>, BTreeSet<Login>) {
        let mut admins: BTreeSet<Login> = snapshot.admins.iter().cloned().collect();
        let mut members: BTreeSet<Login> = snapshot.members.iter().cloned().collect();
        members.retain(|login| !admins.contains(login));
        let mut invitations: Vec<_> = snapshot
            .invitations
            .iter()
            .filter(|invitation| invitation.state == InvitationState::Pending)
            .filter_map(|invitation| Some((invitation.login.as_ref()?, invitation.role)))
            .collect();
        invitations.sort();
        for (login, role) in invitations {
            if admins.contains(login) || members.contains(login) {
                continue;
            }
            match role {
                OrgRole::Admin => {
                    admins.insert(login.clone());
                }
                OrgRole::Member => {
                    members.insert(login.clone());
                }
                OrgRole::BillingManager => self.note(format!(
                    "{login} is invited as a billing manager: the file can't say that, and an apply \
                     leaves the invitation as it is."
                )),
            }
        }
        self.people = admins.union(&members).cloned().collect();
        self.admins.clone_from(&admins);
        (admins, members)
    }

    fn teams(&mut self, teams: &[SnapshotTeam]) -> Vec<Team> {
        let slugs: BTreeSet<&Slug> = teams.iter().map(|team| &team.slug).collect();
        let mut children: BTreeMap<Option<&Slug>, Vec<&SnapshotTeam>> = BTreeMap::new();
        for team in teams {
            let parent = team.parent.as_ref().filter(|parent| slugs.contains(parent));
            if let (Some(parent), None) = (&team.parent, parent) {
                let name = &team.name;
                self.note(format!("The team {name} is nested in {parent}, which could not be read."));
            }
            children.entry(parent).or_default().push(team);
        }
        let placed = self.level(None, &BTreeMap::new(), &mut children);
        for team in children.into_values().flatten() {
            self.note(format!("The team {} is nested in itself and was left out.", team.name));
        }
        placed
    }

    /// The teams below one, each taken out of `children`: GitHub has no circles, and a snapshot
    /// with one ends all the same.
    fn level<'s>(
        &mut self,
        parent: Option<&'s Slug>,
        above: &Access,
        children: &mut BTreeMap<Option<&'s Slug>, Vec<&'s SnapshotTeam>>,
    ) -> Vec<Team> {
        let mut level = children.remove(&parent).unwrap_or_default();
        level.sort_by_key(|team| (team.name.as_str().to_ascii_lowercase(), &team.name));
        let mut teams = Vec::with_capacity(level.len());
        for team in level {
            let mut dumped = self.team(team, above);
            let access = dumped.repos.iter().map(|repo| (repo.name.key(), repo.permission.value)).collect();
            dumped.teams = self.level(Some(&team.slug), &access, children);
            self.add_people_below(&mut dumped);
            teams.push(dumped);
        }
        teams
    }

    /// GitHub's list of a team has the people of the teams below it, too, as members.
    fn add_people_below(&self, team: &mut Team) {
        let own: BTreeSet<Login> =
            team.maintainers.iter().chain(&team.members).map(|login| login.value.clone()).collect();
        let below = team.teams.iter().flat_map(|team| team.maintainers.iter().chain(&team.members));
        let below: BTreeSet<Login> =
            below.map(|login| login.value.clone()).filter(|login| !own.contains(login)).collect();
        // An invitation to a team below is none to this one.
        let below = below.into_iter().filter(|login| self.active.contains(login));
        team.members.extend(below.map(Located::from));
        team.members.sort_by(|one, other| one.value.cmp(&other.value));
    }

    fn team(&mut self, team: &SnapshotTeam, above: &Access) -> Team {
        // Lists of two moments may differ: an owner is a maintainer wherever they are.
        let (owners, members): (BTreeSet<Login>, BTreeSet<Login>) = team
            .members
            .iter()
            .chain(&team.invitations)
            .cloned()
            .partition(|login| self.admins.contains(login));
        let maintainers: BTreeSet<Login> =
            owners.into_iter().chain(team.maintainers.iter().cloned()).collect();
        let members = &members - &maintainers;
        let (maintainers, members) = (self.known(team, maintainers), self.known(team, members));
        Team {
            name: Located::from(team.name.clone()),
            description: unless_empty(&team.description),
            privacy: Some(Located::from(team.privacy)),
            previously: Vec::new(),
            maintainers: located(maintainers),
            members: located(members),
            repos: self.team_repos(team, above),
            teams: Vec::new(),
        }
    }

    /// A team's people without those that the organization does not have: the file can't say that.
    fn known(&mut self, team: &SnapshotTeam, mut logins: BTreeSet<Login>) -> BTreeSet<Login> {
        let strangers: Vec<Login> = logins.difference(&self.people).cloned().collect();
        for login in strangers {
            logins.remove(&login);
            let name = &team.name;
            self.note(format!(
                "{login} belongs to the team {name} and not to the organization, and an apply \
                 removes them from it."
            ));
        }
        logins
    }

    /// The team's access as GitHub lists it, with that of the teams above it. What comes from an organization role alone is
    /// left out: the file can't say that.
    fn team_repos(&mut self, team: &SnapshotTeam, above: &Access) -> Vec<TeamRepo> {
        let mut repos: Vec<_> = team.repos.iter().collect();
        repos.sort_by_key(|repo| (repo.name.as_str().to_ascii_lowercase(), &repo.name));
        let mut dumped = Vec::with_capacity(repos.len());
        for repo in repos {
            let given = match repo.own {
                Own::Is(permission) => Some(permission),
                Own::Unknown => Some(repo.permission),
                Own::None => None,
            };
            let Some(permission) = given.max(above.get(&repo.name.key()).copied()) else { continue };
            if let Some(role) = &repo.custom_role {
                self.note(format!(
                    "The team {} has the custom role {role} in {}: the file says `{}`, which leaves \
                     it as it is; another word replaces it.",
                    team.name,
                    repo.name,
                    permission.as_str()
                ));
            }
            dumped.push(TeamRepo {
                name: Located::from(repo.name.clone()),
                permission: Located::from(permission),
            });
        }
        dumped
    }
}

fn repos(snapshot: &Snapshot) -> Vec<Repo> {
    let mut repos: Vec<_> = snapshot.repos.iter().collect();
    repos.sort_by_key(|repo| (repo.name.as_str().to_ascii_lowercase(), &repo.name));
    repos.into_iter().map(|it| repo(it, &snapshot.settings)).collect()
}

fn repo(repo: &SnapshotRepo, organization: &Settings<OrgSetting>) -> Repo {
    let visibility = repo.settings.get(&RepoSettingName::VISIBILITY);
    let is_public = visibility.is_some_and(|visibility| visibility == "public");
    let mut settings = settings(&repo.settings, is_public);
    // What the organization decides GitHub may still show as a repository had it before.
    let is_decided = |decided: Decided| decided.to.is_some() && decided.is_so(organization);
    settings.retain(|setting, _| !setting.decided().is_some_and(is_decided));
    let collaborators = repo.collaborators.as_ref().map(|people| {
        let mut listed: BTreeMap<&Login, Permission> = BTreeMap::new();
        for invitation in repo.invitations.iter().filter(|invitation| !invitation.expired) {
            listed.insert(&invitation.login, invitation.permission);
        }
        for person in people {
            // What is not the person's own comes from elsewhere, and stays as that does.
            let permission = match person.own {
                Own::Is(permission) => permission,
                Own::Unknown => person.permission,
                Own::None => continue,
            };
            listed.insert(&person.login, permission);
        }
        let people = listed.into_iter().map(|(login, permission)| Collaborator {
            login: Located::from(login.clone()),
            permission: Located::from(permission),
        });
        Located::from(people.collect::<Vec<_>>())
    });
    Repo {
        name: Located::from(repo.name.clone()),
        previously: Vec::new(),
        settings,
        collaborators,
        on_create: None,
    }
}
