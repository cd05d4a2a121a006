//! Claims of the README and of the list of examples: each has the test that it names, or the app that it describes.

use std::fs;
use std::path::Path;

/// Lines of an example's README with text: the title, the idea, how to run it, and where to look; one or two more where a tool is needed.
const MOST_LINES: usize = 6;
/// Beginnings of cells that say what is not there, or that no test can hold.
const UNTESTED: [&str; 3] = ["no:", "Linux;", "few:"];
/// Cells of others that need no source.
const EVIDENT: [&str; 1] = ["no: it is written in Go"];
/// The columns of a comparison: the subject, ours, and three others.
const COLUMNS: usize = 5;

#[test]
fn each_cell_of_the_comparison_names_a_test_that_exists() {
    let readme = read("README.md");
    let rows = compared(&readme);
    let cells = rows.iter().filter_map(|row| row.get(1));
    let untested: Vec<_> = cells.filter(|cell| !is_held(cell)).collect();
    assert!(untested.is_empty(), "no test holds {untested:?}");
}

#[test]
fn each_cell_of_the_others_has_a_link() {
    let readme = read("README.md");
    let rows = compared(&readme);
    let cells = rows.iter().flat_map(|row| row.iter().skip(2));
    let unsourced: Vec<_> = cells.filter(|cell| !has_source(cell)).collect();
    assert!(unsourced.is_empty(), "no source says {unsourced:?}");
}

/// Returns the cells of each row that compares: the subject, ours, and those of three others.
fn compared(readme: &str) -> Vec<Vec<&str>> {
    let section = readme.split("## Beside others").nth(1);
    let section = section.and_then(|rest| rest.split("## ").next());
    let lines = section.expect("the README compares").lines();
    let rows = lines.filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = rows.filter(|row| !row.starts_with('|'));
    let rows: Vec<Vec<_>> = rows.map(|row| row.split(" | ").collect()).collect();
    assert!(rows.len() > 1 && rows.iter().all(|row| row.len() == COLUMNS));
    rows
}

/// Returns `true` if a cell has a link, or a reason that needs none.
fn has_source(cell: &str) -> bool {
    cell.contains("](https://") || EVIDENT.contains(&cell)
}

/// Returns `true` if a cell ends with an existing test in brackets: (`e2e broken`) is tests/e2e/broken.rs, (`ui`) is one of gin-core.
fn is_held(cell: &str) -> bool {
    if UNTESTED.iter().any(|start| cell.starts_with(start)) {
        return true;
    }
    let test = cell
        .rsplit_once("(`")
        .and_then(|(_, test)| test.strip_suffix("`)"));
    let exists = |path: String| root().join(path).exists();
    match test.map(|test| (test, test.split_once(' '))) {
        Some((_, Some((binary, file)))) => exists(format!("tests/{binary}/{file}.rs")),
        Some((test, None)) => {
            exists(format!("gin-core/tests/{test}/main.rs"))
                || exists(format!("gin-core/tests/{test}.rs"))
        }
        None => false,
    }
}

#[test]
fn each_example_is_listed_short_and_tested() {
    let list = read("examples/README.md");
    let entries = fs::read_dir(root().join("examples")).expect("the examples can be read");
    let directories = entries.map(|entry| entry.expect("an entry can be read").path());
    let examples = directories.filter(|path| path.join("README.md").exists());
    let faults: Vec<_> = examples
        .filter_map(|example| fault(&example, &list))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

fn fault(example: &Path, list: &str) -> Option<String> {
    let name = example.file_name()?.to_str()?;
    let readme = fs::read_to_string(example.join("README.md")).expect("it is there");
    let lines = readme
        .lines()
        .filter(|line| !line.trim().is_empty())
        .count();
    if lines > MOST_LINES {
        Some(format!("the README of {name} has {lines} lines"))
    } else if !list.contains(&format!("]({name})")) {
        Some(format!("{name} is not in the list"))
    } else if !has_test(example) {
        Some(format!("{name} has no test"))
    } else {
        None
    }
}

fn has_test(directory: &Path) -> bool {
    let mut entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.any(|entry| {
        let path = entry.path();
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        path.is_dir() && has_test(&path) || is_source && has_attribute(&path)
    })
}

fn has_attribute(source: &Path) -> bool {
    let text = fs::read_to_string(source).expect("a source can be read");
    let mut attributes = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("#["));
    attributes.any(|line| {
        let name = line.split(['(', ']']).next();
        name.is_some_and(|name| name == "test" || name.ends_with("::test"))
    })
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn root() -> &'static Path {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the tests are a directory of the repository")
}

#[test]
fn a_cell_without_its_test_is_not_held() {
    assert!(is_held("does not start (`routes`)"));
    assert!(is_held("in the browser (`e2e broken`)"));
    assert!(!is_held("in the browser (`e2e absent`)"));
    assert!(!is_held("always"));
}

#[test]
fn a_cell_without_a_link_has_no_source() {
    assert!(has_source(
        "[no](https://docs.rs/crate/watchexec-cli/latest)"
    ));
    assert!(has_source("no: it is written in Go"));
    assert!(!has_source("no"));
    assert!(!has_source("depends on the [platform]"));
}
