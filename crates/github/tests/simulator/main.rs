//! Reading and changing an organization on the simulator of GitHub, which is as strict as GitHub.

mod changes;
mod reading;
mod world;
