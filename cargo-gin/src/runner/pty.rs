//! A pseudoterminal for the app's output, if ours is a terminal: apps write to a pipe without colors.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt as _;

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize};

/// A pseudoterminal that passes every byte on unchanged.
#[derive(Debug)]
pub(super) struct Pty {
    /// Our end. A read error means the end: Linux reports one for a terminal that no other process has open.
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
