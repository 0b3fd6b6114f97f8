//! Tekton: TaskRuns get pods, and pods end. What must never happen is noted where it would.

use crate::{
    scope::{Broken, Scope},
    server::{PodEnd, TaskRun},
    world::World,
};

/// So many ticks a token is good.
const TOKEN_TICKS: u8 = 3;

impl World {
    /// Makes a TaskRun, unless it is there. True: its name was made unusable.
    pub fn make_task_run(&mut self, scope: &Scope, name: &str, run: &str, commit: usize) -> bool {
        let mut name = name.to_owned();
        if scope.is(Broken::NewNames) {
            name = format!("{name}-{}", self.server.task_runs.len());
        } else if let Some(there) = self.server.task_runs.get(&name) {
            return there.is_closed;
        }
        let attempt = self.attempt_of(run, &name);
        self.monitor.made_twice |= !self.monitor.made.insert(attempt);
        let task_run = TaskRun {
            run: run.to_owned(),
            commit,
            made: self.tick,
            version: 1,
            cancelled: false,
            is_closed: false,
            has_pod: false,
            end: None,
        };
        self.server.task_runs.insert(name, task_run);
        false
    }

    /// Makes a TaskRun that has no pod, unless one is there. Its pods are deleted, which takes its time. True: its name is unusable.
    pub fn close_task_run(&mut self, scope: &Scope, name: &str, run: &str) -> bool {
        if scope.is(Broken::NoClosing) {
            return true;
        }
        if let Some(there) = self.server.task_runs.get(name) {
            return there.is_closed;
        }
        let task_run = TaskRun {
            run: run.to_owned(),
            commit: 0,
            made: self.tick,
            version: 1,
            cancelled: true,
            is_closed: true,
            has_pod: false,
            end: None,
        };
        self.server.task_runs.insert(name.to_owned(), task_run);
        true
    }

    /// The attempt that a TaskRun is for: the run's UID, and the number in the name.
    fn attempt_of(&self, run: &str, name: &str) -> String {
        let uid = self.server.runs.get(run).and_then(|run| run.metadata.uid.clone()).unwrap_or_default();
        let number = name.strip_prefix(run).and_then(|rest| rest.split('-').nth(1)).unwrap_or_default();
        format!("{uid}, attempt {number}")
    }

    pub fn start_pod(&mut self, name: &str) {
        let Some(task_run) = self.server.task_runs.get_mut(name) else { return };
        task_run.has_pod = true;
        task_run.version += 1;
        let place = self.github.place(task_run.commit);
        self.monitor.rolled_back |= place < self.monitor.newest;
        self.monitor.newest = self.monitor.newest.max(place);
        self.pods.insert(name.to_owned(), task_run.commit);
        self.github.applied = None;
    }

    pub fn end_pod(&mut self, scope: &Scope, name: &str, end: PodEnd) {
        let Some(task_run) = self.server.task_runs.get_mut(name) else { return };
        task_run.end = Some(end);
        task_run.version += 1;
        let was_running = self.pods.remove(name).is_some();
        match end {
            PodEnd::Applied if was_running => self.github.applied = Some(scope.files[task_run.commit]),
            PodEnd::Lost => self.left.pods = self.left.pods.saturating_sub(1),
            PodEnd::Applied | PodEnd::HeadMoved | PodEnd::Stopped => {}
        }
    }

    /// A pod needs a token that is good for as long as it is running.
    pub fn watch_token(&mut self) {
        let is_good = self.token.is_some_and(|made| self.tick < made + TOKEN_TICKS);
        self.monitor.without_token |= !self.pods.is_empty() && !is_good;
    }
}
