//! The plan of a file: the organization is read, what the snapshot lacks is fetched, and the difference is computed. The steps
//! and the command line use this before and after an apply.

use std::sync::Arc;

use peribolos_github::snapshot::{self, Progress, ReadOptions};
use peribolos_github::{Client, Error as GitHubError, lookups};
use peribolos_org::plan::{self, Lookups, Plan, Question, Scope};
use peribolos_org::{ConfigFile, Login, Snapshot};

/// How many people who are new to the organization are verified at most. GitHub sends at most 500 invitations a day.
const MAX_NEW_PEOPLE: usize = 500;

/// What is planned for.
#[derive(Clone)]
pub struct Planning<'a> {
    /// GitHub.
    pub client: &'a Client,
    /// The organization.
    pub org: &'a Login,
    /// Its file.
    pub file: &'a ConfigFile,
    /// What is managed.
    pub scope: &'a Scope,
    /// How the organization is read: [`ReadOptions::for_file`], and how long a read waits.
    pub options: ReadOptions,
}

/// A plan, and what it was made from.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The organization as it was read.
    pub snapshot: Snapshot,
    /// What was fetched besides the snapshot.
    pub lookups: Lookups,
    /// What is to be done.
    pub plan: Plan,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanningError {
    /// The file names too many people at once.
    #[error(
        "the file names {found} people who are neither members nor invited, and at most {MAX_NEW_PEOPLE} can be added at \
         once: add them in several steps"
    )]
    TooManyNewPeople {
        /// How many.
        found: usize,
    },
    /// GitHub refused or failed.
    #[error(transparent)]
    GitHub(#[from] GitHubError),
}

impl Planning<'_> {
    /// Reads and plans. `progress` follows the reading.
    ///
    /// # Errors
    /// [`PlanningError`]; nothing is half read.
    pub async fn plan(&self, progress: Option<Arc<dyn Progress>>) -> Result<Planned, PlanningError> {
        let Self { client, org, file, scope, .. } = self;
        let options = ReadOptions { progress, ..self.options.clone() };
        let snapshot = snapshot::read(client, org, &options).await?;
        let questions = plan::questions(file, &snapshot, scope);
        let found = questions.iter().filter(|question| matches!(question, Question::Login(_))).count();
        if found > MAX_NEW_PEOPLE {
            return Err(PlanningError::TooManyNewPeople { found });
        }
        let lookups = lookups::answer(client, org, &questions, options.patience).await?;
        let plan = plan::plan(file, &snapshot, &lookups, scope);
        Ok(Planned { snapshot, lookups, plan })
    }
}
