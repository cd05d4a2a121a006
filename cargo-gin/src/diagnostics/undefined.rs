//! Symbols that a linker does not find, with the lines that use them, read from its output.

/// A symbol that no linked library defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Undefined {
    pub(crate) symbol: String,
    /// The lines that use it, in the linker's order.
    pub(crate) uses: Vec<Use>,
}

/// A line that uses a symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// The file, as the linker names it: relative to the workspace's root, or absolute.
    pub(crate) file: String,
    /// Counted from 1.
    pub(crate) line: usize,
}

/// Reads the undefined symbols in the output of lld, mold, GNU ld or Apple's ld.
pub(crate) fn undefined(output: &str) -> Vec<Undefined> {
    let mut found: Vec<Undefined> = Vec::new();
    for line in output.lines() {
        if let Some((_, symbol)) = line.split_once("undefined symbol: ") {
            entry(&mut found, symbol.trim());
        } else if let Some((before, symbol)) = line.split_once(": undefined reference to ") {
            let symbol = symbol.trim_matches(['`', '\'', ' ']);
            let uses = &mut entry(&mut found, symbol).uses;
            let place = before.rsplit_once(": ").map_or(before, |(_, place)| place);
            add(uses, place);
        } else if let Some(symbol) = line.trim().strip_suffix(", referenced from:") {
            // Apple's symbols begin with an underscore more than C's.
            let symbol = symbol.trim_matches('"');
            entry(&mut found, symbol.strip_prefix('_').unwrap_or(symbol));
        } else if let Some((_, place)) = line.split_once(">>> referenced by ")
            && let Some(last) = found.last_mut()
        {
            let inner = place.rsplit_once('(');
            let place = inner.map_or(place, |(_, inner)| inner.trim_end_matches(')'));
            add(&mut last.uses, place);
        }
    }
    found
}

/// Returns the entry of a symbol, which is added if there is none.
fn entry<'a>(found: &'a mut Vec<Undefined>, symbol: &str) -> &'a mut Undefined {
    let known = found.iter().position(|known| known.symbol == symbol);
    let at = known.unwrap_or_else(|| {
        found.push(Undefined {
            symbol: symbol.to_owned(),
            uses: Vec::new(),
        });
        found.len() - 1
    });
    &mut found[at]
}

/// Adds the line of `src/main.rs:4`, unless there is none.
fn add(uses: &mut Vec<Use>, place: &str) {
    let Some((file, line)) = place.trim().rsplit_once(':') else {
        return;
    };
    let Ok(line) = line.parse() else {
        return;
    };
    let r#use = Use {
        file: file.to_owned(),
        line,
    };
    if !uses.contains(&r#use) {
        uses.push(r#use);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLD: &str = "\
rust-lld: error: undefined symbol: no_such_function
>>> referenced by main.rs:4 (src/main.rs:4)
>>>               m.main.235e3519f142be8b-cgu.0.rcgu.o:(main::main::h8da7fa642d137fc6)
>>> referenced by main.rs:7 (src/main.rs:7)
>>>               m.main.235e3519f142be8b-cgu.0.rcgu.o:(main::main::h8da7fa642d137fc6)

rust-lld: error: undefined symbol: other_missing
>>> referenced by main.rs:2 (src/main.rs:2)
collect2: error: ld returned 1 exit status";

    const GNU: &str = "\
/usr/bin/ld.bfd: m.main.235e-cgu.0.rcgu.o: in function `main::main':
/app/src/main.rs:4: undefined reference to `no_such_function'
/usr/bin/ld.bfd: /app/src/main.rs:7: undefined reference to `no_such_function'
/usr/bin/ld.bfd: m.main.235e-cgu.0.rcgu.o: in function `main::helper':
/app/src/main.rs:2: undefined reference to `other_missing'
m.o:(.text+0x12): undefined reference to `without_lines'";

    const APPLE: &str = "\
Undefined symbols for architecture arm64:
  \"_no_such_function\", referenced from:
      main::main::h8da7fa642d137fc6 in m.main.o
ld: symbol(s) not found for architecture arm64";

    fn read(output: &str) -> Vec<(String, Vec<String>)> {
        let place = |place: &Use| format!("{}:{}", place.file, place.line);
        let symbols = undefined(output).into_iter();
        symbols
            .map(|found| (found.symbol, found.uses.iter().map(place).collect()))
            .collect()
    }

    #[test]
    fn symbols_are_read_with_the_lines_that_use_them() {
        let expected = |uses: &[(&str, &[&str])]| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let uses = uses.iter();
            uses.map(|(symbol, uses)| ((*symbol).to_owned(), owned(uses)))
                .collect::<Vec<(String, Vec<String>)>>()
        };
        let lld = expected(&[
            ("no_such_function", &["src/main.rs:4", "src/main.rs:7"]),
            ("other_missing", &["src/main.rs:2"]),
        ]);
        assert_eq!(read(LLD), lld);
        let gnu = expected(&[
            (
                "no_such_function",
                &["/app/src/main.rs:4", "/app/src/main.rs:7"],
            ),
            ("other_missing", &["/app/src/main.rs:2"]),
            ("without_lines", &[]),
        ]);
        assert_eq!(read(GNU), gnu);
        assert_eq!(read(APPLE), expected(&[("no_such_function", &[])]));
        assert_eq!(read("error: all is well"), expected(&[]));
    }
}
