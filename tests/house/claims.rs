//! Claims of the README and of the list of examples: each has the test that it names, or the app that it describes.

use std::fs;
use std::path::Path;

/// Lines of an example's README with text: the title, the idea, how to run it, and where to look; one or two more where a tool is needed.
const MOST_LINES: usize = 6;
/// Beginnings of cells that say what is not there, or that no test can hold.
const UNTESTED: [&str; 3] = ["no:", "Linux;", "few:"];

#[test]
fn each_cell_of_the_comparison_names_a_test_that_exists() {
    let readme = read("README.md");
    let section = readme.split("## Beside others").nth(1);
    let section = section.and_then(|rest| rest.split("## ").next());
    let rows = section.expect("the README compares").lines();
    let cells = rows.filter(|row| row.starts_with("| ") && !row.starts_with("| |"));
    let cells: Vec<_> = cells.filter_map(|row| row.split(" | ").nth(1)).collect();
    assert!(!cells.is_empty());
    let untested = cells.iter().filter(|cell| !is_held(cell));
    let untested: Vec<_> = untested.collect();
    assert!(untested.is_empty(), "no test holds {untested:?}");
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
