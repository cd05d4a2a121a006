//! A cargo that counts its runs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use gin_tests::Sandbox;

/// A cargo that counts its runs.
#[derive(Debug)]
pub(crate) struct CountingCargo {
    pub(crate) program: PathBuf,
    log: PathBuf,
}

impl CountingCargo {
    /// Puts it beside the project, whose files it does not belong to.
    pub(crate) fn new(sandbox: &Sandbox) -> CountingCargo {
        let (program, log) = (sandbox.path("../bin/cargo"), sandbox.path("../bin/log"));
        let real = env!("CARGO");
        let script = format!(
            "#!/bin/sh\necho \"$1\" >> '{}'\nexec '{real}' \"$@\"\n",
            log.display()
        );
        sandbox.edit("../bin/cargo", &script);
        sandbox.edit("../bin/log", "");
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&program, mode).expect("the mode can be set");
        CountingCargo { program, log }
    }

    /// Returns the number of builds so far.
    pub(crate) fn builds(&self) -> usize {
        let log = fs::read_to_string(&self.log).expect("the log can be read");
        log.lines().filter(|line| *line == "build").count()
    }
}
