//! Fuzzing: the targets are in `tests/`, `make fuzz` runs them for a bounded time. As an ordinary test each replays its
//! corpus and tries some more.
