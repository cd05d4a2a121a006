//! Echoes: changes that a build or the app makes itself. One that started an attempt could go on for ever.
//!
//! A file that the compiler reads always counts. A change that may not matter is weighed:
//!
//! | change | during an attempt | afterwards |
//! |---|---|---|
//! | [`Certainty::Possible`] | waits for the end, and is dropped after a good build | counts after a failed build |
//! | [`Certainty::Assumed`] | counts, but waits once it has cancelled three attempts in a row | counts |
//!
//! A file that changes again and again without changing the outcome counts no more, until something else changes.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::dev::outcome::Outcome;
use crate::inputs;
use crate::state::{Cause, Certainty, Change, ChangedFiles, Effect, Relaunch};

/// The changes of the past that may have been echoes.
#[derive(Debug)]
pub(super) struct Echoes {
    /// The changes that began the attempt.
    origin: Origin,
    /// The outcome of the last attempt that ended.
    outcome: Option<Outcome>,
    /// The times at which the last attempt began and ended.
    began: SystemTime,
    ended: SystemTime,
    /// The number of attempts in a row that each file has begun without changing the outcome.
    streaks: HashMap<PathBuf, u32>,
    /// The files that count no more.
    muted: HashSet<PathBuf>,
    /// The number of attempts in a row that echoes have cancelled.
    cancelled: u32,
    series: Series,
}

/// The changes that began an attempt.
#[derive(Debug)]
enum Origin {
    /// At least one of them was made by the user.
    User,
    /// All may be echoes.
    Suspects(Kind, ChangedFiles),
}

/// The attempts in a row that possible changes have begun.
#[derive(Clone, Copy, Debug, Default)]
struct Series {
    all: u32,
    /// Those of the same outcome.
    same: u32,
}

/// The reason for which a change may not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Possible,
    Assumed,
    Relaunch,
}

/// The decision about a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It requires an attempt.
    Counts,
    /// It is weighed again at the end of the attempt.
    Waits,
    /// It requires an attempt, but not before this time has passed.
    Delayed(Duration),
    /// It does not matter.
    Ignored,
    /// It does not matter, and these files are the reason, as is known only now.
    Muted(ChangedFiles),
}

impl Kind {
    /// Returns the kind of a change that may not matter.
    fn of(change: &Change) -> Option<Kind> {
        match (change.certainty, change.relaunch) {
            (Certainty::Possible, _) => Some(Kind::Possible),
            (Certainty::Assumed, Relaunch::IfDifferent) => Some(Kind::Assumed),
            (Certainty::Assumed, Relaunch::Always) => Some(Kind::Relaunch),
            (Certainty::Certain, _) => None,
        }
    }

    /// The number of attempts without another outcome after which a file counts no more.
    fn limit(self) -> u32 {
        match self {
            Kind::Possible => 2,
            Kind::Assumed | Kind::Relaunch => 3,
        }
    }

    /// The time after an attempt in which a program, but hardly a user, has reacted to it.
    fn reaction(self) -> Duration {
        match self {
            Kind::Possible | Kind::Assumed => Duration::ZERO,
            Kind::Relaunch => Duration::from_secs(2),
        }
    }
}

impl Echoes {
    /// The number of attempts in a row that echoes may cancel.
    const CANCELLED: u32 = 3;
    /// The time after a crash in which no user has reacted to it.
    const CRASH: Duration = Duration::from_millis(500);

    /// An attempt begins `now`, the first one.
    pub(super) fn new(now: SystemTime) -> Echoes {
        Echoes {
            origin: Origin::User,
            outcome: None,
            began: now,
            ended: SystemTime::UNIX_EPOCH,
            streaks: HashMap::new(),
            muted: HashSet::new(),
            cancelled: 0,
            series: Series::default(),
        }
    }

    /// Decides about a change that arrives `now`, and that may not matter only for reasons that are weighed here. `touched`
    /// returns the time of the last change to a file, if it exists.
    pub(super) fn verdict(
        &mut self,
        change: &Change,
        outcome: Option<Outcome>,
        now: SystemTime,
        touched: impl Fn(&Path) -> Option<SystemTime>,
    ) -> Verdict {
        let (Some(kind), Cause::Changed(files)) = (Kind::of(change), &change.cause) else {
            return self.certain(change, outcome, now, touched);
        };
        match (kind, outcome) {
            (Kind::Possible, None) => return Verdict::Waits,
            (Kind::Possible, Some(outcome)) if outcome.is_good() => return Verdict::Ignored,
            _ => {}
        }
        if kind != Kind::Possible && !self.is_reaction(kind, files, outcome, &touched) {
            return self.users(now);
        }
        if files.paths().all(|file| self.muted.contains(file)) {
            return Verdict::Muted(files.clone());
        }
        if outcome.is_none() {
            self.cancelled += 1;
            if self.cancelled > Self::CANCELLED {
                return Verdict::Waits;
            }
        }
        let delay = self.series.delay().saturating_sub(since(self.ended, now));
        if kind == Kind::Possible && !delay.is_zero() {
            return Verdict::Delayed(delay);
        }
        self.suspect(kind, files, outcome, now);
        Verdict::Counts
    }

