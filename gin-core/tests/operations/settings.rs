//! Settings: their sources and order, and the messages of those that are wrong.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use gin::operations::{Config, ConfigError, Secret};
use serde::Deserialize;
use tempfile::TempDir;

#[derive(Debug, Deserialize)]
struct Settings {
    name: String,
    #[serde(default)]
    hosts: Vec<String>,
    database: Database,
    #[serde(default)]
    redirects: HashMap<String, String>,
    #[serde(default)]
    servers: Vec<Address>,
}

#[derive(Debug, Deserialize)]
struct Database {
    url: Secret<String>,
    #[serde(default = "four")]
    pool: u32,
    level: Option<Level>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Level {
    Quiet,
    Loud,
}

#[derive(Debug, Deserialize)]
struct Address {
    port: u16,
}

fn four() -> u32 {
    4
}

const FILE: &str = r#"
name = "shop"
hosts = ["a.test", "b.test"]

[database]
url = "postgres://localhost/shop"
pool = 0x10

[redirects]
"old.test" = "new.test"

[[servers]]
port = 80

[[servers]]
port = 8_080

[env.production]
hosts = ["shop.test"]

[env.production.database]
pool = 32
level = "loud"
"#;

/// A file of settings, which is removed when this is dropped.
struct Source {
    _directory: TempDir,
    path: PathBuf,
}

impl Source {
    fn new(text: &str) -> Source {
        let directory = tempfile::tempdir().expect("there is room");
        let path = directory.path().join("shop.toml");
        fs::write(&path, text).expect("there is room");
        Source {
            _directory: directory,
            path,
        }
    }

    fn config(&self) -> Config {
        let config = Config::new().file(&self.path).environment("development");
        config.variables([] as [(&str, &str); 0])
    }

    /// The text of an error, with the name of the file alone.
    fn text(&self, error: &ConfigError) -> String {
        let directory = self.path.parent().expect("it is in one");
        error
            .to_string()
            .replace(&format!("{}/", directory.display()), "")
    }

    fn error(&self, config: Config) -> String {
        let error = config.load::<Settings>().expect_err("it is wrong");
        self.text(&error)
    }
}

#[test]
fn variables_come_after_the_environment_and_that_after_the_file() {
    let source = Source::new(FILE);
    let settings: Settings = source.config().load().expect("it is sound");
    assert_eq!(settings.name, "shop");
    assert_eq!(settings.hosts, ["a.test", "b.test"]);
    assert_eq!(settings.database.pool, 16);
    assert_eq!(settings.database.level, None);
    assert_eq!(settings.redirects["old.test"], "new.test");
    let ports: Vec<_> = settings.servers.iter().map(|server| server.port).collect();
    assert_eq!(ports, [80, 8080]);

    let production = source.config().environment("production");
    let settings: Settings = production.clone().load().expect("it is sound");
    assert_eq!(
        settings.hosts,
        ["shop.test"],
        "a list is replaced as a whole"
    );
    assert_eq!(settings.database.pool, 32);
    assert_eq!(settings.database.level, Some(Level::Loud));
    assert_eq!(settings.database.url.expose(), "postgres://localhost/shop");

    let variables = [
        ("APP_DATABASE__POOL", "64"),
        ("APP_NAME", "store"),
        ("APP_HOSTS", "['one.test', \"two.test\"]"),
        ("APP_SERVERS__0__PORT", "81"),
        ("OTHER_NAME", "other"),
        ("NAME", "other"),
        ("APP_", "other"),
    ];
    let settings: Settings = production.variables(variables).load().expect("it is sound");
    assert_eq!(settings.database.pool, 64);
    assert_eq!(settings.name, "store");
    assert_eq!(settings.hosts, ["one.test", "two.test"]);
    let ports: Vec<_> = settings.servers.iter().map(|server| server.port).collect();
    assert_eq!(ports, [81, 8080]);
}

#[test]
fn all_mistakes_are_found_at_once_each_with_its_place() {
    let source = Source::new(
        "hosts = [\"a\"]\n[database]\npool = -1\nlevel = \"lound\"\n[[servers]]\nport = 80\n[[servers]]\nport = 80_000\n",
    );
    let config = source
        .config()
        .variables([("APP_DATABASE__URL", "x"), ("APP_REDIRECTS", "x")]);
    let text = source.error(config);
    for line in [
        "shop.toml:3: `database.pool` must be a whole number from 0 to 4294967295",
        "shop.toml:4: `database.level` must be `quiet` or `loud`",
        "shop.toml:8: `servers[1].port` must be a whole number from 0 to 65535",
        "APP_REDIRECTS: `redirects` must be a group of fields",
    ] {
        assert!(text.contains(line), "{line}\nin\n{text}");
    }
    let missing = "`name` is missing; set it in ";
    assert!(text.contains(missing), "{text}");
    assert!(text.contains("shop.toml or by APP_NAME"), "{text}");
    assert_eq!(text.lines().count(), 6, "{text}");
}

#[test]
fn values_are_not_shown() {
    #[derive(Debug, Deserialize)]
    struct Secrets {
        #[expect(dead_code, reason = "it is wrong")]
        pin: Secret<u32>,
    }
    let config = Config::new().variables([("APP_PIN", "hunter2")]);
    let text = config
        .load::<Secrets>()
        .expect_err("it is wrong")
        .to_string();
    assert!(text.contains("APP_PIN: `pin` must be"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let settings: Settings = Source::new(FILE).config().load().expect("it is sound");
    assert!(
        !format!("{settings:?}").contains("postgres"),
        "{settings:?}"
    );
}

#[test]
fn unknown_settings_are_named_with_a_suggestion() {
    let source = Source::new(&FILE.replace("pool = 0x10", "pol = 1"));
    let settings: Settings = source.config().load().expect("unknown ones are ignored");
    assert_eq!(settings.database.pool, 4);
    let config = source
        .config()
        .strict()
        .variables([("APP_DATABASE__URLS", "x"), ("APP_XYZ", "")]);
    let text = source.error(config);
    for line in [
        "shop.toml:7: `database.pol` is unknown; did you mean `database.pool`?",
        "APP_DATABASE__URLS: `database.urls` is unknown; did you mean `database.url`?",
        "APP_XYZ: `xyz` is unknown",
    ] {
        assert!(text.contains(line), "{line}\nin\n{text}");
    }
    assert_eq!(text.lines().count(), 4, "{text}");
}

#[test]
fn a_file_that_is_not_toml_is_refused_with_its_lines() {
    let source = Source::new("name = \"shop\"\nhosts = [\n\n[database\nurl = 1\n");
    let text = source.error(source.config());
    assert!(text.contains("shop.toml:"), "{text}");
    let gone = Config::new().file("/no/such/shop.toml").load::<Settings>();
    let text = gone.expect_err("it is gone").to_string();
    assert!(text.contains("cannot read /no/such/shop.toml: "), "{text}");
}
