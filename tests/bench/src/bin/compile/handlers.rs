//! The handlers of an app: their paths, extractors and work, the same on every framework.

/// A handler that every module has.
pub(crate) struct Handler {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    /// The number of params in the path.
    pub(crate) ids: usize,
    pub(crate) extractors: &'static [Extractor],
}

/// An extractor of a handler, besides the path's.
pub(crate) enum Extractor {
    Page,
    Search,
    New,
    State,
}

impl Extractor {
    /// The names of the extractor, of its value and of the value's type.
    pub(crate) fn parts(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Extractor::Page => ("Query", "page", "Page"),
            Extractor::Search => ("Query", "search", "Search"),
            Extractor::New => ("Json", "new", "New"),
            Extractor::State => ("State", "db", "Db"),
        }
    }

    /// The lines that use the value.
    pub(crate) fn uses(&self) -> &'static str {
        match self {
            Extractor::Page => "    item.id += page.number + page.size.unwrap_or(10);\n",
            Extractor::Search => {
                "    item.tags.push(search.text);\n    item.price += search.most.unwrap_or(0.5);\n"
            }
            Extractor::New => {
                "    item.name = new.name;\n    item.tags.extend(new.tags);\n    item.price = new.price;\n"
            }
            Extractor::State => "    item.name.push_str(&db.name);\n",
        }
    }

    /// The expression that makes the value without a framework.
    pub(crate) fn parsed(&self) -> &'static str {
        match self {
            Extractor::Page | Extractor::Search => "serde_urlencoded::from_str(query).unwrap()",
            Extractor::New => "serde_json::from_slice(body).unwrap()",
            Extractor::State => "state",
        }
    }
}

const fn handler(
    method: &'static str,
    path: &'static str,
    name: &'static str,
    ids: usize,
    extractors: &'static [Extractor],
) -> Handler {
    Handler {
        method,
        path,
        name,
        ids,
        extractors,
    }
}

pub(crate) const HANDLERS: [Handler; 10] = [
    handler("get", "items/:id", "show", 1, &[]),
    handler("get", "items", "list", 0, &[Extractor::Page]),
    handler(
        "post",
        "items",
        "create",
        0,
        &[Extractor::State, Extractor::New],
    ),
    handler(
        "put",
        "items/:id",
        "update",
        1,
        &[Extractor::State, Extractor::New],
    ),
    handler("delete", "items/:id", "remove", 1, &[Extractor::State]),
    handler(
        "get",
        "search",
        "search",
        0,
        &[Extractor::State, Extractor::Search],
    ),
    handler("get", "first", "first", 0, &[]),
    handler("get", "pages/:id", "page", 1, &[Extractor::Page]),
    handler("post", "import/:id", "import", 1, &[Extractor::New]),
    handler("get", "status", "status", 0, &[Extractor::State]),
];

/// Code that a handler calls, so that an app is more than its handlers.
pub(crate) const WORK: &str = "
fn NAME_STEP(seed: u64) -> u64 {
    let mut values: Vec<u64> = (0..seed % 7).map(|value| value * STEP).collect();
    values.sort_unstable();
    values.into_iter().sum()
}
";

pub(crate) const TYPES: &str = "
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    pub id: u64,
    pub name: String,
    pub tags: Vec<String>,
    pub price: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct New {
    pub name: String,
    #[serde(default)]
    pub tags: Vec<String>,
    pub price: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Page {
    pub number: u64,
    pub size: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Search {
    pub text: String,
    pub most: Option<f64>,
}
";
