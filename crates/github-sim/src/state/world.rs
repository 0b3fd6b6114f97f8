//! Everything this GitHub knows.

use std::{cell::RefCell, collections::BTreeMap};

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::{
    Login, Org, Permissions, Repo,
    audit::{AuditEntry, Change},
};
use crate::{
    auth::{Actor, manifest::Manifest, person::UserTokens, token::Tokens},
    clock::{Clock, Scale, rfc3339},
    config::Config,
    ghes::Ghes,
    hooks::{Hooks, Outgoing},
    http::{fault::Faults, log::RequestLog, rate::Rates, refusal::Refusal, secondary::Secondary},
    render::Urls,
};

/// A person, or the App's bot.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) login: Login,
    pub(crate) bot: bool,
    pub(crate) created_at: Timestamp,
}

/// Where a repository is: its organization and its id.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RepoKey {
    pub(crate) org: Login,
    pub(crate) id: u64,
}

/// The whole state.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) urls: Urls,
    pub(crate) app_id: u64,
    pub(crate) app_slug: String,
    pub(crate) manifest: Manifest,
    pub(crate) users: BTreeMap<Login, User>,
    pub(crate) orgs: BTreeMap<Login, Org>,
    /// Logins that organizations had, with their ids.
    pub(crate) former_orgs: BTreeMap<Login, u64>,
    pub(crate) tokens: Tokens,
    pub(crate) user_tokens: UserTokens,
    /// `None`: this is github.com.
    pub(crate) ghes: Option<Ghes>,
    /// How many nodes a query of GraphQL may touch.
    pub(crate) graphql_nodes: Option<u64>,
    pub(crate) scale: Scale,
    pub(crate) rates: Rates,
    pub(crate) secondary: Secondary,
    /// When each organization invited people, by its id.
    pub(crate) invited: BTreeMap<u64, Vec<Timestamp>>,
    pub(crate) audit: Vec<AuditEntry>,
    pub(crate) log: RequestLog,
    pub(crate) faults: Faults,
    pub(crate) hooks: Hooks,
    /// By id: how many more requests for a thing that was just made are answered 404.
    unseen: RefCell<BTreeMap<u64, u32>>,
    next_id: u64,
}

impl World {
    pub(crate) fn new(config: &Config, outbox: UnboundedSender<Outgoing>) -> Self {
        let scale = Scale(config.time_scale);
        let mut world = Self {
            clock: Clock::default(),
            urls: Urls::default(),
            app_id: config.app.id,
            app_slug: config.app.slug.clone(),
            manifest: Manifest::embedded(),
            users: BTreeMap::new(),
            orgs: BTreeMap::new(),
            former_orgs: BTreeMap::new(),
            tokens: Tokens::default(),
            user_tokens: UserTokens::default(),
            ghes: config.ghes,
            graphql_nodes: config.graphql_nodes,
            scale,
            rates: Rates::new(config.rate_limit, scale),
            secondary: Secondary::new(config.secondary_limits, scale),
            invited: BTreeMap::new(),
            audit: Vec::new(),
            log: RequestLog::default(),
            faults: Faults::default(),
            hooks: Hooks::new(outbox),
            unseen: RefCell::default(),
            next_id: 1000,
        };
        let bot = world.bot();
        world.add_user(&bot);
        world
    }

    /// A number that no other object has.
    pub(crate) fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The App's bot user.
    pub(crate) fn bot(&self) -> Login {
        format!("{}[bot]", self.app_slug).into()
    }

    /// The permissions that an installation has unless told otherwise.
    pub(crate) fn default_permissions(&self) -> Permissions {
        self.manifest.default_permissions.clone()
    }

    /// Makes sure that a user of this login exists.
    pub(crate) fn add_user(&mut self, login: &Login) {
        if self.users.contains_key(login) {
            return;
        }
        let user = User {
            id: self.new_id(),
            login: login.clone(),
            bot: login.as_str().ends_with("[bot]"),
            created_at: self.now(),
        };
        self.users.insert(login.clone(), user);
    }

    /// A user that exists, or 404.
    pub(crate) fn user(&self, login: &str) -> Result<&User, Refusal> {
        self.users.get(&login.into()).ok_or(Refusal::NotFound)
    }

    pub(crate) fn org(&self, login: &Login) -> Result<&Org, Refusal> {
        self.orgs.get(login).ok_or(Refusal::NotFound)
    }

    pub(crate) fn org_mut(&mut self, login: &Login) -> Result<&mut Org, Refusal> {
        self.orgs.get_mut(login).ok_or(Refusal::NotFound)
    }

    /// The team at an address, by id; 404 for a while after it was made, where the organization is so.
    pub(crate) fn team_id(&self, login: &Login, slug: &str) -> Result<u64, Refusal> {
        let id = self.org(login)?.team(slug).ok_or(Refusal::NotFound)?.id;
        if self.is_unseen(id) { Err(Refusal::NotFound) } else { Ok(id) }
    }

    /// Hides a thing that was just made for as many requests as its organization says.
    pub(crate) fn hide_at_first(&self, org: &Login, id: u64) {
        let answers = self.orgs.get(org).map_or(0, |org| org.traits.eventual);
        if answers > 0 {
            self.unseen.borrow_mut().insert(id, answers);
        }
    }

    /// Whether this request for a thing comes too soon after it was made. Each one that does brings its end nearer.
    pub(crate) fn is_unseen(&self, id: u64) -> bool {
        let mut unseen = self.unseen.borrow_mut();
        let Some(answers) = unseen.get_mut(&id) else { return false };
        *answers -= 1;
        if *answers == 0 {
            unseen.remove(&id);
        }
        true
    }

    pub(crate) fn repo(&self, key: &RepoKey) -> Result<&Repo, Refusal> {
        self.org(&key.org)?.repos.get(&key.id).ok_or(Refusal::NotFound)
    }

    pub(crate) fn repo_mut(&mut self, key: &RepoKey) -> Result<&mut Repo, Refusal> {
        self.org_mut(&key.org)?.repos.get_mut(&key.id).ok_or(Refusal::NotFound)
    }

    /// The organization that holds an installation.
    pub(crate) fn installed_on(&self, installation: u64) -> Option<&Org> {
        self.orgs.values().find(|o| o.installation.as_ref().is_some_and(|i| i.id == installation))
    }

    /// `orgs/LOGIN/…` or `repos/OWNER/NAME/…`, as audit entries name their targets.
    pub(crate) fn repo_target(&self, key: &RepoKey) -> String {
        let name = self.repo(key).map(|r| r.name.to_string()).unwrap_or_default();
        format!("repos/{}/{name}", key.org)
    }

    /// Writes a change down, unless nothing changed.
    pub(crate) fn record(&mut self, actor: &Actor, action: &str, target: String, change: Change) {
        if change.is_none() {
            return;
        }
        let entry = AuditEntry {
            seq: self.audit.len() as u64 + 1,
            time: rfc3339(self.now()),
            actor: actor.audited_as(self),
            installation: actor.installation(),
            action: action.to_owned(),
            target,
            before: change.before,
            after: change.after,
        };
        self.audit.push(entry);
    }
}
