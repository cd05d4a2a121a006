//! A job: a process and everything it starts. Windows ends them when the job's last handle is closed.

use std::io;

use tokio::process::{Child, Command};
use win32job::{ExtendedLimitInfo, Job};

/// A process and everything it starts.
#[derive(Debug)]
pub(crate) struct Group {
    id: u32,
    /// Present until its processes are ended: closing the handle ends them, also when the system closes it after we were killed.
    job: Option<Job>,
}

impl Group {
    /// Returns the command as it is: a job needs no preparation.
    pub(crate) fn lead(command: &mut Command) -> &mut Command {
        command
    }

    /// Puts `child` into a job of its own.
    pub(crate) fn of(child: &Child) -> io::Result<Group> {
        let (Some(id), Some(handle)) = (child.id(), child.raw_handle()) else {
            return Err(io::Error::other(
                "the process exited before its id was read",
            ));
        };
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = Job::create_with_limit_info(&limits).map_err(io::Error::other)?;
        job.assign_process(handle as isize)
            .map_err(io::Error::other)?;
        Ok(Group { id, job: Some(job) })
    }

    /// Returns the first process's id.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Ends every process of the group: Windows has no signal that every program handles.
    pub(crate) fn terminate(&mut self) {
        self.kill();
    }

    /// Returns `false`: its processes end at once.
    pub(crate) fn has_members(&self) -> bool {
        false
    }

    /// Ends every process of the group at once.
    pub(crate) fn kill(&mut self) {
        self.job = None;
    }
}
