//! `config`: settings from a file and the environment.

use gin::operations::{Config, Secret};

#[derive(serde::Deserialize)]
struct Settings {
    name: String,
    key: Secret<String>,
}

#[test]
fn settings_come_from_a_file() {
    let directory = tempfile::tempdir().expect("there is room");
    let file = directory.path().join("gin.toml");
    std::fs::write(&file, "name = \"shop\"\nkey = \"hidden\"\n").expect("it can be written");
    let settings: Settings = Config::new()
        .file(&file)
        .load()
        .expect("they are all there");
    assert_eq!(settings.name, "shop");
    assert!(!format!("{:?}", settings.key).contains("hidden"));
}
