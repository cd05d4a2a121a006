//! What the handlers of an app take, and what they do: the same on every framework.

/// A handler of every module.
pub(crate) struct Handler {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    /// How many params the path has.
    pub(crate) ids: usize,
    pub(crate) takes: &'static [Take],
}

/// What a handler takes besides its params.
pub(crate) enum Take {
    Page,
    Search,
    New,
    State,
}

impl Take {
    /// Extractor, name and type.
    pub(crate) fn parts(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Take::Page => ("Query", "page", "Page"),
            Take::Search => ("Query", "search", "Search"),
            Take::New => ("Json", "new", "New"),
            Take::State => ("State", "db", "Db"),
        }
    }

    pub(crate) fn uses(&self) -> &'static str {
        match self {
            Take::Page => "    item.id += page.number + page.size.unwrap_or(10);\n",
            Take::Search => {
                "    item.tags.push(search.text);\n    item.price += search.most.unwrap_or(0.5);\n"
            }
            Take::New => {
                "    item.name = new.name;\n    item.tags.extend(new.tags);\n    item.price = new.price;\n"
            }
            Take::State => "    item.name.push_str(&db.name);\n",
        }
    }

    pub(crate) fn parsed(&self) -> &'static str {
        match self {
            Take::Page | Take::Search => "serde_urlencoded::from_str(query).unwrap()",
            Take::New => "serde_json::from_slice(body).unwrap()",
            Take::State => "state",
        }
    }
}

const fn handler(
    method: &'static str,
    path: &'static str,
    name: &'static str,
    ids: usize,
    takes: &'static [Take],
) -> Handler {
    Handler {
        method,
        path,
        name,
        ids,
        takes,
    }
}

pub(crate) const HANDLERS: [Handler; 10] = [
    handler("get", "items/:id", "show", 1, &[]),
    handler("get", "items", "list", 0, &[Take::Page]),
    handler("post", "items", "create", 0, &[Take::State, Take::New]),
    handler("put", "items/:id", "update", 1, &[Take::State, Take::New]),
    handler("delete", "items/:id", "remove", 1, &[Take::State]),
    handler("get", "search", "search", 0, &[Take::State, Take::Search]),
    handler("get", "first", "first", 0, &[]),
    handler("get", "pages/:id", "page", 1, &[Take::Page]),
    handler("post", "import/:id", "import", 1, &[Take::New]),
    handler("get", "status", "status", 0, &[Take::State]),
];

/// Work that a handler does, so that an app is more than its handlers.
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
