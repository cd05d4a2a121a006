//! The file systems that others change without an event here: those of other machines, and of the host of a virtual one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The mounts of this system. Empty where they are unknown.
#[derive(Debug, Default)]
pub(super) struct FileSystems(Vec<Mount>);

/// A mounted file system.
#[derive(Debug)]
struct Mount {
    point: PathBuf,
    /// `ext4`, `fuse.sshfs`
    kind: String,
    /// The directories that it shows, if it is an overlay.
    layers: Vec<PathBuf>,
}

/// A file system that others change without an event here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shared {
    /// The place where it is mounted.
    pub(super) point: PathBuf,
    /// `nfs4`, `9p`
    pub(super) kind: String,
}

impl Shared {
    /// Returns the sentence about the polling of this file system.
    pub(super) fn notice(&self) -> String {
        format!(
            "{} is a mount of type {}, which reports no changes by others; polling what is there (--poll=never trusts it, \
             --poll=500ms polls everything at that interval)",
            self.point.display(),
            self.kind
        )
    }
}

/// The names of such file systems.
const SHARED: [&str; 24] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "drvfs",
    "fakeowner",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "nfs",
    "nfs4",
    "ocfs2",
    "prl_fs",
    "smb2",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
    "vmhgfs",
    "wslfs",
];

/// The most overlays that are followed, one in another.
const DEPTH: usize = 8;

impl FileSystems {
    /// Reads the mounts of this process.
    #[cfg(target_os = "linux")]
    pub(super) fn current() -> FileSystems {
        let text = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
        FileSystems::parse(&text)
    }

    /// Returns none: other systems do not list them in a file.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn current() -> FileSystems {
        FileSystems::parse(b"")
    }

    /// Parses the lines of proc(5), `/proc/pid/mountinfo`:
    ///
    /// ```text
    /// 36 35 98:0 /mnt1 /mnt/parent rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    /// ```
    fn parse(text: &[u8]) -> FileSystems {
        let lines = text.split(|byte| *byte == b'\n');
        FileSystems(lines.filter_map(Mount::parse).collect())
    }

    /// Returns the file systems of these directories that others change without an event here.
    pub(super) fn shared<'a>(
        &self,
        directories: impl Iterator<Item = &'a PathBuf>,
    ) -> BTreeMap<PathBuf, Shared> {
        let shared = directories.filter_map(|directory| {
            // A link may lead to another file system.
            let path = directory.canonicalize().ok()?;
            Some((directory.clone(), self.shared_at(&path, DEPTH)?))
        });
        shared.collect()
    }

    fn shared_at(&self, path: &Path, depth: usize) -> Option<Shared> {
        let Some(mount) = self.mount_of(path) else {
            return by_number(path);
        };
        if mount.is_shared() {
            return Some(Shared {
                point: mount.point.clone(),
                kind: mount.kind.clone(),
            });
        }
        let depth = depth.checked_sub(1)?;
        let mut layers = mount.layers.iter();
        layers.find_map(|layer| self.shared_at(layer, depth))
    }

    /// Returns the mount that a path leads to. A later mount hides what is below an earlier one.
    fn mount_of(&self, path: &Path) -> Option<&Mount> {
        let above = self.0.iter().filter(|mount| path.starts_with(&mount.point));
        above.max_by_key(|mount| mount.point.components().count())
    }
}

impl Mount {
    fn parse(line: &[u8]) -> Option<Mount> {
        let mut fields = line.split(|byte| *byte == b' ');
        let point = unescaped(fields.nth(4)?);
        // The number of fields before the hyphen varies.
        let mut fields = fields.skip_while(|field| *field != b"-").skip(1);
        let kind = String::from_utf8_lossy(fields.next()?).into_owned();
        let options = fields.nth(1).unwrap_or_default();
        let layers = if kind == "overlay" {
            layers(options)
        } else {
            Vec::new()
        };
        Some(Mount {
            point,
            kind,
            layers,
        })
    }

    /// FUSE does not say who else changes its files, except that `fuseblk` has a disk of this machine.
    fn is_shared(&self) -> bool {
        let is_fuse = self.kind == "fuse" || self.kind.starts_with("fuse.");
        is_fuse || SHARED.contains(&self.kind.as_str())
    }
}

