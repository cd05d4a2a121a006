//! `cargo gin new`, and the projects that it creates.

use std::process::Command;

use gin_tests::Sandbox;

const TEMPLATES: [&str; 4] = ["hello", "api", "web", "realtime"];

#[tokio::test]
async fn a_new_project_runs_and_is_edited() {
    let app = Sandbox::new("hello").dev().await;
    app.get("/hello/Ann").await.is(200).says("Hello, Ann!");
    let page = app.page("/").await.is(200);
    page.shows("It works.").shows("Say hello to Ann");
    // The script of live reload.
    assert!(page.text().contains("<script"), "{}", page.text());
    app.replace("src/home.html", "It works.", "It still works.");
    app.page("/").await.is(200).shows("It still works.");
    app.get("/nowhere").await.is(404).text();
}

#[tokio::test]
async fn a_new_project_below_this_repository_runs_by_the_installed_command() {
    let app = Sandbox::new_inside_repository().dev().await;
    app.get("/hello/Ann").await.is(200).says("Hello, Ann!");
    let warned = app.stderr.text().contains("warning");
    assert!(!warned, "{}", app.stderr.text());
}

/// Also after the edits that the README and the page itself suggest to newcomers.
#[tokio::test]
async fn a_new_project_passes_its_tests_without_a_warning() {
    let project = Sandbox::new("hello");
    passes_its_tests(&project).await;
    project.replace("src/home.html", "It works.", "It still works.");
    project.replace("src/home.html", "Change a word", "Change another word");
    project.replace("src/main.rs", "Hello, {name}!", "Good day, {name}!");
    passes_its_tests(&project).await;
}

async fn passes_its_tests(project: &Sandbox) {
    let exit = project.cargo(&["test"]).await;
    assert_eq!(exit.code, 0, "{}{}", exit.stdout, exit.stderr);
    assert!(exit.stdout.contains("test result: ok"), "{}", exit.stdout);
    assert!(!exit.stderr.contains("warning"), "{}", exit.stderr);
}

/// The bundles are compared in git's index, so that a newcomer's edit of `templates/hello` does not fail this test.
#[test]
#[cfg_attr(not(has_repository), ignore = "needs the git repository")]
fn the_embedded_templates_are_the_committed_ones() {
    for template in TEMPLATES {
        let mut script = Command::new("../.ci/bundles");
        let bundle = script.arg(template).output();
        let bundle = bundle.expect("the script can be started");
        assert!(bundle.status.success(), "{bundle:?}");
        let path = format!(":cargo-gin/src/new/bundles/{template}.txt");
        let mut git = Command::new("git");
        git.args(["-c", "safe.directory=*", "show", &path]);
        let embedded = git.output().expect("git can be started");
        assert!(embedded.status.success(), "{path} is not in git");
        assert!(
            bundle.stdout == embedded.stdout,
            "the bundle of {template} is not up to date: run .ci/bundles"
        );
    }
}

#[tokio::test]
async fn the_templates_are_listed_and_chosen() {
    let project = Sandbox::empty();
    let exit = project.run(&["new", "--list"]).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    for (line, template) in exit.stdout.lines().zip(TEMPLATES) {
        assert!(line.starts_with(template), "{line}");
        let args = ["new", template, "--template", template];
        let made = project.run(&args).await;
        assert_eq!(made.code, 0, "{}", made.stderr);
        assert!(project.path(template).join("Cargo.toml").is_file());
    }
    assert_eq!(exit.stdout.lines().count(), TEMPLATES.len());
    let exit = project.run(&["new", "blog", "--template", "wep"]).await;
    assert_eq!(exit.code, 2, "{}", exit.stderr);
    assert!(exit.stderr.contains("'web'"), "{}", exit.stderr);
    assert!(exit.stderr.contains("hello, api"), "{}", exit.stderr);
    assert!(!project.path("blog").exists());
}

#[tokio::test]
async fn a_terminal_offers_the_templates() {
    let project = Sandbox::empty();
    let terminal = project.start_at_terminal(&["new", "blog"]);
    terminal.shows("  2  api").await;
    terminal.types("wep\n");
    terminal.shows("a number from 1 to 4").await;
    terminal.types("hello\n");
    assert_eq!(terminal.wait().await.code, 0);
    assert!(project.path("blog/src/home.html").is_file());
}

#[tokio::test]
async fn an_empty_repository_becomes_a_project() {
    let project = Sandbox::empty();
    let made = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(project.path(""))
        .status();
    assert!(made.expect("git can be started").success());
    let exit = project.run(&["new", ".", "--name", "blog"]).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    assert!(!exit.stderr.contains("cd "), "{}", exit.stderr);
    assert!(project.read("Cargo.toml").contains("name = \"blog\""));
}

/// A project keeps its path to gin-core, which then leads nowhere.
#[tokio::test]
async fn a_checkout_that_is_gone_is_named_with_a_remedy() {
    let project = Sandbox::empty().with(
        "gin/gin-core/Cargo.toml",
        "[package]\nname = \"gin-core\"\n",
    );
    let exit = project
        .run(&["new", "code/blog", "--gin-path", "gin/gin-core"])
        .await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    assert!(
        exit.stderr
            .contains("note: gin-core is the directory ../../gin/gin-core"),
        "{}",
        exit.stderr
    );
    let manifest = project.read("code/blog/Cargo.toml");
    assert!(
        manifest.contains("path = \"../../gin/gin-core\""),
        "{manifest}"
    );
    project.remove_directory("gin");
    let exit = project
        .run(&["dev", "--once", "--manifest-path", "code/blog/Cargo.toml"])
        .await;
    assert_ne!(exit.code, 0);
    assert!(
        exit.stderr.contains("gin/gin-core, which is gone"),
        "{}",
        exit.stderr
    );
}

