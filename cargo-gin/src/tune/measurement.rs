//! The measurement: all candidates, one after the other, each in turns with today's settings.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::cli::{CandidateName, Tune};
use crate::os::reaper::Reaper;
use crate::tune::advice;
use crate::tune::bench::{self, Bench, Costs, Measured, TODAY};
use crate::tune::budget::Budget;
use crate::tune::candidate::{self, Candidate, Choice};
use crate::tune::finding::{self, Finding, Outcome};
use crate::tune::hot::{self, HotFile};
use crate::tune::progress::Bar;
use crate::tune::sample::Samples;
use crate::tune::scratch::Scratch;
use crate::tune::search;
use crate::tune::size::size;
use crate::tune::today::Today;
use crate::workspace::Workspace;

/// The outcome of a measurement.
pub(super) enum Measurement {
    Done(Results),
    /// The project does not build, with these diagnostics.
    Broken(Vec<String>),
}

/// The results of a measurement.
pub(super) struct Results {
    /// The files that were edited, each with the line.
    pub(super) edits: Vec<(PathBuf, usize)>,
    pub(super) today: Samples,
    pub(super) costs: Costs,
    pub(super) findings: Vec<Finding>,
    /// Second measurements: of all of the best together, and of the best one.
    pub(super) again: Vec<Finding>,
    /// The candidates that are not measured, each with the reason.
    pub(super) skipped: Vec<(CandidateName, String)>,
    /// Remarks on what no setting can change.
    pub(super) advice: Vec<String>,
}

/// Measures a project. Dropping the future ends the build under way and deletes the copy.
pub(super) async fn measure(
    options: &Tune,
    workspace: &Workspace,
    reaper: &Reaper,
    bar: &Bar,
) -> anyhow::Result<Measurement> {
    let began = Instant::now();
    let today = Today::read(workspace, &options.selection)?;
    let choices = candidate::choose(&options.measurement.only, &today, reaper).await;
    let (candidates, mut skipped) = divided(choices);
    let scratch = Scratch::create(workspace)?;
    bar.begin("copying the sources".to_owned());
    scratch.fill(workspace).await?;
    let has_build_dir = today.has_build_dir();
    let bench = Bench::open(options, workspace, has_build_dir, &scratch, bar, reaper).await?;
    let start = match Start::build(options, workspace, &bench).await? {
        Ok(start) => start,
        Err(diagnostics) => return Ok(Measurement::Broken(diagnostics)),
    };
    let rounds = options.measurement.rounds;
    let budget = Budget {
        began,
        limit: options.measurement.budget,
        clean: start.clean,
        edit: start.edit,
        edits: (2 + 2 * rounds) * start.files.len(),
    };
    let plan = Plan {
        bench: &bench,
        files: &start.files,
        rounds,
        target: start.target,
        budget,
    };
    let mut findings = plan.measure_all(candidates).await?;
    let features = CandidateName::UnusedFeatures;
    if candidate::is_wanted(&options.measurement.only, features) {
        match plan.measure_without_features(workspace).await? {
            Ok(finding) => findings.push(finding),
            Err(reason) => skipped.push((features, reason)),
        }
    }
    let again = plan.measure_again(&findings).await?;
    Ok(Measurement::Done(Results {
        edits: start.files.iter().map(place).collect(),
        today: todays(&findings, start.edit),
        costs: Costs {
            clean: Some(start.clean),
            target: Some(start.target),
            program: bench::program_size(&start.program),
        },
        findings,
        again,
        skipped,
        advice: start.advice,
    }))
}

/// The project under today's settings, before any other are tried.
struct Start {
    /// The time of a build from scratch.
    clean: Duration,
    program: PathBuf,
    files: Vec<HotFile>,
    /// The time of a build after an edit.
    edit: Duration,
    /// The size of the target directory, in bytes.
    target: u64,
    advice: Vec<String>,
}

impl Start {
    /// Builds the project, or returns the diagnostics if it does not build.
    async fn build(
        options: &Tune,
        workspace: &Workspace,
        bench: &Bench<'_>,
    ) -> anyhow::Result<Result<Start, Vec<String>>> {
        let bar = bench.bar;
        bar.plan(2);
        bar.begin("today's settings: first build".to_owned());
        let (clean, program) = match bench.build(None, TODAY, &["--timings"]).await? {
            bench::Outcome::Built { took, executable } => (took, executable),
            bench::Outcome::Broken(diagnostics) => return Ok(Err(diagnostics)),
        };
        let target = bench.scratch.target(TODAY);
        let timings = target.join("cargo-timings/cargo-timing.html");
        let mut advice = advice::of_first_build(&timings);
        let files = hot_files(options, workspace, &program, bench).await?;
        advice.extend(advice::of_edit(bench, &files, &timings).await?);
        bar.begin("today's settings: an edit".to_owned());
        let edit = bench.sample(None, TODAY, &files).await?;
        Ok(Ok(Start {
            clean,
            program,
            files,
            edit,
            target: size(&target),
            advice,
        }))
    }
}

/// Divides the candidates from those that are not measured, each with the reason.
fn divided(choices: Vec<Choice>) -> (Vec<Candidate>, Vec<(CandidateName, String)>) {
    let (mut candidates, mut skipped) = (Vec::new(), Vec::new());
    for choice in choices {
        match choice {
            Choice::Candidate(candidate) => candidates.push(candidate),
            Choice::Skipped(name, reason) => skipped.push((name, reason)),
        }
    }
    (candidates, skipped)
}

