//! Bursts: changes that follow each other closely, as when a branch is switched.
//!
//! The first change of a burst builds at once. The first one that cancels that build begins a second attempt, which waits
//! until no more changes come, and further ones join it. Each start of cargo that a change cancels makes that wait longer,
//! since a loaded machine writes its files in fits and starts.

use std::time::{Duration, Instant};

/// The current burst of changes.
#[derive(Debug)]
pub(super) struct Burst {
    /// The time of `--debounce`.
    debounce: Duration,
    last: Option<Instant>,
    /// The time between two changes, the longest so far.
    gap: Duration,
    /// The number of attempts that a change cancelled after they had started cargo.
    cancelled: u32,
    begun: Begun,
}

/// The attempt that was begun last.
#[derive(Clone, Copy, Debug)]
enum Begun {
    /// It started cargo, or starts it now.
    AtOnce,
    /// It starts cargo at `until`, and has waited since `since`, which further changes do not reset.
    Waits { since: Instant, until: Instant },
}

/// A change that requires an attempt, as it arrives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) now: Instant,
    pub(super) before: Before,
    pub(super) files: Files,
}

/// The fate of the attempt before a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// It had come to its end.
    Ended,
    /// The change has cancelled it.
    Cancelled,
}

/// The state of a change's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Files {
    Present,
    /// All are deleted. Some editors save a file by deleting it and writing a new one.
    Gone,
}

/// The next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) number: Number,
    /// The time until cargo starts, if no other change comes.
    pub(super) wait: Duration,
}

/// The number of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// A number of its own.
    Next,
    /// The number of the cancelled attempt, whose cause grows.
    Same,
}

impl Burst {
    /// A burst cannot last longer than this without a change while an attempt is under way.
    const LULL: Duration = Duration::from_secs(2);
    /// The longest gap that is taken for one of a program that writes many files. Users take longer.
    const PAUSE: Duration = Duration::from_millis(400);
    /// The longest wait for the end of a burst after its last change.
    const LONGEST: Duration = Duration::from_secs(2);
    /// The longest wait for the end of a burst at all, so that a program that never stops writing cannot prevent every build.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// A burst is over once there was no change for `debounce`, and longer if it has cancelled builds.
    pub(super) fn new(debounce: Duration) -> Burst {
        Burst {
            debounce,
            last: None,
            gap: Duration::ZERO,
            cancelled: 0,
            begun: Begun::AtOnce,
        }
    }

    /// Returns the attempt that a change begins or joins.
    pub(super) fn turn(&mut self, arrival: Arrival) -> Turn {
        let Arrival { now, before, files } = arrival;
        let gap = self.last.replace(now).map(|last| now - last);
        let Some(gap) = gap.filter(|gap| !self.is_over(*gap, before)) else {
            return self.first(now, files);
        };
        if gap < Self::PAUSE {
            self.gap = self.gap.max(gap);
        }
        match (before, self.begun) {
            (Before::Ended, _) => self.waiting(Number::Next, now, now),
            (Before::Cancelled, Begun::Waits { until, since }) if now < until => {
                // Only a deletion came before, so this is the first save.
                if self.cancelled == 0 && files == Files::Present {
                    return self.at_once(Number::Same);
                }
                self.waiting(Number::Same, now, since)
            }
            (Before::Cancelled, _) => self.cancel(gap, now),
        }
    }

    fn is_over(&self, gap: Duration, before: Before) -> bool {
        match before {
            Before::Ended => gap >= self.quiet(),
            Before::Cancelled => gap >= Self::LULL.max(2 * self.quiet()),
        }
    }

    /// Begins a burst.
    fn first(&mut self, now: Instant, files: Files) -> Turn {
        self.gap = Duration::ZERO;
        self.cancelled = 0;
        match files {
            Files::Present => self.at_once(Number::Next),
            Files::Gone => self.waiting(Number::Next, now, now),
        }
    }

    /// Takes the place of an attempt that had started cargo.
    fn cancel(&mut self, gap: Duration, now: Instant) -> Turn {
        self.cancelled += 1;
        match self.cancelled {
            1 if gap >= self.debounce => self.at_once(Number::Next),
            1 => self.waiting(Number::Next, now, now),
            _ => self.waiting(Number::Same, now, now),
        }
    }

    fn at_once(&mut self, number: Number) -> Turn {
        self.begun = Begun::AtOnce;
        Turn {
            number,
            wait: Duration::ZERO,
        }
    }

    fn waiting(&mut self, number: Number, now: Instant, since: Instant) -> Turn {
        let left = Self::PATIENCE.saturating_sub(now - since);
        let wait = self.quiet().min(left);
        if wait.is_zero() {
            return self.at_once(number);
        }
        self.begun = Begun::Waits {
            since,
            until: now + wait,
        };
        Turn { number, wait }
    }