/// Returns the directories of an overlay: `lowerdir=/a:/b,upperdir=/c,workdir=/d`.
fn layers(options: &[u8]) -> Vec<PathBuf> {
    let options = options.split(|byte| *byte == b',');
    let directories = options.filter_map(|option| {
        let lower = option.strip_prefix(b"lowerdir=");
        lower.or_else(|| option.strip_prefix(b"upperdir="))
    });
    let directories = directories.flat_map(|list| list.split(|byte| *byte == b':'));
    let directories = directories.filter(|directory| !directory.is_empty());
    directories.map(unescaped).collect()
}

/// Returns the path of a field, in which spaces and the like are octal: `\040`.
fn unescaped(field: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..3).filter(|_| *first == b'\\');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            bytes.push(byte);
            rest = after.get(3..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    path(bytes)
}

#[cfg(unix)]
fn path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// Finds out by statfs(2), for a process that cannot read its mounts.
#[cfg(target_os = "linux")]
fn by_number(path: &Path) -> Option<Shared> {
    /// NFS, SMB, SMB 2, CIFS, 9p, FUSE (also virtiofs), Ceph, Coda, AFS, vboxsf.
    const NUMBERS: [(u32, &str); 10] = [
        (0x6969, "nfs"),
        (0x517b, "smbfs"),
        (0xfe53_4d42, "smb2"),
        (0xff53_4d42, "cifs"),
        (0x0102_1997, "9p"),
        (0x6573_5546, "fuse"),
        (0x00c3_6400, "ceph"),
        (0x7375_7245, "coda"),
        (0x5346_414f, "afs"),
        (0x786f_4256, "vboxsf"),
    ];
    let found = rustix::fs::statfs(path).ok()?;
    let number = u32::try_from(found.f_type).ok()?;
    let (_, kind) = NUMBERS.iter().find(|(known, _)| *known == number)?;
    Some(Shared {
        point: path.to_owned(),
        kind: (*kind).to_owned(),
    })
}

#[cfg(not(target_os = "linux"))]
fn by_number(_path: &Path) -> Option<Shared> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:5 / /proc rw - proc proc rw
40 22 0:40 / /mnt/c rw,noatime - 9p C:\\134 rw,aname=drvfs;path=C:\\;uid=1000,access=client
41 22 0:41 / /home rw shared:7 master:2 - nfs4 server:/home rw,vers=4.2
42 41 8:2 / /home/ann/local rw - ext4 /dev/sda2 rw
43 22 0:43 / /media/my\\040disk rw - fuseblk /dev/sdb1 rw
44 22 0:44 / /far rw - fuse.sshfs ann@far:/ rw
45 22 0:45 / /image rw - overlay overlay rw,lowerdir=/home/base:/usr/base,upperdir=/var/up,workdir=/var/work
46 22 0:46 / /plain rw - overlay overlay rw,lowerdir=/usr/base,upperdir=/var/up,workdir=/var/work
47 22 0:47 / /round rw - overlay overlay rw,lowerdir=/round/a,upperdir=/round/b
48 22 0:48 / /twice rw - nfs server:/old rw
49 22 8:3 / /twice rw - ext4 /dev/sdc rw
50 22 0:50 / /new\\134040line\\012 rw - virtiofs share rw
garbage
";

    #[test]
    fn only_mounts_that_others_change_are_shared() {
        let systems = FileSystems::parse(MOUNTS.as_bytes());
        for (path, kind) in [
            ("/", None),
            ("/etc", None),
            ("/mnt/c/app/src", Some("9p")),
            ("/mnt/cc", None),
            ("/home/ann/app", Some("nfs4")),
            ("/home/ann/local/app", None),
            ("/media/my disk/app", None),
            ("/far", Some("fuse.sshfs")),
            ("/image/app", Some("nfs4")),
            ("/plain/app", None),
            ("/round", None),
            ("/twice/app", None),
            ("/new\\040line\n/app", Some("virtiofs")),
        ] {
            let found = systems.shared_at(Path::new(path), DEPTH);
            let found = found.map(|shared| shared.kind);
            assert_eq!(found.as_deref(), kind, "{path}");
        }
    }

    #[test]
    fn the_mounts_of_this_system_can_be_read() {
        let systems = FileSystems::current();
        assert_eq!(systems.0.is_empty(), cfg!(not(target_os = "linux")));
    }
}
