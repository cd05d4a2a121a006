//! A terminal of the app's own, for when we have one: an app that finds itself on a pipe writes without colours.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt as _;

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize};

/// A terminal that passes on what is written as it is.
#[derive(Debug)]
pub(super) struct Pty {
    /// Reads what the app writes. An error is the end: Linux has one for a terminal that nobody else has open.
    pub(super) ours: File,
    /// The app's end.
    pub(super) theirs: File,
}

impl Pty {
    /// Opens a terminal of the size of `like`.
    pub(super) fn open(like: impl AsFd) -> io::Result<Pty> {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        fcntl_setfd(&ours, FdFlags::CLOEXEC)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let path = OsString::from_vec(ptsname(&ours, Vec::new())?.into_bytes());
        let theirs = OpenOptions::new().read(true).write(true).open(path)?;
        let mut mode = tcgetattr(&theirs)?;
        mode.make_raw();
        tcsetattr(&theirs, OptionalActions::Now, &mode)?;
        if let Ok(size) = tcgetwinsize(like) {
            tcsetwinsize(&theirs, size)?;
        }
        Ok(Pty {
            ours: ours.into(),
            theirs,
        })
    }
}
