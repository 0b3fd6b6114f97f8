//! One read of an organization, whole: what upstream peribolos would find, in a fraction of its requests.
//!
//! GraphQL gives members with roles, teams with what they have, and repositories with their settings, in pages whose
//! cursors stay right while the organization changes. REST gives what GraphQL has not: the organization's settings,
//! invitations, who conceals a membership, which teams the enterprise manages, the default branch of an empty
//! repository, names of custom roles.
//!
//! Upstream compares with REST's lists, which count members of child teams and repositories of parent teams in. That
//! part is worked out here, in `inherit`, from what each team has by itself.
//!
//! **While the organization changes.** What goes away between two pages is left out, what comes may be in or not: as
//! if the read had been a moment earlier or later. A list whose length does not fit GitHub's own count is read once
//! more. There is no lock, so two lists may be of two moments; whoever acts on a snapshot reads again and compares.
//!
//! **When GitHub refuses.** The first error ends the read, with nothing asked after it: half an organization would look
//! as if the rest did not exist, and a rate limit that is used up is for the caller to wait for ([`Error::retry`]). One
//! thing is asked again: a page that took GitHub too long, at half its size.

mod collaborators;
mod inherit;
mod list;
mod people;
mod reader;
mod repos;
mod teams;
mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use peribolos_org::plan::{Ignored, Scope, Stage};
use peribolos_org::{ConfigFile, Snapshot};

use self::reader::Reader;
use crate::client::Organization;
use crate::{Client, Error, Login};

/// What to read beyond what every snapshot has.
#[derive(Clone)]
pub struct ReadOptions {
    /// The repositories, by [`peribolos_org::RepoName::key`], whose collaborators and invitations are read: two requests
    /// and more each hundred of them, and one each. The others have `None`.
    pub collaborators_of: BTreeSet<String>,
    /// Whether to read the organization's and its teams' invitations.
    pub invitations: bool,
    /// Who is told how far the read is.
    pub progress: Option<Arc<dyn Progress>>,
}

impl Default for ReadOptions {
    /// Invitations, and nobody's collaborators.
    fn default() -> Self {
        Self { collaborators_of: BTreeSet::new(), invitations: true, progress: None }
    }
}

impl ReadOptions {
    /// What comparing with `file` needs: collaborators are managed of the repositories that it names alone.
    pub fn for_file(file: &ConfigFile, scope: &Scope) -> Self {
        let named = file.repos.iter().flat_map(|repo| std::iter::once(&repo.name).chain(&repo.previously));
        let managed = scope.manages(Stage::Collaborators);
        Self {
            collaborators_of: named.filter(|_| managed).map(|name| name.value.key()).collect(),
            invitations: !scope.ignore.contains(&Ignored::Invitees),
            progress: None,
        }
    }
}

impl fmt::Debug for ReadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOptions")
            .field("collaborators_of", &self.collaborators_of)
            .field("invitations", &self.invitations)
            .finish_non_exhaustive()
    }
}

/// A part of the read that takes several requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Members with their roles.
    Members,
    /// Teams with what they have.
    Teams,
    /// Repositories with their settings.
    Repositories,
    /// Repositories with their collaborators.
    Collaborators,
}

impl Part {
    /// The word for what is counted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Teams => "teams",
            Self::Repositories => "repositories",
            Self::Collaborators => "repositories' collaborators",
        }
    }
}

/// Is told how far a read is, as answers come. Must not block.
pub trait Progress: Send + Sync {
    /// `done` of `total` are read; the total may change while the organization does.
    fn read(&self, part: Part, done: usize, total: usize);
}

/// Reads an organization: about one request for each 25 teams, 50 members and 100 repositories, at most eight at once.
///
/// A team of more than 100 members or repositories takes one for each further 100. On GitHub Enterprise, whose
/// organizations may have roles of their own making, each team takes one more.
///
/// # Errors
/// The first call that fails; [`Error::is_not_found`] where there is no such organization.
pub async fn read(client: &Client, org: &Login, options: &ReadOptions) -> Result<Snapshot, Error> {
    // Boxed, for whoever awaits it: it is one large future of many small ones.
    Box::pin(read_all(client, org, options)).await
}

async fn read_all(client: &Client, org: &Login, options: &ReadOptions) -> Result<Snapshot, Error> {
    let settings = client.get_organization(org).await?;
    let reader = Reader::new(client, &settings.login, options.progress.as_deref());
    let repos = async {
        let repos = repos::read(&reader).await?;
        collaborators::add(&reader, repos, &options.collaborators_of).await
    };
    let (members, public, invitations, teams, repos) = futures::try_join!(
        people::members(&reader),
        people::public(&reader),
        people::invitations(&reader, options.invitations),
        teams::read(&reader, options.invitations, may_have_custom_roles(&settings)),
        repos,
    )?;
    let concealed =
        members.admins.iter().chain(&members.others).filter(|login| !public.contains(login)).cloned();
    Ok(Snapshot {
        org: settings.login,
        name: settings.name.unwrap_or_default(),
        description: settings.description.unwrap_or_default(),
        company: settings.company.unwrap_or_default(),
        email: settings.email.unwrap_or_default(),
        billing_email: settings.billing_email,
        location: settings.location.unwrap_or_default(),
        default_repository_permission: settings
            .default_repository_permission
            .as_deref()
            .and_then(words::default_permission),
        members_can_create_repositories: settings.members_can_create_repositories,
        has_organization_projects: settings.has_organization_projects,
        has_repository_projects: settings.has_repository_projects,
        concealed: concealed.collect(),
        teams: inherit::complete(teams, &members.admins),
        admins: members.admins,
        members: members.others,
        invitations,
        repos,
    })
}

/// Only GitHub Enterprise has roles of an organization's own making. A plan that is hidden may be any.
fn may_have_custom_roles(org: &Organization) -> bool {
    org.plan.as_ref().is_none_or(|plan| plan.name.starts_with("enterprise"))
}
