//! A run: steps of operations, each followed by a request and by cargo's verdict.

use crate::misses::{Fault, Misses};
use crate::operation::{self, Done};
use crate::oracle::{self, Verdict};
use crate::project::Project;
use crate::random::Random;
use crate::server::{Builder, Outcome, Server};

/// A project, its dev server, and the misses so far.
#[derive(Debug)]
pub(crate) struct Run {
    // In this order: the dev server exits before the project is deleted.
    server: Server,
    builder: Builder,
    project: Project,
    random: Random,
    misses: Misses,
    steps: usize,
}

impl Run {
    /// The number of steps after which the model itself is verified by a build in a new target directory.
    const VERIFIED: usize = 25;

    /// Creates the project and starts the dev server.
    pub(crate) async fn new(seed: u64, builder: Builder) -> Run {
        let project = Project::new();
        Run {
            server: Server::start(&project.sandbox, builder).await,
            builder,
            project,
            random: Random::new(seed),
            misses: Misses::new(seed),
            steps: 0,
        }
    }

    /// Does this number of operations, and returns all misses.
    pub(crate) async fn operate(mut self, operations: usize) -> Misses {
        while self.misses.operations() < operations {
            let done = self.step().await;
            self.misses.count(&done);
            self.steps += 1;
            if let Some((fault, detail)) = self.check(&done).await {
                self.misses.push(fault, done, detail);
                self = self.start_again().await;
            }
        }
        self.misses
    }

    /// Does one operation or a few, at once or while the build of the first one runs.
    async fn step(&mut self) -> Vec<Done> {
        let count = if self.random.chance(70) {
            1
        } else {
            2 + self.random.below(4)
        };
        let is_slow = count > 1 && self.random.chance(50);
        let mut done = Vec::new();
        let mut pending = Vec::new();
        for _ in 0..count {
            done.push(operation::operate(&mut self.project, &mut self.random));
            if is_slow {
                pending.push(self.server.request_in_background());
                let round_trips = self.random.below(200);
                self.server.pass_time(round_trips).await;
            }
        }
        for request in pending {
            let _ = request.await;
        }
        done
    }

    /// Requests the app, and compares the response with the model and with cargo.
    async fn check(&mut self, done: &[Done]) -> Option<(Fault, String)> {
        let expected = self.project.expected();
        let outcome = self.server.request().await;
        let verdict = oracle::judge(&self.project).await;
        if (verdict == Verdict::Fails) != expected.is_none() {
            let failing = self.project.failing();
            return Some((
                Fault::Model,
                format!("    cargo: {verdict:?}, failing: {failing:?}"),
            ));
        }
        if self.steps.is_multiple_of(Self::VERIFIED) {
            let anew = oracle::build_anew(&self.project).await;
            if anew != expected {
                return Some((
                    Fault::Model,
                    difference(anew.as_deref(), expected.as_deref()),
                ));
            }
        }
        let is_touched = done.iter().any(|done| done.kind.is_touch());
        let fault = match (&outcome, &expected) {
            (Outcome::Page(503) | Outcome::Nothing, _) => Fault::NoResponse,
            (Outcome::App(text), Some(expected)) if text == expected => {
                let is_fresh = verdict == Verdict::Fresh || is_touched;
                return (!is_fresh).then(|| (Fault::NotFresh, String::new()));
            }
            (Outcome::App(_), Some(_)) if oracle::built(&self.project) == expected => {
                Fault::OldText
            }
            (Outcome::App(_), Some(_)) => Fault::OldTextOfCargo,
            (Outcome::App(_), None) => Fault::OldApp,
            (Outcome::Page(_), Some(_)) => Fault::StillBroken,
            (Outcome::Page(_), None) => return None,
        };
        let detail = match (&outcome, &expected) {
            (Outcome::App(text), Some(expected)) => difference(Some(text), Some(expected)),
            (Outcome::App(_), None) => format!("    failing: {:?}", self.project.failing()),
            (page, _) => format!("    {page:?}, failing: {:?}", self.project.failing()),
        };
        Some((fault, detail))
    }

    /// Makes the project and the dev server again, so that the next miss is another one.
    async fn start_again(mut self) -> Run {
        self.server.stop().await;
        self.project.fill();
        self.server = Server::start(&self.project.sandbox, self.builder).await;
        self
    }
}

/// Returns the lines that differ.
fn difference(found: Option<&str>, expected: Option<&str>) -> String {
    let (Some(found), Some(expected)) = (found, expected) else {
        return format!("found {found:?}, expected {expected:?}");
    };
    let pairs = found.lines().zip(expected.lines());
    let pairs = pairs.filter(|(found, expected)| found != expected);
    let lines = pairs.map(|(found, expected)| format!("    {found}, expected {expected}"));
    lines.collect::<Vec<_>>().join("\n")
}
