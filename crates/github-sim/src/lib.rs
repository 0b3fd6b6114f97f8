//! A simulator of GitHub for development and tests.
