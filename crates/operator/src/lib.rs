//! The operator's I/O: webhook receiver, controllers, steps and command line.
