//! `cargo gin new`, and what it makes.

use gin_tests::Sandbox;

#[tokio::test]
async fn a_new_project_runs_and_is_edited() {
    let app = Sandbox::new("hello").dev().await;
    app.get("/hello/Ann").await.is(200).says("Hello, Ann!");
    let main = app.project().read("src/main.rs");
    app.edit("src/main.rs", &main.replacen("Hello,", "Hi,", 1));
    app.get("/hello/Ann").await.is(200).says("Hi, Ann!");
    app.get("/nowhere").await.is(404).text();
}

#[tokio::test]
async fn a_new_project_passes_its_tests_without_a_warning() {
    let project = Sandbox::new("hello");
    let exit = project.cargo(&["test"]).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    assert!(exit.stdout.contains("test result: ok"), "{}", exit.stdout);
    assert!(!exit.stderr.contains("warning"), "{}", exit.stderr);
}

#[tokio::test]
async fn a_new_project_is_whole() {
    let project = Sandbox::empty();
    let exit = project.run(&["new", "my-blog"]).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    assert!(exit.stderr.contains("cd my-blog"), "{}", exit.stderr);
    for file in ["Cargo.toml", "README.md", "src/main.rs", ".gitignore"] {
        let text = project.read(&format!("my-blog/{file}"));
        assert!(
            !text.contains("\"hello\""),
            "{file} bears the template's name"
        );
    }
    let manifest = project.read("my-blog/Cargo.toml");
    assert!(manifest.contains("name = \"my-blog\""), "{manifest}");
    assert!(
        manifest.contains("debug = \"line-tables-only\""),
        "{manifest}"
    );
    assert!(project.path("my-blog/.git").is_dir());
}

#[tokio::test]
async fn nothing_that_exists_is_overwritten() {
    let project = Sandbox::empty().with("blog/notes.txt", "mine");
    let exit = project.run(&["new", "blog"]).await;
    assert_eq!(exit.code, 1, "{}", exit.stderr);
    assert!(
        exit.stderr.contains("blog exists already"),
        "{}",
        exit.stderr
    );
    assert_eq!(project.read("blog/notes.txt"), "mine");
    assert!(!project.path("blog/Cargo.toml").exists());
}

#[tokio::test]
async fn a_name_that_no_package_can_have_is_refused() {
    for (name, reason) in [
        ("2fast", "starts with a digit"),
        ("fn", "means something else"),
        ("a.b", "'.'"),
    ] {
        let project = Sandbox::empty();
        let exit = project.run(&["new", name]).await;
        assert_eq!(exit.code, 1, "{}", exit.stderr);
        assert!(exit.stderr.contains(reason), "{}", exit.stderr);
        assert!(!project.path(name).exists());
    }
}
