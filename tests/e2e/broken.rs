//! Code that does not build is shown, and fixed by a save.

use gin_tests::Sandbox;

const BROKEN: &str = "fn main() { oops }";
const SCRIPT: &str = "fn main() { println!(\"cargo::warning=no git here\") }";

#[tokio::test]
async fn a_broken_build_shows_where_and_recovers() {
    let app = Sandbox::new("plain").dev().await;
    app.page("/").await.is(200).says("v1");
    app.edit("src/main.rs", BROKEN);
    app.page("/")
        .await
        .is(500)
        .has("x-gin-phase", "failed")
        .has("cache-control", "no-store")
        .shows("cannot find value `oops` in this scope")
        .shows("app/src/main.rs:1:13")
        .shows("not found in this scope");
    app.restore("src/main.rs");
    app.page("/").await.is(200).says("v1");
}

#[tokio::test]
async fn a_broken_build_is_reported_in_the_accepted_format() {
    let app = Sandbox::with_main(BROKEN).dev().await;
    app.phase("failed").await;
    for (accept, media) in [
        ("text/html", "text/html; charset=utf-8"),
        ("application/json", "application/problem+json"),
        ("application/problem+json", "application/problem+json"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("*/*", "text/plain; charset=utf-8"),
    ] {
        let response = app.get("/").accept(accept).await.is(500);
        response
            .has("content-type", media)
            .shows("cannot find value `oops` in this scope")
            .shows("not found in this scope")
            .shows("src/main.rs");
    }
    let problem = app.get("/any").accept("application/json").await.json();
    assert_eq!(problem["status"], 500);
    assert_eq!(problem["errors"], 1);
    let span = &problem["diagnostics"][0]["spans"][0];
    assert_eq!(span["file_name"], "app/src/main.rs");
    assert_eq!(
        (&span["line_start"], &span["column_start"]),
        (&1.into(), &13.into())
    );
}

#[tokio::test]
async fn warnings_are_listed_with_the_errors() {
    let project = Sandbox::with_main(BROKEN);
    project.replace(
        "../http/src/lib.rs",
        "use std::env;",
        "use std::env;\nfn idle() {}",
    );
    let app = project.dev().await;
    let page = app.page("/").await.is(500);
    page.shows("1 error").shows("1 warning");
    page.shows("function `idle` is never used")
        .shows("http/src/lib.rs");
    let status = app.status().await;
    assert_eq!(
        (&status["errors"], &status["warnings"]),
        (&1.into(), &1.into())
    );
}

#[tokio::test]
async fn warnings_of_cargo_and_build_scripts_are_warnings_in_every_format() {
    let project = Sandbox::with_main(BROKEN).with("build.rs", SCRIPT);
    let manifest = project.read("Cargo.toml");
    project.edit(
        "Cargo.toml",
        &manifest.replace("[package]", "[package]\nnmae = \"x\""),
    );
    let app = project.dev().await;
    app.phase("failed").await;
    for (accept, cargo, script) in [
        ("text/plain", "warning: ", "warning: app@0.0.0: no git here"),
        ("text/markdown", "## warning: ", "## warning: no git here"),
    ] {
        let page = app.get("/").accept(accept).await.is(500);
        page.shows(cargo).shows("unused manifest key: package.nmae");
        page.shows(script);
        assert!(!page.text().contains("error: no git"), "{}", page.text());
        assert!(!page.text().contains("error: app@"), "{}", page.text());
    }
    let status = app.status().await;
    assert_eq!(status["warnings"], 2);
    let diagnostics = status["diagnostics"].as_array().unwrap();
    let warnings = diagnostics.iter().filter(|one| one["level"] == "warning");
    let mut origins: Vec<_> = warnings
        .map(|one| {
            let rendered = one["rendered"].as_str().unwrap();
            assert!(rendered.starts_with("warning: "), "{rendered}");
            (
                one["origin"].as_str().unwrap(),
                one["package"].as_str().unwrap(),
            )
        })
        .collect();
    origins.sort_unstable();
    assert_eq!(origins, [("build-script", "app"), ("cargo", "")]);
}

#[tokio::test]
async fn a_warning_of_a_build_script_that_fails_stays_a_warning() {
    const FAILING: &str =
        "fn main() { println!(\"cargo::warning=schema.sql is older\"); panic!(\"no schema\") }";
    let project = Sandbox::with_main("fn main() {}").with("build.rs", FAILING);
    let app = project.dev().await;
    app.phase("failed").await;
    let status = app.status().await;
    let diagnostics = status["diagnostics"].as_array().unwrap();
    let is_warning = |one: &&serde_json::Value| one["message"] == "schema.sql is older";
    let warning = diagnostics.iter().find(is_warning).expect("it is shown");
    assert_eq!(warning["level"], "warning");
    for accept in ["text/plain", "text/markdown", "application/json"] {
        let page = app.get("/").accept(accept).await.is(500);
        page.shows("warning: app@0.0.0: schema.sql is older");
        assert!(!page.text().contains("error: app@"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_good_build_keeps_its_warnings() {
    let main = "fn idle() {}\nfn main() { http::serve(\"v1\") }";
    let app = Sandbox::with_main(main).dev().await;
    app.get("/").await.is(200).says("v1");
    let status = app.status().await;
    assert_eq!(status["warnings"], 1);
    assert_eq!(
        status["diagnostics"][0]["message"],
        "function `idle` is never used"
    );

    app.edit(".env", "WORD=one");
    app.get("/env/WORD").await.is(200).says("one");
    assert_eq!(app.status().await["warnings"], 1);
}

#[tokio::test]
async fn a_broken_manifest_is_shown_and_recovers() {
    for manifest in ["Cargo.toml", "../Cargo.toml"] {
        let app = Sandbox::new("plain").dev().await;
        app.page("/").await.is(200).says("v1");
        app.edit(manifest, "[package\n");
        app.page("/")
            .await
            .is(500)
            .shows("Cargo.toml")
            .shows("[package");
        app.restore(manifest);
        app.page("/").await.is(200).says("v1");
    }
}

#[tokio::test]
async fn a_manifest_that_is_broken_at_the_start_is_shown_and_recovers() {
    let project = Sandbox::new("plain");
    let good = project.read("Cargo.toml");
    project.edit("Cargo.toml", "[package\n");
    let app = project.dev().await;
    app.page("/").await.is(500).shows("Cargo.toml");
    app.edit("Cargo.toml", &good);
    app.page("/").await.is(200).says("v1");
    app.say("v2");
    app.page("/").await.is(200).says("v2");
}

#[tokio::test]
async fn cargo_s_error_about_a_manifest_precedes_its_warnings() {
    let app = Sandbox::new("plain").dev().await;
    app.page("/").await.is(200).says("v1");
    let manifest = app.project().read("Cargo.toml");
    let manifest = manifest.replace("\"../http\"", "\"../http\", version = \"9\"");
    // cargo warns about it, because profiles are ignored outside the workspace's root manifest.
    app.edit("Cargo.toml", &format!("{manifest}\n[profile.dev]\n"));
    let page = app.page("/").await.is(500);
    let status = app.status().await;
    let message = status["diagnostics"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("failed to select"), "{message}");
    page.shows("failed to select");
}

#[tokio::test]
async fn a_missing_manifest_is_shown_until_it_is_back() {
    let app = Sandbox::new("plain").dev().await;
    app.page("/").await.is(200).says("v1");
    app.project().rename("Cargo.toml", "Cargo.toml.away");
    app.page("/").await.is(500).shows("Cargo.toml");
    app.project().rename("Cargo.toml.away", "Cargo.toml");
    app.page("/").await.is(200).says("v1");
}

#[tokio::test]
async fn a_broken_env_file_is_shown_and_recovers() {
    let app = Sandbox::new("plain").with(".env", "WORD=one").dev().await;
    app.get("/env/WORD").await.is(200).says("one");
    app.edit(".env", "two words");
    app.page("/")
        .await
        .is(500)
        .shows("line 1 of app/.env")
        .shows("two words");
    app.edit(".env", "WORD=two");
    app.get("/env/WORD").await.is(200).says("two");
}

#[tokio::test]
async fn a_linker_that_fails_is_shown() {
    let config = "[build]\nrustflags = [\"-Clinker=no-such-linker\"]\n";
    let app = Sandbox::new("plain")
        .with(".cargo/config.toml", config)
        .dev()
        .await;
    app.page("/")
        .await
        .is(500)
        .shows("linker `no-such-linker` not found");
}

#[tokio::test]
async fn a_build_script_that_fails_is_shown() {
    let app = Sandbox::new("plain")
        .with("build.rs", "fn main() { panic!(\"no protocol\") }")
        .dev()
        .await;
    app.page("/").await.is(500).shows("no protocol");
    app.edit("build.rs", "fn main() {}");
    app.page("/").await.is(200).says("v1");
}

#[tokio::test]
async fn the_first_of_many_errors_are_shown_and_all_are_counted() {
    let wrong = "    let _: u8 = \"\";\n".repeat(300);
    let app = Sandbox::with_main(&format!("fn main() {{\n{wrong}}}"))
        .dev()
        .await;
    app.page("/").await.is(500).shows("300 errors");
    let status = app.status().await;
    assert_eq!(status["errors"], 300);
    let listed = status["diagnostics"].as_array().map(Vec::len);
    assert_eq!(
        status["omitted"].as_u64(),
        listed.map(|listed| 300 - listed as u64)
    );
    assert_eq!(listed, Some(200));
}

#[tokio::test]
async fn compiler_messages_are_escaped() {
    let main = "compile_error!(\"<script>alert(1)</script></pre>\\u{1b}]8;;http://evil.test\\u{7}x\\u{202e}\");";
    let app = Sandbox::with_main(main).dev().await;
    let page = app.page("/").await.is(500);
    page.shows("<script>alert(1)</script></pre>");
    assert!(!page.text().contains("<script>alert"));
    for accept in ["text/html", "text/plain", "text/markdown"] {
        let response = app.get("/").accept(accept).await.is(500).text();
        assert!(
            !response.contains(['\u{1b}', '\u{7}', '\u{202e}']),
            "{accept}"
        );
    }
}

#[tokio::test]
async fn a_vast_diagnostic_is_bounded_in_every_format_and_whole_on_demand() {
    let text = "a line of what a macro wrote\n".repeat(350_000);
    let main = format!("fn main() {{ compile_error!(\"{text}the last line\") }}");
    let app = Sandbox::with_main(&main).dev().await;
    app.phase("failed").await;
    for accept in [
        "text/html",
        "application/json",
        "text/markdown",
        "text/plain",
        "text/x-ansi",
    ] {
        let page = app.get("/").accept(accept).await.is(500);
        page.shows("a line of what a macro wrote");
        let length = page.text().len();
        assert!(length < 500_000, "{accept}: {length} bytes");
    }
    let status = app.status().await;
    let length = status.to_string().len();
    assert!(length < 500_000, "{length} bytes");
    let path = status["diagnostics"][0]["whole"].as_str().unwrap();
    app.get("/").await.shows(path);
    let page = app.page("/").await;
    assert!(page.text().contains(&format!("href=\"{path}\"")));
    let whole = app.get(path).as_navigation().await.is(200);
    whole.has("content-type", "text/plain; charset=utf-8");
    let lines = whole.text().matches("a line of what a macro wrote").count();
    assert!(lines >= 350_000, "{lines} lines");
    whole.shows("the last line");
    for unknown in ["99/0", "1/1", "1/x", "x/0", "0"] {
        let path = format!("/__gin/diagnostics/{unknown}");
        assert_eq!(app.get(&path).await.status, 404, "{unknown}");
    }
    let foreign = app.get(path).header("host", "evil.example").await;
    assert_eq!(foreign.status, 403);
}

#[tokio::test]
async fn a_name_with_a_line_end_and_a_quote_breaks_and_forges_nothing() {
    const NAME: &str = "src/a\n## error: \"forged\".rs";
    const GOOD: &str = "pub const TEXT: &str = \"v1\";";
    let attribute = NAME
        .replace("src/", "")
        .replace('\n', "\\n")
        .replace('"', "\\\"");
    let main =
        format!("#[path = \"{attribute}\"]\nmod odd;\nfn main() {{ http::serve(odd::TEXT) }}");
    let project = Sandbox::with_main(&main).with(NAME, "pub const TEXT: &str = 7;");
    let app = project.dev().await;
    let page = app.page("/").await.is(500);
    page.shows("mismatched types");
    let markdown = app.get("/").accept("text/markdown").await.is(500).text();
    // Within a fence there are no headings.
    let unfenced = markdown.split("```").step_by(2);
    let lines = unfenced.flat_map(str::lines);
    let headings = lines.filter(|line| line.starts_with("## "));
    assert_eq!(headings.count(), 1, "{markdown}");
    let place = app.status().await["diagnostics"][0]["spans"][0]["file_name"].clone();
    assert_eq!(place, format!("app/{NAME}"));
    app.edit(NAME, GOOD);
    app.page("/").await.is(200).says("v1");
}
