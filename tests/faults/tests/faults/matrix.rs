//! Tells every story without a fault, then with those that were chosen, several at once, and compares the endings.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use crate::{
    cases::{self, Case},
    ending::Ending,
    fault::{Away, Fault},
    known::{self, KNOWN, Known},
    lots::Lots,
    settings::Settings,
    story::{STORIES, Story},
    support::ControlPlane,
    telling::{Told, tell},
    world::Plane,
};

/// Where logs of cases are kept that end otherwise.
const LOGS: &str = env!("CARGO_TARGET_TMPDIR");

/// How a case has ended.
struct Ended {
    case: Case,
    /// The request at which the fault happened.
    at: String,
    /// How its ending differs from what it should be; empty: not at all.
    difference: Vec<String>,
}

/// How many lines of a difference are printed; the log has them all.
const PRINTED: usize = 15;

/// What came of all cases.
pub struct Report {
    /// Stories that do not even end well without a fault.
    bad_stories: Vec<String>,
    ended: Vec<Ended>,
    ran_all: bool,
}

/// Runs what the settings choose.
pub fn run(settings: &Settings) -> Report {
    // Started before the threads that share it.
    ControlPlane::shared();
    let clean = side_by_side(settings.jobs, STORIES.iter().collect(), |story| {
        let told = told(story, Fault::None, |_| true);
        let log = PathBuf::from(LOGS).join(format!("{}.log", story.name));
        std::fs::write(&log, format!("{}\n\n{}", told.ending, told.logs)).unwrap();
        let requests = told.passed.iter().filter(|passed| passed.counts).count();
        println!("{}: {requests} requests; ending and logs: {}", story.name, log.display());
        (story, told)
    });
    let passed: Vec<_> = clean.iter().map(|(story, told)| (*story, told.passed.clone())).collect();
    let lots = Lots(settings.seed);
    let mut all = cases::all(&passed, lots);
    println!("{} cases in all", all.len());
    all.retain(|case| settings.chooses(&case.to_string()));
    let ran_all = settings.is_whole();
    let chosen = lots.some(all, settings.cases.unwrap_or(usize::MAX), Case::to_string);
    let expected: BTreeMap<&str, &Ending> =
        clean.iter().map(|(story, told)| (story.name, &told.ending)).collect();
    let ended = side_by_side(settings.jobs, chosen, |case| {
        let expected = expected[case.story.name];
        let ended = run_case(case, expected);
        println!("{ended}");
        ended
    });
    let bad_stories = clean.iter().filter_map(|(story, told)| bad(story, told)).collect();
    Report { bad_stories, ended, ran_all }
}

fn run_case(case: Case, expected: &Ending) -> Ended {
    let difference = |ending: &Ending| -> Vec<String> {
        if case.has_the_same_end() {
            expected.difference(ending)
        } else {
            ending.disorder().map(|line| format!("+ {line}")).collect()
        }
    };
    let told = told(case.story, case.fault.clone(), |ending| difference(ending).is_empty());
    let difference = difference(&told.ending);
    let at = told.happened_at.map(|at| format!("{} {}", at.route, at.path)).unwrap_or_default();
    let ended = Ended { case, at, difference };
    if !ended.difference.is_empty() {
        let difference = ended.difference.join("\n");
        std::fs::write(ended.log(), format!("{difference}\n\n{}\n\n{}", told.ending, told.logs)).unwrap();
    }
    ended
}

/// What is wrong with a story that meets no fault, unless that is known.
fn bad(story: &Story, told: &Told) -> Option<String> {
    let wrongs = told.ending.wrongs();
    match (wrongs.is_empty(), known::of_story(story)) {
        (false, None) => Some(format!("{} ends badly without any fault: {wrongs:#?}", story.name)),
        (true, Some(what)) => Some(format!("{} ends well: take out \"{what}\"", story.name)),
        _ => None,
    }
}

/// Tells a story in a runtime of its own: all that belongs to it ends with it.
fn told(story: &Story, fault: Fault, is_due: impl Fn(&Ending) -> bool) -> Told {
    let needs_own = matches!(fault, Fault::Outage { of: Away::ApiServer | Away::Etcd, .. });
    let plane = if needs_own { Plane::Own(Arc::new(ControlPlane::start())) } else { Plane::Shared };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(tell(&plane, story, fault, is_due))
}

/// Does the same with each, so many at once.
fn side_by_side<T: Send, R: Send>(jobs: usize, work: Vec<T>, each: impl Fn(T) -> R + Sync) -> Vec<R> {
    let (queue, done) = (Mutex::new(VecDeque::from(work)), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let Some(next) = queue.lock().unwrap().pop_front() else { break };
                    let result = each(next);
                    done.lock().unwrap().push(result);
                }
            });
        }
    });
    done.into_inner().unwrap()
}

impl Ended {
    fn is_good(&self) -> bool {
        self.difference.is_empty() || self.known().is_some()
    }

    fn known(&self) -> Option<&'static Known> {
        known::of(&self.case, &self.difference)
    }

    fn log(&self) -> PathBuf {
        let name: String =
            self.case.to_string().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        PathBuf::from(LOGS).join(format!("{name}.log"))
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match (self.difference.is_empty(), self.known()) {
            (true, _) => "same end",
            (false, None) => "ANOTHER END",
            (false, Some(_)) => "another end, which is known",
        };
        write!(f, "{verdict}: {} (at {})", self.case, self.at)?;
        for line in self.difference.iter().take(PRINTED) {
            write!(f, "\n    {}", line.chars().take(300).collect::<String>())?;
        }
        if self.difference.len() > PRINTED {
            write!(f, "\n    … and {} lines more", self.difference.len() - PRINTED)?;
        }
        if !self.difference.is_empty() {
            write!(f, "\n    logs: {}", self.log().display())?;
        }
        Ok(())
    }
}

impl Report {
    /// Whether all ended as they should, and as is known.
    pub fn is_good(&self) -> bool {
        self.bad_stories.is_empty() && self.ended.iter().all(Ended::is_good) && self.unfounded().is_empty()
    }

    /// What is known to go wrong, and in the whole matrix never has.
    fn unfounded(&self) -> Vec<&'static str> {
        let goes_wrong =
            |entry: &Known| self.ended.iter().filter_map(Ended::known).any(|known| known.what == entry.what);
        let all = if self.ran_all { &KNOWN[..] } else { &[] };
        all.iter().filter(|entry| !goes_wrong(entry)).map(|entry| entry.what).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same = self.ended.iter().filter(|ended| ended.difference.is_empty()).count();
        writeln!(f, "{same} of {} cases end as without the fault", self.ended.len())?;
        for bad in &self.bad_stories {
            writeln!(f, "{bad}")?;
        }
        for what in self.unfounded() {
            writeln!(f, "nothing ends otherwise by \"{what}\" any more: take it out of the list")?;
        }
        for ended in self.ended.iter().filter(|ended| !ended.is_good()) {
            writeln!(f, "{ended}")?;
        }
        Ok(())
    }
}
