//! The route sets and the paths that are looked up in them.

/// Routes, and one path for each of them.
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) patterns: Vec<String>,
    pub(crate) paths: Vec<String>,
}

macro_rules! file {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!(
                "../../../../../gin-core/router/tests/routes/",
                $name,
                ".txt"
            )),
        )
    };
}

/// Returns the sets of the Go routers' benchmark and matchit's own.
pub(crate) fn all() -> Vec<Set> {
    let files = [
        file!("static"),
        file!("github"),
        file!("gplus"),
        file!("parse"),
        file!("matchit"),
    ];
    files.map(|(name, lines)| Set::new(name, lines)).into()
}

impl Set {
    fn new(name: &'static str, lines: &str) -> Self {
        let mut patterns: Vec<String> = Vec::new();
        for pattern in lines
            .lines()
            .filter_map(|line| Some(line.split_once(' ')?.1))
        {
            if !patterns
                .iter()
                .any(|taken| gin_router::same_shape(taken, pattern))
            {
                patterns.push(pattern.to_owned());
            }
        }
        // Each param has its own name as its value, a text of a realistic length.
        let paths = patterns
            .iter()
            .map(|pattern| pattern.replace([':', '*'], ""))
            .collect();
        Self {
            name,
            patterns,
            paths,
        }
    }

    /// Creates `count` routes of one param each, in a tree three levels deep.
    pub(crate) fn large(name: &'static str, count: usize) -> Self {
        let route = |n| format!("/group{}/of{}/item{n}/:id", n % 100, n % 1000);
        let patterns: Vec<_> = (0..count).map(route).collect();
        let paths = patterns
            .iter()
            .map(|pattern| pattern.replace(":id", "4711"))
            .collect();
        Self {
            name,
            patterns,
            paths,
        }
    }
}
