//! The oracle: compares each build with cargo's.

use std::collections::BTreeMap;
use std::fmt;

use gin_tests::{Dev, Sandbox};

use crate::behavior::{Behavior, Verdict};
use crate::cargo::CountingCargo;
use crate::edit::{self, Kind};
use crate::random::Random;
use crate::workspace::State;

/// A dev server with `--fast`, its workspace, and cargo beside it.
#[derive(Debug)]
pub(crate) struct Oracle {
    app: Dev,
    cargo: CountingCargo,
    state: State,
    random: Random,
    report: Report,
}

/// The number of edits of each kind, and of those after which cargo has built.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    kinds: BTreeMap<Kind, (usize, usize)>,
    /// The number of good builds without cargo, and of those after which the app has started early.
    quick: (usize, usize),
}

impl Oracle {
    /// The number of edits after which a build in another target directory is compared.
    const CLEAN: usize = 25;

    /// Creates the workspace and starts the dev server.
    pub(crate) async fn new(seed: u64) -> Oracle {
        let sandbox = Sandbox::empty_at("workspace");
        let state = State::new();
        state.write(&sandbox);
        let cargo = CountingCargo::new(&sandbox);
        let start = sandbox.dev().arg("--fast").arg("--package=app");
        let app = start.env("CARGO", &cargo.program).await;
        let oracle = Oracle {
            app,
            cargo,
            state,
            random: Random::new(seed),
            report: Report::default(),
        };
        let behavior = Behavior::of(&oracle.app).await;
        assert_eq!(behavior.response, oracle.state.response());
        oracle
    }

    /// Makes a random edit, and compares.
    pub(crate) async fn edit(&mut self, number: usize) {
        let kind = Kind::random(&self.state, &mut self.random);
        let builds = self.cargo.builds();
        edit::edit(kind, &mut self.state, self.app.project(), &mut self.random);
        let behavior = if kind == Kind::Cargo {
            let user = Verdict::of(self.app.project(), &[]);
            tokio::join!(Behavior::of(&self.app), user).0
        } else {
            Behavior::of(&self.app).await
        };
        let what = format!("edit {number}, {kind:?}: {:?}", self.state);
        assert_eq!(behavior.response, self.state.response(), "{what}");
        let builds = self.cargo.builds() - builds;
        let count = self.report.kinds.entry(kind).or_default();
        *count = (count.0 + 1, count.1 + usize::from(builds > 0));
        if builds == 0 && behavior.response.is_some() {
            let (all, early) = &mut self.report.quick;
            (*all, *early) = (*all + 1, *early + usize::from(behavior.is_early));
        }
        let args: &[&str] = if number % Self::CLEAN == Self::CLEAN - 1 {
            &["--target-dir=../clean"]
        } else {
            &[]
        };
        let verdict = Verdict::of(self.app.project(), args).await;
        assert_eq!(verdict.is_good, behavior.response.is_some(), "{what}");
        if verdict.is_good {
            assert_eq!(verdict.diagnostics, behavior.diagnostics, "{what}");
        } else {
            behavior.assert_no_contradiction(&verdict, &what);
        }
        if args.is_empty() && verdict.is_good {
            assert!(
                verdict.compiled.is_empty(),
                "{what}: cargo compiles {:?}",
                verdict.compiled
            );
        }
    }

    pub(crate) fn report(&self) -> Report {
        self.report.clone()
    }
}

impl Report {
    /// Returns `true` if cargo has built after less than half of the edits of nothing but sources.
    pub(crate) fn is_mostly_without_cargo(&self) -> bool {
        let (all, built) = self.kinds.get(&Kind::Word).copied().unwrap_or_default();
        all > 0 && built * 2 < all
    }

    /// Returns `true` if the app has started early after a good part of the builds without cargo.
    pub(crate) fn is_often_early(&self) -> bool {
        let (all, early) = self.quick;
        early * 4 > all
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, built) = self
            .kinds
            .values()
            .fold((0, 0), |(all, built), kind| (all + kind.0, built + kind.1));
        writeln!(f, "cargo has built after {built} of {all} edits")?;
        let (all, early) = self.quick;
        writeln!(
            f,
            "early starts after {early} of {all} good builds without it"
        )?;
        for (kind, (all, built)) in &self.kinds {
            let kind = format!("{kind:?}");
            writeln!(f, "{kind:10} {built:5} of {all:5}")?;
        }
        Ok(())
    }
}
