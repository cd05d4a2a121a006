//! Object files of ELF, as far as it matters where a symbol is defined.

use std::ops::Range;

use anyhow::Context as _;
use object::elf::{self, FileHeader64};
use object::read::archive::ArchiveFile;
use object::read::elf::{FileHeader as _, SectionHeader as _, Sym as _, SymbolTable};
use object::{LittleEndian, ReadRef};

type Header = FileHeader64<LittleEndian>;

/// The size of a symbol, and the place of its visibility in it.
const SYMBOL: usize = 24;
const VISIBILITY: usize = 5;

/// The properties of an object file that count for a program in two parts.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// The digests of the symbols that others can bind to.
    pub(super) defined: Vec<u64>,
    /// The symbols of other languages that it needs.
    pub(super) needed: Vec<String>,
    /// A symbol that the linker would define for the whole program, not for each part of it.
    pub(super) of_linker: Option<String>,
    /// `true` if it has code that runs before or after `main`.
    pub(super) has_hook: bool,
    /// `true` if some of that runs before that of other objects.
    pub(super) has_priority: bool,
    /// The places of the visibilities of hidden symbols.
    hidden: Vec<usize>,
}

/// A member of an archive.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) range: Range<usize>,
}

impl Object {
    pub(super) fn read(data: &[u8]) -> anyhow::Result<Object> {
        let header = Header::parse(data)?;
        let endian = header.endian()?;
        let sections = header.sections(endian, data)?;
        let mut object = Object::default();
        for (index, section) in sections.enumerate() {
            let name = sections.section_name(endian, section)?;
            object.has_hook |= is_hook(name);
            object.has_priority |= name.starts_with(b".init_array.");
            if section.sh_type(endian) == elf::SHT_SYMTAB {
                let symbols = SymbolTable::parse(endian, data, &sections, index, section)?;
                let begin = usize::try_from(section.sh_offset(endian))?;
                object.add(&symbols, begin)?;
            }
        }
        Ok(object)
    }

    fn add(&mut self, symbols: &SymbolTable<'_, Header>, begin: usize) -> anyhow::Result<()> {
        for (index, symbol) in symbols.enumerate() {
            let is_seen_by_others =
                [elf::STB_GLOBAL, elf::STB_WEAK, elf::STB_GNU_UNIQUE].contains(&symbol.st_bind());
            if !is_seen_by_others {
                continue;
            }
            let name = symbols.symbol_name(LittleEndian, symbol)?;
            let is_undefined = symbol.st_shndx(LittleEndian) == elf::SHN_UNDEF;
            if is_undefined && is_of_linker(name) {
                self.of_linker = Some(String::from_utf8_lossy(name).into_owned());
            }
            if is_undefined && !is_of_rust(name) {
                self.needed.push(text(name)?);
            }
            if !is_undefined && !is_per_part(name) {
                self.defined.push(digest(name));
            }
            // The code that reaches a hidden variable of a thread expects it in the same part of the program.
            if symbol.st_visibility() == elf::STV_HIDDEN && symbol.st_type() != elf::STT_TLS {
                self.hidden.push(begin + index.0 * SYMBOL + VISIBILITY);
            }
        }
        Ok(())
    }

    /// Has other parts of the program see the hidden symbols. `data` are the bytes that it was read from.
    pub(super) fn unhide(&self, data: &mut [u8]) {
        const MASK: u8 = 3;
        for place in &self.hidden {
            data[*place] &= !MASK;
        }
    }
}

/// Returns the members of an archive that are object files.
pub(super) fn members(data: &[u8]) -> anyhow::Result<Vec<Member>> {
    let archive = ArchiveFile::parse(data)?;
    anyhow::ensure!(!archive.is_thin(), "a thin archive");
    let mut members = Vec::new();
    for member in archive.members() {
        let member = member?;
        let (begin, size) = member.file_range();
        let begin = usize::try_from(begin)?;
        let range = begin..begin + usize::try_from(size)?;
        let bytes = data.get(range.clone()).context("a cut-off archive")?;
        if bytes.starts_with(&elf::ELFMAG) {
            let name = String::from_utf8_lossy(member.name()).into_owned();
            members.push(Member { name, range });
        }
    }
    Ok(members)
}