/// The parts that all candidates share.
struct Plan<'a> {
    bench: &'a Bench<'a>,
    files: &'a [HotFile],
    rounds: usize,
    /// The size of today's target directory, in bytes.
    target: u64,
    budget: Budget,
}

impl Plan<'_> {
    async fn measure_all(&self, candidates: Vec<Candidate>) -> anyhow::Result<Vec<Finding>> {
        let builds = Bench::builds(self.rounds, self.files.len());
        self.bench.bar.plan(builds * candidates.len());
        let mut findings = Vec::new();
        for candidate in candidates {
            findings.push(self.measure(candidate).await?);
        }
        Ok(findings)
    }

    /// Measures the project without the features that nothing in it needs, or returns the reason why there are none.
    async fn measure_without_features(
        &self,
        workspace: &Workspace,
    ) -> anyhow::Result<Result<Finding, String>> {
        self.bench
            .bar
            .begin("looking for unused features".to_owned());
        let found = search::unused_features(workspace, self.bench, &self.budget).await?;
        let candidate = match found {
            Ok(candidate) => candidate,
            Err(reason) => return Ok(Err(reason)),
        };
        self.bench
            .bar
            .plan(Bench::builds(self.rounds, self.files.len()));
        Ok(Ok(self.measure(candidate).await?))
    }

    /// Measures the best candidates together, and the best one alone if that does not gain.
    async fn measure_again(&self, findings: &[Finding]) -> anyhow::Result<Vec<Finding>> {
        let best = finding::best(findings);
        let parts: Vec<&Candidate> = best.iter().map(|finding| &finding.candidate).collect();
        let mut candidates = Vec::new();
        if parts.len() > 1 {
            candidates.push(Candidate::joined(&parts));
        }
        candidates.extend(finding::best_one(&best).map(|(one, _)| one.candidate.clone()));
        let mut again = Vec::new();
        for candidate in candidates {
            self.bench
                .bar
                .plan(Bench::builds(self.rounds, self.files.len()));
            let finding = self.measure(candidate).await?;
            let is_over =
                finding.gain().is_some() || matches!(finding.outcome, Outcome::Unmeasured);
            again.push(finding);
            if is_over {
                break;
            }
        }
        Ok(again)
    }

    async fn measure(&self, candidate: Candidate) -> anyhow::Result<Finding> {
        let outcome = if self.budget.allows(candidate.extent) {
            let bench = self.bench;
            let measured = bench.compare(&candidate, self.files, self.rounds, self.target);
            match measured.await? {
                Measured::Compared(costs, pair) => match pair.compare() {
                    Some(comparison) => Outcome::Compared(comparison, costs),
                    None => Outcome::Unmeasured,
                },
                Measured::Failed(reason) => Outcome::Failed(reason),
            }
        } else {
            let builds = Bench::builds(self.rounds, self.files.len());
            self.bench.bar.cancel(builds);
            Outcome::Unmeasured
        };
        Ok(Finding { candidate, outcome })
    }
}

/// Returns the files to edit. A place that the compiler rejects gives way to the next one.
async fn hot_files(
    options: &Tune,
    workspace: &Workspace,
    program: &Path,
    bench: &Bench<'_>,
) -> anyhow::Result<Vec<HotFile>> {
    /// The number of places that are tried.
    const TRIES: usize = 6;
    let (scratch, reaper) = (bench.scratch, bench.reaper);
    let root = &workspace.target.root;
    let (candidates, wanted) = if options.measurement.edit.is_empty() {
        (hot::ranked(program, root, scratch, reaper).await?, 1)
    } else {
        let named = hot::named(&options.measurement.edit, scratch)?;
        let count = named.len();
        (named, count)
    };
    let mut files = Vec::new();
    for mut file in candidates {
        let spots = file.spots.clone();
        for spot in spots.into_iter().take(TRIES) {
            file.spots = vec![spot];
            bench
                .bar
                .begin(format!("an edit of {}", file.original.display()));
            bench.bar.plan(1);
            bench.edit(&file)?;
            let outcome = bench.build(None, TODAY, &[]).await?;
            if matches!(outcome, bench::Outcome::Built { .. }) {
                files.push(file.clone());
                break;
            }
            file.restore()?;
        }
        if files.len() == wanted {
            return Ok(files);
        }
    }
    anyhow::bail!(
        "no edit of a function builds in {}; name a file with --edit",
        if options.measurement.edit.is_empty() {
            "any source file".to_owned()
        } else {
            "all of the files that --edit names".to_owned()
        }
    )
}

fn place(file: &HotFile) -> (PathBuf, usize) {
    let line = file.spots.first().map_or(1, |spot| spot.line(&file.text));
    (file.original.clone(), line)
}

/// Returns today's samples of all comparisons, or the one sample if there are none.
fn todays(findings: &[Finding], edit: Duration) -> Samples {
    let mut all = Samples::default();
    for finding in findings {
        if let Outcome::Compared(comparison, _) = &finding.outcome {
            all.push(comparison.today.median);
        }
    }
    if all.is_empty() {
        all.push(edit);
    }
    all
}
