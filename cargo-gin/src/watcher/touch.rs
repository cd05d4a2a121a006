//! Files with an old time: moved or restored with the time that they had before. Cargo takes them for what it has built already.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use crate::state::Cause;

/// Gives a path the current time, so that cargo notices the change. Returns the notice for the user.
pub(super) fn touch(path: &Path, cause: &Cause) -> String {
    let text = format!("cargo would miss {cause}: it is older than the last build");
    match set_modified(path, SystemTime::now()) {
        Ok(()) => format!("{text}; its time was set to now"),
        Err(error) => {
            let path = path.display();
            format!("{text}, and its time cannot be set ({error}); run `touch {path}`")
        }
    }
}

fn set_modified(path: &Path, time: SystemTime) -> io::Result<()> {
    // Unix sets the time of a file that is open for reading, and of a directory. Windows requires one that is open for writing.
    let file = if cfg!(windows) {
        File::options().write(true).open(path)
    } else {
        File::open(path)
    };
    file?.set_modified(time)
}