/// Returns the symbols that a program offers to shared libraries.
pub(super) fn offered<'a>(data: impl ReadRef<'a>) -> anyhow::Result<Vec<String>> {
    let header = Header::parse(data)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, data)?;
    let symbols = sections.symbols(endian, data, elf::SHT_DYNSYM)?;
    let offered = symbols
        .iter()
        .filter(|symbol| symbol.st_shndx(endian) != elf::SHN_UNDEF);
    let names = offered.map(|symbol| text(symbols.symbol_name(endian, symbol)?));
    names
        .filter(|name| name.as_ref().is_ok_and(|name| !name.is_empty()))
        .collect()
}

/// Returns `true` if a program has another address for a function than the shared library that defines it.
pub(super) fn has_own_addresses<'a>(data: impl ReadRef<'a>) -> anyhow::Result<bool> {
    let header = Header::parse(data)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, data)?;
    let symbols = sections.symbols(endian, data, elf::SHT_DYNSYM)?;
    let mut needed = symbols
        .iter()
        .filter(|symbol| symbol.st_shndx(endian) == elf::SHN_UNDEF);
    Ok(needed.any(|symbol| symbol.st_value(endian) != 0))
}

fn text(name: &[u8]) -> anyhow::Result<String> {
    Ok(str::from_utf8(name)?.to_owned())
}

/// Returns `true` for a symbol of Rust, which no library of another language needs. Its name is mangled in one of two ways.
fn is_of_rust(name: &[u8]) -> bool {
    let is_legacy = || name.windows(3).any(|part| part == b"17h");
    name.starts_with(b"_R") || (name.starts_with(b"_ZN") && is_legacy())
}

/// Returns a number that stands for a name, by FNV-1a. Two names with one number look as if they were the same, which costs time only.
pub(super) fn digest(name: &[u8]) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    name.iter().fold(BASIS, |digest, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(PRIME)
    })
}

fn is_hook(section: &[u8]) -> bool {
    let names: [&[u8]; 7] = [
        b".init_array",
        b".ctors",
        b".preinit_array",
        b".init",
        b".fini_array",
        b".dtors",
        b".fini",
    ];
    let mut names = names.into_iter();
    names.any(|name| {
        let rest = section.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
    })
}

/// Returns `true` for a symbol at the begin or the end of what a linker has put together.
fn is_of_linker(name: &[u8]) -> bool {
    const NAMES: [&str; 18] = [
        "__bss_start",
        "__ehdr_start",
        "__executable_start",
        "__fini_array_end",
        "__fini_array_start",
        "__init_array_end",
        "__init_array_start",
        "__preinit_array_end",
        "__preinit_array_start",
        "__rela_iplt_end",
        "__rela_iplt_start",
        "_DYNAMIC",
        "_edata",
        "_end",
        "_etext",
        "edata",
        "end",
        "etext",
    ];
    name.starts_with(b"__start_")
        || name.starts_with(b"__stop_")
        || NAMES.iter().any(|known| known.as_bytes() == name)
}

/// Returns `true` for a symbol that each part of a program has for itself, such as the names of a debugger's scripts.
fn is_per_part(name: &[u8]) -> bool {
    name.starts_with(b"DW.ref.") || name == b"__rustc_debug_gdb_scripts_section__"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_and_sections_that_concern_the_whole_program_are_known() {
        for (name, is_known) in [
            ("__start_linkme_ROUTES", true),
            ("__stop_linkme_ROUTES", true),
            ("__init_array_start", true),
            ("end", true),
            ("_GLOBAL_OFFSET_TABLE_", false),
            ("__dso_handle", false),
            ("end_of_text", false),
            ("start", false),
        ] {
            assert_eq!(is_of_linker(name.as_bytes()), is_known, "{name}");
        }
        for (name, is_known) in [
            (".init_array", true),
            (".init_array.00099", true),
            (".ctors", true),
            (".init", true),
            (".fini_array.00001", true),
            (".dtors", true),
            (".initial", false),
            (".text.init", false),
        ] {
            assert_eq!(is_hook(name.as_bytes()), is_known, "{name}");
        }
    }

    #[test]
    fn symbols_of_rust_are_known_by_their_names() {
        for (name, is_known) in [
            ("_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc", true),
            ("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", true),
            ("_ZN3foo3barEv", false),
            ("sqlite3_open", false),
            ("rust_eh_personality", false),
        ] {
            assert_eq!(is_of_rust(name.as_bytes()), is_known, "{name}");
        }
    }

    #[test]
    fn anything_but_an_object_file_is_an_error() {
        assert!(Object::read(b"").is_err());
        assert!(Object::read(b"\x7fELF").is_err());
        assert!(members(b"!<thin>\n").is_err());
        assert!(members(b"!<arch>\n").unwrap().is_empty());
        assert!(offered(b"none".as_slice()).is_err());
    }
}
