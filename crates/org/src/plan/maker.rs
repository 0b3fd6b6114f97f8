//! What a plan does beside its operations where it is applied with a person's own token.

use peribolos_vocab::{Kind, Login, TeamName};

use super::{Change, Failure, Plan, Warning};
use crate::file::findings::quoted;

/// A team that was made, and that the person whose token made it could not be taken out of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stays {
    /// The team.
    pub team: TeamName,
    /// The token owner. GitHub makes whoever creates a team its maintainer.
    pub login: Login,
    /// What GitHub refused, or why it could not be reached.
    pub failure: Failure,
}

impl Plan {
    /// The teams that the plan makes and does not put `maker` into. GitHub makes the person whose token makes a team its
    /// maintainer, so they are taken out of these again.
    fn left_by<'p>(&'p self, maker: &'p Login) -> impl Iterator<Item = &'p TeamName> {
        let stays = move |team: &TeamName| {
            self.operations.iter().any(|operation| {
                matches!(&operation.change, Change::SetTeamMember { team: other, login, .. }
                    if other == team && login == maker)
            })
        };
        self.operations.iter().filter_map(move |operation| match &operation.change {
            Change::CreateTeam { name, .. } if !stays(name) => Some(name),
            _ => None,
        })
    }

    /// Adds what a plan that is applied with the token of `maker` does beside its operations.
    pub fn note_maker(&mut self, maker: &Login) {
        let note = |team: &TeamName| Warning {
            kind: Kind::TeamMembers,
            line: None,
            message: format!(
                "GitHub makes {} a maintainer of {}, and they are taken out of it again",
                quoted(maker.as_str()),
                quoted(team.as_str())
            ),
            hint: None,
            about: vec![maker.into(), team.into()],
        };
        let notes: Vec<Warning> = self.left_by(maker).map(note).collect();
        self.warnings.extend(notes);
    }
}
