//! Changes of state that several endpoints make, with their audit entries and deliveries.

pub(crate) mod check;
pub(crate) mod commit;
pub(crate) mod install;
pub(crate) mod member;
pub(crate) mod merge_group;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod rename_user;
pub(crate) mod talk;