    /// Decides about a change that matters, unless a crashed app made it.
    fn certain(
        &mut self,
        change: &Change,
        outcome: Option<Outcome>,
        now: SystemTime,
        touched: impl Fn(&Path) -> Option<SystemTime>,
    ) -> Verdict {
        if let (Effect::Reload, Some(Outcome::Crashed), Cause::Changed(files)) =
            (change.effect, outcome, &change.cause)
        {
            // The app wrote it before it exited. The news is late, or the file is gone.
            let is_late = |file: &PathBuf| match touched(file) {
                Some(time) => time <= self.ended,
                None => since(self.ended, now) < Self::CRASH,
            };
            if files.paths().all(is_late) {
                return Verdict::Ignored;
            }
        }
        self.users(now)
    }

    /// Begins an attempt with the change of a delay that has passed.
    pub(super) fn resume(&mut self, change: &Change, now: SystemTime) {
        match (Kind::of(change), &change.cause) {
            (Some(kind), Cause::Changed(files)) => {
                self.suspect(kind, files, self.outcome, now);
            }
            _ => drop(self.users(now)),
        }
    }

    /// Records the outcome of an attempt that ends `now`.
    pub(super) fn end(&mut self, outcome: Outcome, now: SystemTime) {
        let is_same = self.outcome.replace(outcome) == Some(outcome);
        self.ended = now;
        let Origin::Suspects(kind, files) = std::mem::replace(&mut self.origin, Origin::User)
        else {
            return;
        };
        if kind == Kind::Possible {
            self.series.all += 1;
            self.series.same = if is_same { self.series.same + 1 } else { 1 };
        }
        if !is_same {
            self.streaks.clear();
            self.muted.clear();
            self.cancelled = 0;
            return;
        }
        for file in files.paths() {
            let streak = self.streaks.entry(file.clone()).or_default();
            *streak += 1;
            if *streak >= kind.limit() {
                self.muted.insert(file.clone());
            }
        }
    }

    /// Returns `true` if all files count.
    pub(super) fn mute_none(&self) -> bool {
        self.muted.is_empty()
    }

    /// Begins an attempt with a change that the user made. Everything counts again.
    fn users(&mut self, now: SystemTime) -> Verdict {
        *self = Echoes {
            outcome: self.outcome,
            ended: self.ended,
            ..Echoes::new(now)
        };
        Verdict::Counts
    }

    /// Begins an attempt, or joins one that the change has cancelled, with a change that may be an echo.
    fn suspect(
        &mut self,
        kind: Kind,
        files: &ChangedFiles,
        outcome: Option<Outcome>,
        now: SystemTime,
    ) {
        match &mut self.origin {
            Origin::User if outcome.is_none() => {}
            Origin::Suspects(_, all) if outcome.is_none() => all.merge(files.clone()),
            origin => *origin = Origin::Suspects(kind, files.clone()),
        }
        self.began = now;
    }

    /// Returns `true` if all files were last touched while an attempt ran, or shortly after it.
    fn is_reaction(
        &self,
        kind: Kind,
        files: &ChangedFiles,
        outcome: Option<Outcome>,
        touched: impl Fn(&Path) -> Option<SystemTime>,
    ) -> bool {
        let latest = outcome.map(|_| self.ended + kind.reaction());
        files.paths().all(|file| {
            touched(file).is_some_and(|time| {
                time >= self.began && latest.is_none_or(|latest| time <= latest)
            })
        })
    }
}

impl Series {
    /// The number of attempts after which the next one waits, and that of attempts whose outcomes differ.
    const SAME: u32 = 4;
    const ALL: u32 = 8;

    /// Returns the time from the end of the last attempt to the next one.
    fn delay(self) -> Duration {
        let over = (self.same + 1).saturating_sub(Self::SAME);
        let over = over.max((self.all + 1).saturating_sub(Self::ALL));
        match over {
            0 => Duration::ZERO,
            over => Duration::from_secs(2u64.saturating_pow(over - 1).min(30)),
        }
    }
}