    /// Returns the time without a change after which the burst is taken to be over.
    fn quiet(&self) -> Duration {
        if self.cancelled < 2 {
            return self.debounce;
        }
        let doubled = 2u32.saturating_pow(self.cancelled - 1);
        let quiet = self.debounce.saturating_mul(doubled).max(2 * self.gap);
        quiet.min(Self::LONGEST).max(self.debounce)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher as _, RandomState};

    use super::*;

    const DEBOUNCE: Duration = Duration::from_millis(30);

    /// A dev server whose builds take some time, and the attempts that it makes.
    struct Server {
        burst: Burst,
        build: Duration,
        start: Instant,
        /// The time at which cargo is started.
        cargo: Option<Instant>,
        attempts: usize,
        starts: usize,
        finished: usize,
    }

    impl Server {
        fn new(build: u64) -> Server {
            let start = Instant::now();
            Server {
                burst: Burst::new(DEBOUNCE),
                build: Duration::from_millis(build),
                start,
                cargo: None,
                attempts: 0,
                starts: 0,
                finished: 0,
            }
        }

        /// Runs until `now`, and counts what has happened by then.
        fn advance(&mut self, now: Instant) -> Before {
            match self.cargo {
                None => Before::Ended,
                Some(cargo) if now >= cargo + self.build => {
                    self.cargo = None;
                    self.starts += 1;
                    self.finished += 1;
                    Before::Ended
                }
                Some(cargo) => {
                    self.starts += usize::from(now >= cargo);
                    Before::Cancelled
                }
            }
        }

        /// Takes a change after so many milliseconds, and returns the time until cargo starts.
        fn change(&mut self, millis: u64, files: Files) -> u128 {
            let now = self.start + Duration::from_millis(millis);
            let before = self.advance(now);
            let turn = self.burst.turn(Arrival { now, before, files });
            self.attempts += usize::from(turn.number == Number::Next);
            self.cargo = Some(now + turn.wait);
            turn.wait.as_millis()
        }

        fn save(&mut self, millis: u64) -> u128 {
            self.change(millis, Files::Present)
        }
    }

    #[test]
    fn a_single_save_builds_at_once() {
        let mut server = Server::new(1000);
        assert_eq!([0, 5000, 9000].map(|at| server.save(at)), [0, 0, 0]);
        assert_eq!(server.attempts, 3);
    }

    #[test]
    fn saves_of_a_user_hardly_wait() {
        let mut server = Server::new(1000);
        assert_eq!([0, 300].map(|at| server.save(at)), [0, 0]);
        let mut server = Server::new(10_000);
        let waits = [0, 1500, 3000, 4500].map(|at| server.save(at));
        assert_eq!(waits, [0, 0, 60, 120]);
        let mut server = Server::new(10_000);
        assert_eq!([0, 3000, 6000, 9000].map(|at| server.save(at)), [0; 4]);
        assert_eq!(server.attempts, 4);
    }

    #[test]
    fn the_second_attempt_waits_and_takes_in_the_rest() {
        let mut server = Server::new(1000);
        assert_eq!(
            [0, 1, 2, 3, 30].map(|at| server.save(at)),
            [0, 30, 30, 30, 30]
        );
        assert_eq!((server.attempts, server.starts), (2, 1));
    }

    #[test]
    fn a_file_that_is_deleted_and_written_again_is_one_attempt() {
        let mut server = Server::new(1000);
        assert_eq!(server.change(0, Files::Gone), 30);
        assert_eq!(server.save(5), 0);
        assert_eq!((server.attempts, server.starts), (1, 0));
    }

    #[test]
    fn a_program_that_never_stops_writing_lets_builds_happen() {
        let mut server = Server::new(15);
        for round in 0..10_000 {
            server.save(round * 20);
        }
        assert!(server.finished > 10, "{} builds", server.finished);
    }

    /// A source of numbers that differs from run to run, and is printed so that a failure can be repeated.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: u64) -> u64 {
            // A linear congruential generator, with the constants of Knuth's MMIX.
            self.0 = (self.0.wrapping_mul(6_364_136_223_846_793_005))
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % limit
        }
    }

    #[test]
    fn a_storm_is_two_attempts_and_few_starts_of_cargo() {
        for _ in 0..500 {
            let seed = RandomState::new().hash_one(0);
            let mut random = Random(seed);
            let mut server = Server::new(1500 + random.below(4000));
            let usual = 1 + random.below(80);
            let mut now = 0;
            for _ in 0..1000 {
                // One change in two hundred comes after a pause, as on a loaded machine.
                now += match random.below(200) {
                    0 => 100 + random.below(1200),
                    _ => random.below(usual),
                };
                server.save(now);
            }
            let end = server.start + Duration::from_millis(now + 60_000);
            server.advance(end);
            assert!(
                server.attempts <= 2,
                "{} attempts, seed {seed}",
                server.attempts
            );
            assert!(server.starts <= 20, "{} starts, seed {seed}", server.starts);
            assert_eq!(server.finished, 1, "seed {seed}");
        }
    }
}