#[tokio::test]
async fn a_new_project_is_complete() {
    let project = Sandbox::empty();
    let exit = project.run(&["new", "my-blog"]).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    assert!(exit.stderr.contains("cd my-blog"), "{}", exit.stderr);
    for file in ["Cargo.toml", "README.md", "src/main.rs", ".gitignore"] {
        let text = project.read(&format!("my-blog/{file}"));
        assert!(
            !text.contains("\"hello\""),
            "{file} contains the template's name"
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
async fn an_existing_directory_is_not_overwritten() {
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

/// A workspace of one package with `members` as given.
fn workspace(members: &str) -> Sandbox {
    let root = format!("# ours\n[workspace]\nresolver = \"3\"\n{members}\n");
    Sandbox::empty()
        .with("Cargo.toml", &root)
        .with(
            "crates/first/Cargo.toml",
            "[package]\nname = \"first\"\nedition = \"2024\"\n",
        )
        .with("crates/first/src/main.rs", "fn main() {}\n")
}

/// Returns the names of the packages that cargo finds in the workspace of a manifest.
async fn packages(project: &Sandbox, manifest: &str) -> Vec<String> {
    let args = [
        "metadata",
        "--format-version=1",
        "--no-deps",
        "--manifest-path",
        manifest,
    ];
    let exit = project.cargo(&args).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    assert!(
        !exit.stderr.contains("warning: profiles"),
        "{}",
        exit.stderr
    );
    let metadata: serde_json::Value = serde_json::from_str(&exit.stdout).expect("it is JSON");
    let packages = metadata["packages"].as_array().expect("it is a list");
    let mut names: Vec<_> = packages
        .iter()
        .map(|it| it["name"].as_str().expect("it has a name").to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_new_project_becomes_a_member_of_the_workspace_around_it() {
    for (members, expected) in [
        ("members = [\"crates/*\"]", "members = [\"crates/*\"]"),
        (
            "members = [\"crates/first\"] # all",
            "members = [\"crates/blog\", \"crates/first\"] # all",
        ),
        (
            "members = [\n  \"crates/first\", # one\n]",
            "members = [\n  \"crates/blog\",\n  \"crates/first\", # one\n]",
        ),
    ] {
        let project = workspace(members);
        let exit = project.run(&["new", "crates/blog"]).await;
        assert_eq!(exit.code, 0, "{}", exit.stderr);
        assert!(
            exit.stderr.contains("a member of the workspace"),
            "{}",
            exit.stderr
        );
        let root = format!("# ours\n[workspace]\nresolver = \"3\"\n{expected}\n");
        assert_eq!(project.read("Cargo.toml"), root);
        assert_eq!(packages(&project, "Cargo.toml").await, ["blog", "first"]);
    }
}

#[tokio::test]
async fn a_new_project_that_the_workspace_or_git_excludes_stays_out() {
    let excluding = workspace("members = [\"crates/*\"]\nexclude = [\"tools\"]");
    let ignoring = workspace("members = [\"crates/*\"]").with(".gitignore", "/tools\n");
    let made = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(ignoring.path(""))
        .status();
    assert!(made.expect("git can be started").success());
    for project in [excluding, ignoring] {
        let before = project.read("Cargo.toml");
        let exit = project.run(&["new", "tools/blog"]).await;
        assert_eq!(exit.code, 0, "{}", exit.stderr);
        assert_eq!(project.read("Cargo.toml"), before);
        assert_eq!(packages(&project, "Cargo.toml").await, ["first"]);
        assert_eq!(packages(&project, "tools/blog/Cargo.toml").await, ["blog"]);
        assert!(
            project
                .read("tools/blog/Cargo.toml")
                .contains("[profile.dev]")
        );
    }
}

#[tokio::test]
async fn a_new_project_that_would_break_the_workspace_is_not_written() {
    let project = workspace("members = [\"crates/first\"]");
    let before = project.read("Cargo.toml");
    for (name, reason) in [("first", "first"), ("gin-app", "cannot read the workspace")] {
        let exit = project
            .run(&["new", "more/deep/blog", "--name", name])
            .await;
        assert_eq!(exit.code, 1, "{}", exit.stderr);
        assert!(exit.stderr.contains(reason), "{}", exit.stderr);
        assert!(!project.path("more").exists(), "{}", exit.stderr);
        if name == "first" {
            assert_eq!(project.read("Cargo.toml"), before);
            project.edit("Cargo.toml", "[workspace]\nmembers = [\"nowhere\"]\n");
        }
    }
}

#[tokio::test]
async fn an_invalid_package_name_is_refused() {
    for (name, reason) in [
        ("2fast", "starts with a digit"),
        ("fn", "reserved by Rust"),
        ("a.b", "'.'"),
    ] {
        let project = Sandbox::empty();
        let exit = project.run(&["new", name]).await;
        assert_eq!(exit.code, 1, "{}", exit.stderr);
        assert!(exit.stderr.contains(reason), "{}", exit.stderr);
        assert!(!project.path(name).exists());
    }
}