/// Returns the change without the files that rustc writes when it crashes. A change that surely matters keeps them.
pub(super) fn without_dumps(mut change: Change) -> Option<Change> {
    if Kind::of(&change).is_none() {
        return Some(change);
    }
    if let Cause::Changed(files) = &change.cause {
        change.cause = Cause::Changed(files.without(inputs::is_dump)?);
    }
    Some(change)
}

fn since(earlier: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(earlier).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROKEN: Outcome = Outcome::Failed(1);
    const READY: Outcome = Outcome::Ready(1);

    /// Echoes on a clock of seconds.
    struct Scene {
        echoes: Echoes,
        now: u64,
        outcome: Option<Outcome>,
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    impl Scene {
        /// An attempt has just ended.
        fn after(outcome: Outcome) -> Scene {
            let mut scene = Scene {
                echoes: Echoes::new(at(1000)),
                now: 1001,
                outcome: None,
            };
            scene.ends(outcome);
            scene
        }

        /// Lets the attempt end with this outcome.
        fn ends(&mut self, outcome: Outcome) {
            self.now += 1;
            self.outcome = Some(outcome);
            self.echoes.end(outcome, at(self.now));
        }

        fn later(&mut self, seconds: u64) -> &mut Scene {
            self.now += seconds;
            self
        }

        /// Writes a file. If that counts, an attempt is under way.
        fn write(&mut self, file: &str, certainty: Certainty, relaunch: Relaunch) -> Verdict {
            let mut change =
                Change::new(Cause::Changed(ChangedFiles::named(file)), Effect::Rebuild);
            change.certainty = certainty;
            change.relaunch = relaunch;
            let now = at(self.now);
            let verdict = self
                .echoes
                .verdict(&change, self.outcome, now, |_| Some(now));
            if verdict == Verdict::Counts {
                self.outcome = None;
            }
            verdict
        }

        fn possible(&mut self, file: &str) -> Verdict {
            self.write(file, Certainty::Possible, Relaunch::IfDifferent)
        }

        fn assumed(&mut self, file: &str) -> Verdict {
            self.write(file, Certainty::Assumed, Relaunch::IfDifferent)
        }

        /// A file of `--all`.
        fn extra(&mut self, file: &str) -> Verdict {
            self.write(file, Certainty::Assumed, Relaunch::Always)
        }

        fn source(&mut self) -> Verdict {
            self.write("main.rs", Certainty::Certain, Relaunch::IfDifferent)
        }
    }

    fn muted(file: &str) -> Verdict {
        Verdict::Muted(ChangedFiles::named(file))
    }

    #[test]
    fn a_possible_change_waits_for_the_end_of_the_attempt_and_matters_only_if_it_failed() {
        let mut scene = Scene::after(BROKEN);
        assert_eq!(scene.source(), Verdict::Counts);
        assert_eq!(scene.possible("gen.rs"), Verdict::Waits);
        scene.ends(READY);
        assert_eq!(scene.possible("gen.rs"), Verdict::Ignored);
        assert_eq!(scene.source(), Verdict::Counts);
        scene.ends(BROKEN);
        assert_eq!(scene.possible("gen.rs"), Verdict::Counts);
    }

    #[test]
    fn a_file_that_changes_nothing_twice_counts_no_more_until_a_source_changes() {
        let mut scene = Scene::after(BROKEN);
        for _ in 0..2 {
            assert_eq!(scene.later(60).possible("stats.json"), Verdict::Counts);
            scene.ends(BROKEN);
        }
        assert_eq!(scene.later(60).possible("stats.json"), muted("stats.json"));
        assert_eq!(scene.possible("gen.rs"), Verdict::Counts);
        scene.ends(BROKEN);
        assert_eq!(scene.possible("stats.json"), muted("stats.json"));
        assert_eq!(scene.source(), Verdict::Counts);
        scene.ends(BROKEN);
        assert_eq!(scene.possible("stats.json"), Verdict::Counts);
    }

    #[test]
    fn a_file_that_changes_the_outcome_counts() {
        let mut scene = Scene::after(BROKEN);
        for number in 2..6 {
            assert_eq!(scene.later(60).possible("gen.rs"), Verdict::Counts);
            scene.ends(Outcome::Failed(number));
        }
    }

    #[test]
    fn new_names_each_time_wait_longer_and_longer_but_never_for_good() {
        let mut scene = Scene::after(BROKEN);
        let mut delays = Vec::new();
        for number in 0..12 {
            let name = format!("gen-{number}.txt");
            let verdict = scene.possible(&name);
            if let Verdict::Delayed(delay) = verdict {
                delays.push(delay.as_secs());
                assert_eq!(
                    scene.later(delay.as_secs()).possible(&name),
                    Verdict::Counts
                );
            }
            scene.ends(BROKEN);
        }
        assert_eq!(delays, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(scene.source(), Verdict::Counts);
        scene.ends(BROKEN);
        assert_eq!(scene.possible("gen.rs"), Verdict::Counts);
    }

    #[test]
    fn a_delayed_change_begins_an_attempt_of_the_series() {
        let mut scene = Scene::after(BROKEN);
        let change = Change {
            certainty: Certainty::Possible,
            ..Change::new(Cause::Changed(ChangedFiles::named("a")), Effect::Rebuild)
        };
        for _ in 0..2 {
            scene.echoes.resume(&change, at(scene.now));
            scene.ends(BROKEN);
        }
        assert_eq!(scene.possible("a"), muted("a"));
    }

    #[test]
    fn edits_of_a_user_always_count() {
        for relaunch in [Relaunch::IfDifferent, Relaunch::Always] {
            let mut scene = Scene::after(READY);
            for _ in 0..10 {
                let verdict = scene
                    .later(3)
                    .write("page.html", Certainty::Assumed, relaunch);
                assert_eq!(verdict, Verdict::Counts);
                scene.ends(READY);
            }
        }
        let mut scene = Scene::after(READY);
        for _ in 0..10 {
            assert_eq!(scene.source(), Verdict::Counts);
            scene.ends(READY);
        }
    }

    #[test]
    fn a_file_that_the_app_writes_when_it_starts_counts_three_times() {
        let mut scene = Scene::after(READY);
        for _ in 0..3 {
            assert_eq!(scene.later(1).extra("log.txt"), Verdict::Counts);
            scene.ends(READY);
        }
        assert_eq!(scene.later(1).extra("log.txt"), muted("log.txt"));
        assert_eq!(
            scene.later(3).extra("log.txt"),
            Verdict::Counts,
            "the user wrote it"
        );
    }

    #[test]
    fn a_file_that_each_build_writes_does_not_cancel_it_for_ever() {
        let mut scene = Scene::after(READY);
        assert_eq!(scene.source(), Verdict::Counts);
        for _ in 0..3 {
            assert_eq!(scene.later(1).assumed("bindings.ts"), Verdict::Counts);
        }
        let mut written = scene.later(1).now;
        for _ in 0..4 {
            assert_eq!(scene.assumed("bindings.ts"), Verdict::Waits);
            scene.ends(READY);
            let change = Change {
                certainty: Certainty::Assumed,
                ..Change::new(
                    Cause::Changed(ChangedFiles::named("bindings.ts")),
                    Effect::Rebuild,
                )
            };
            let touched = |_: &Path| Some(at(written));
            let (outcome, now) = (scene.outcome, at(scene.now));
            let verdict = scene.echoes.verdict(&change, outcome, now, touched);
            if verdict != Verdict::Counts {
                return assert_eq!(verdict, muted("bindings.ts"));
            }
            scene.outcome = None;
            written = scene.later(1).now;
        }
        panic!("it still counts");
    }

    #[test]
    fn a_file_that_a_crashing_app_wrote_does_not_start_it_again() {
        let mut scene = Scene::after(Outcome::Crashed);
        let change = Change::new(Cause::Changed(ChangedFiles::named("log")), Effect::Reload);
        let mut verdict = |touched, later| {
            let now = at(scene.now + later);
            let outcome = scene.outcome;
            scene.echoes.verdict(&change, outcome, now, |_| touched)
        };
        assert_eq!(verdict(Some(at(1002)), 0), Verdict::Ignored);
        assert_eq!(verdict(None, 0), Verdict::Ignored);
        assert_eq!(verdict(None, 1), Verdict::Counts);
        assert_eq!(verdict(Some(at(1003)), 1), Verdict::Counts);
    }

    #[test]
    fn dumps_of_the_compiler_never_count() {
        let change = |certainty, files: &[&str]| {
            let mut all = ChangedFiles::named(files[0]);
            for file in files {
                all.merge(ChangedFiles::named(file));
            }
            Change {
                certainty,
                ..Change::new(Cause::Changed(all), Effect::Rebuild)
            }
        };
        let dump = "app/rustc-ice-2026-11-28T15_07_41-1234.txt";
        let possible = change(Certainty::Possible, &[dump]);
        assert_eq!(without_dumps(possible), None);
        let both = without_dumps(change(Certainty::Possible, &[dump, "gen.rs"]));
        assert_eq!(both, Some(change(Certainty::Possible, &["gen.rs"])));
        let certain = change(Certainty::Certain, &[dump]);
        assert_eq!(without_dumps(certain.clone()), Some(certain));
    }
}
