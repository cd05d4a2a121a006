//! A job: a process and all that it starts, which Windows ends with the job.

use std::io;

use tokio::process::{Child, Command};
use win32job::{ExtendedLimitInfo, Job};

/// A process and all that it starts.
#[derive(Debug)]
pub(crate) struct Group {
    id: u32,
    /// Present until its processes are ended: that is what becomes of them when nobody holds it any more, in whichever way.
    job: Option<Job>,
}

impl Group {
    /// Nothing needs to be said of it before.
    pub(crate) fn lead(command: &mut Command) -> &mut Command {
        command
    }

    /// The group that `child` leads, which was just started.
    pub(crate) fn of(child: &Child) -> io::Result<Group> {
        let (Some(id), Some(handle)) = (child.id(), child.raw_handle()) else {
            return Err(io::Error::other("the process ended before it was known"));
        };
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = Job::create_with_limit_info(&limits).map_err(io::Error::other)?;
        job.assign_process(handle as isize)
            .map_err(io::Error::other)?;
        Ok(Group { id, job: Some(job) })
    }

    /// Its leader's id.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Ends every process of the group: Windows has no way to ask that every program hears.
    pub(crate) fn terminate(&mut self) {
        self.kill();
    }

    /// Ends every process of the group at once.
    pub(crate) fn kill(&mut self) {
        self.job = None;
    }
}
