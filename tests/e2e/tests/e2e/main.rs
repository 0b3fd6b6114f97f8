//! The product with pods: real Kubernetes, Tekton, upstream peribolos, the chart with its real permissions, a simulated GitHub.
//!
//! `scripts/e2e` runs `together` with all its tests at once, then `alone` one after the other, for they switch off what
//! all share, and at last `leaks`, which looks at what the others left.

mod alone;
mod leaks;
mod together;
