//! The text of BENCHMARKS.md.

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};

use crate::benchmark::Benchmark;
use crate::section::Section;

/// The text of BENCHMARKS.md: an introduction and a section for each benchmark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    sections: Vec<Section>,
}

const INTRODUCTION: &str = "\
# Benchmarks

`cargo run --release -p gin-bench` runs every benchmark below and writes this file. With `--only edits,lookups` it measures those
sections again and keeps the others. Each section has the command that measures it alone, its machine and its date. Compare the
columns of a table, which were measured in one run, and not the figures of different machines. `-` stands where a figure is
missing.
";

impl Document {
    /// Reads a document; one without sections if the file does not exist.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn read(path: &Path) -> Result<Document> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Document::from(&*text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Document::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Replaces the section with the same heading, or adds the section at the place of its benchmark.
    pub fn put(&mut self, section: Section) {
        self.sections
            .retain(|other| other.heading != section.heading);
        self.sections.push(section);
        // The sort is stable: sections that no benchmark has stay at the end in their order.
        self.sections.sort_by_key(place);
    }

    /// Removes and returns the section with this heading.
    pub fn take(&mut self, heading: &str) -> Option<Section> {
        let index = self
            .sections
            .iter()
            .position(|section| section.heading == heading)?;
        Some(self.sections.remove(index))
    }

    /// Writes the document. A reader sees the old file or the new one, never a part of it.
    ///
    /// # Errors
    ///
    /// If the file, or another one beside it, cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let new = path.with_extension("md.new");
        fs::write(&new, self.to_string())
            .and_then(|()| fs::rename(&new, path))
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

fn place(section: &Section) -> usize {
    let is_own = |benchmark: &Benchmark| benchmark.heading() == section.heading;
    Benchmark::ALL.iter().position(is_own).unwrap_or(usize::MAX)
}

/// Reads the sections of a document, or of what a benchmark prints. The introduction is always the program's own.
impl From<&str> for Document {
    fn from(text: &str) -> Document {
        let mut sections: Vec<Section> = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix("## "), sections.last_mut()) {
                (Some(heading), _) => sections.push(Section {
                    heading: heading.trim().to_owned(),
                    body: String::new(),
                }),
                (None, Some(section)) => {
                    section.body += line;
                    section.body.push('\n');
                }
                (None, None) => {}
            }
        }
        for section in &mut sections {
            section.body = section.body.trim().to_owned();
        }
        Document { sections }
    }
}

impl Display for Document {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(INTRODUCTION)?;
        for section in &self.sections {
            write!(formatter, "\n{section}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(heading: &str, body: &str) -> Section {
        Section {
            heading: heading.to_owned(),
            body: body.to_owned(),
        }
    }

    fn document(sections: &[(&str, &str)]) -> Document {
        let sections = sections
            .iter()
            .map(|(heading, body)| section(heading, body));
        Document {
            sections: sections.collect(),
        }
    }

    #[test]
    fn a_new_section_replaces_the_old_one_and_keeps_the_others() {
        let table = "Two tables:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nMeasured on Monday.";
        let old = document(&[("Edits", "old"), ("Lookups", table), ("Compile", "kept")]);
        let mut renewed = Document::from(&*old.to_string());
        renewed.put(section("Edits", "new"));
        let expected = document(&[("Edits", "new"), ("Lookups", table), ("Compile", "kept")]);
        assert_eq!(renewed, expected);
        assert_eq!(Document::from(&*renewed.to_string()), expected);
    }

    #[test]
    fn sections_stand_in_the_order_of_the_benchmarks() {
        let mut document = Document::default();
        for benchmark in Benchmark::ALL.into_iter().rev() {
            document.put(section(benchmark.heading(), ""));
        }
        let headings: Vec<_> = document.sections.iter().map(|one| &*one.heading).collect();
        assert_eq!(headings, Benchmark::ALL.map(Benchmark::heading));
    }

    #[test]
    fn a_section_that_no_benchmark_has_is_kept_at_the_end() {
        let mut text = document(&[("History", "by hand"), ("Edits", "old")]);
        text.put(section("Edits", "new"));
        assert_eq!(text, document(&[("Edits", "new"), ("History", "by hand")]));
    }

    #[test]
    fn the_introduction_is_always_the_current_one() {
        let old = Document::from("# Speed\n\nOld words.\n\n## Edits\n\nbody\n");
        assert_eq!(
            old.to_string(),
            format!("{INTRODUCTION}\n## Edits\n\nbody\n")
        );
    }

    #[test]
    fn subheadings_belong_to_their_section() {
        let text = Document::from("## Edits\n\n### Idle\n\nbody\n");
        assert_eq!(text, document(&[("Edits", "### Idle\n\nbody")]));
    }

    #[test]
    fn the_file_in_the_repository_is_as_it_would_be_written() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../BENCHMARKS.md");
        let document = Document::read(&path).expect("BENCHMARKS.md can be read");
        let text = fs::read_to_string(path).expect("BENCHMARKS.md is in the repository");
        assert_eq!(document.to_string(), text);
        for benchmark in Benchmark::ALL {
            let has_its_heading = |section: &Section| section.heading == benchmark.heading();
            let section = document
                .sections
                .iter()
                .find(|section| has_its_heading(section));
            let body = section.map_or("", |section| &section.body);
            assert!(
                body.starts_with(benchmark.about()),
                "{benchmark} is outdated"
            );
        }
    }
}
