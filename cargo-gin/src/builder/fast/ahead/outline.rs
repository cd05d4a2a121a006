//! Outlines: libraries without code, in the place of those that are being compiled.
//!
//! Until a program is linked, its compiler needs no more of a library than its metadata. But it has to find that in a library.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use object::read::ReadCache;
use object::read::archive::{ArchiveFile, ArchiveMember};
use object::read::elf::ElfFile64;
use object::write::Object as ObjectFile;
use object::{
    Architecture, BinaryFormat, Endianness, LittleEndian, Object as _, ObjectSection as _,
    SectionKind,
};
use tempfile::NamedTempFile;

/// The names of the member with the metadata, and of its section.
const MEMBER: &str = "lib.rmeta";
const SECTION: &str = ".rmeta";

/// Returns `true` if the compiler of this library keeps its metadata as an outline does.
pub(super) fn is_like(library: &Path, metadata: &Path) -> bool {
    fs::read(metadata)
        .is_ok_and(|metadata| kept(library).is_ok_and(|kept| !kept.is_empty() && kept == metadata))
}

/// Writes the outline of a library whose metadata is there. It is an error if the library is there already.
pub(super) fn write(library: &Path, metadata: &Path) -> io::Result<()> {
    let outline = outline(&fs::read(metadata)?).map_err(io::Error::other)?;
    let directory = library.parent().ok_or(io::ErrorKind::NotFound)?;
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(&outline)?;
    // The compiler of the library puts it in the place of the outline, at any time from now on.
    file.persist_noclobber(library)?;
    Ok(())
}

/// Reads the metadata that a library keeps.
fn kept(library: &Path) -> anyhow::Result<Vec<u8>> {
    let data = ReadCache::new(File::open(library)?);
    let archive = ArchiveFile::parse(&data)?;
    let mut members = archive.members();
    let member = members.find(|member| {
        let name = member.as_ref().map(ArchiveMember::name);
        name.is_ok_and(|name| name == MEMBER.as_bytes())
    });
    let member = member.context("a library without metadata")??;
    let file = ElfFile64::<LittleEndian>::parse(member.data(&data)?)?;
    let section = file.section_by_name(SECTION);
    let section = section.context("metadata of another kind")?;
    Ok(section.data()?.to_owned())
}

/// Returns a library with nothing but metadata.
fn outline(metadata: &[u8]) -> Result<Vec<u8>, object::write::Error> {
    let mut file = ObjectFile::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let name = SECTION.as_bytes().to_owned();
    let section = file.add_section(Vec::new(), name, SectionKind::Debug);
    file.set_section_data(section, metadata, 1);
    Ok(archive(MEMBER, &file.write()?))
}

/// Returns an archive of one file.
fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    let (name, size) = (format!("{name}/"), content.len());
    // The time, the owner, the group and the mode are of no interest.
    let header = format!(
        "!<arch>\n{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n",
        0, 0, 0, 644
    );
    let mut archive = header.into_bytes();
    archive.extend(content);
    // Members begin at even places.
    archive.resize(archive.len().next_multiple_of(2), b'\n');
    archive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_keeps_the_metadata_as_a_library_does() {
        let directory = tempfile::tempdir().unwrap();
        let [library, metadata] =
            ["liba-1.rlib", "liba-1.rmeta"].map(|name| directory.path().join(name));
        for content in [&b"rust\0\0\0\x0a some"[..], b"odd", b"even"] {
            fs::write(&metadata, content).unwrap();
            write(&library, &metadata).unwrap();
            assert!(is_like(&library, &metadata), "{content:?}");
            fs::remove_file(&library).unwrap();
        }
    }

    #[test]
    fn a_library_that_is_there_stays() {
        let directory = tempfile::tempdir().unwrap();
        let [library, metadata] =
            ["liba-1.rlib", "liba-1.rmeta"].map(|name| directory.path().join(name));
        fs::write(&library, "complete").unwrap();
        fs::write(&metadata, "rust").unwrap();
        assert!(write(&library, &metadata).is_err());
        assert_eq!(fs::read_to_string(&library).unwrap(), "complete");
        let files = fs::read_dir(directory.path()).unwrap();
        assert_eq!(files.count(), 2, "nothing is left behind");
    }

    #[test]
    fn a_library_that_keeps_other_metadata_is_not_like_an_outline() {
        let directory = tempfile::tempdir().unwrap();
        let [library, metadata] =
            ["liba-1.rlib", "liba-1.rmeta"].map(|name| directory.path().join(name));
        fs::write(&metadata, "rust").unwrap();
        assert!(!is_like(&library, &metadata), "no library");
        for (content, text) in [
            (b"cut off".to_vec(), "no archive"),
            (archive("lib.rmeta", b"rust"), "no section"),
            (archive("other", b"rust"), "no metadata"),
            (outline(b"stub").unwrap(), "other metadata"),
        ] {
            fs::write(&library, content).unwrap();
            assert!(!is_like(&library, &metadata), "{text}");
        }
    }
}
