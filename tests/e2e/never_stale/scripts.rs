//! Files that only a build script reads.

use gin_tests::Sandbox;

/// An app that responds with the variable that its build script has set.
const SCRIPTED: &str = "fn main() { http::serve(option_env!(\"WORDS\").unwrap_or(\"v1\")) }";

/// Returns a build script that declares `directory`, and joins the text of all files in it.
fn joining(directory: &str) -> String {
    format!(
        "use std::{{fs, path::Path}};\n\
         fn join(directory: &Path) -> String {{\n    \
             let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|e| e.unwrap().path()).collect();\n    \
             paths.sort();\n    \
             let texts = paths.iter().map(|path| match path.is_dir() {{\n        \
                 true => join(path),\n        \
                 false => fs::read_to_string(path).unwrap(),\n    \
             }});\n    \
             texts.collect()\n\
         }}\n\
         fn main() {{\n    \
             println!(\"cargo::rerun-if-changed={directory}\");\n    \
             println!(\"cargo::rustc-env=WORDS={{}}\", join(Path::new(\"{directory}\")));\n\
         }}\n"
    )
}

/// Edits, adds and removes files in a directory that only a build script declares.
async fn each_change_in(directory: &str, ignored: &str) {
    let file = |name: &str| format!("{directory}/{name}");
    let app = Sandbox::with_main(SCRIPTED)
        .with("../.gitignore", ignored)
        .with("build.rs", &joining(directory))
        .with(&file("a"), "v1")
        .with(&file("deep/b"), ".")
        .dev()
        .await;
    app.get("/").await.is(200).says("v1.");
    app.edit(&file("a"), "v2");
    app.get("/").await.is(200).says("v2.");
    app.edit(&file("deep/b"), "!");
    app.get("/").await.is(200).says("v2!");
    app.edit(&file("deep/down/c"), "?");
    app.get("/").await.is(200).says("v2!?");
    app.project().remove(&file("deep/b"));
    app.get("/").await.is(200).says("v2?");
    app.project().rename(&file("a"), &file("z"));
    app.get("/").await.is(200).says("?v2");
    app.project().remove_directory(&file("deep"));
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_declared_directory_outside_the_package_counts_with_all_in_it() {
    each_change_in("../proto", "").await;
}

#[tokio::test]
async fn a_declared_hidden_directory_counts() {
    each_change_in("../.proto", "").await;
    each_change_in(".proto", "").await;
}

#[tokio::test]
async fn a_declared_directory_that_git_ignores_counts() {
    each_change_in("../proto", "proto/\n").await;
    each_change_in("proto", "proto/\n").await;
}

#[tokio::test]
async fn a_build_script_that_is_added_counts_with_the_files_that_it_reads() {
    for (words, declares) in [
        (
            "../words",
            "println!(\"cargo::rerun-if-changed=../words\");",
        ),
        ("words.txt", ""),
    ] {
        let app = Sandbox::with_main(SCRIPTED).with(words, "v2").dev().await;
        app.get("/").await.is(200).says("v1");
        let script = format!(
            "fn main() {{\n    \
                 {declares}\n    \
                 println!(\"cargo::rustc-env=WORDS={{}}\", std::fs::read_to_string({words:?}).unwrap());\n\
             }}\n"
        );
        app.edit("build.rs", &script);
        app.get("/").await.is(200).says("v2");
        app.edit(words, "v3");
        app.get("/").await.is(200).says("v3");
    }
}

#[tokio::test]
async fn a_file_that_is_missed_by_a_build_script_counts_once_it_is_there() {
    let script = "fn main() {
        println!(\"cargo::rerun-if-changed=../words\");
        println!(\"cargo::rustc-env=WORDS={}\", std::fs::read_to_string(\"../words\").unwrap());
    }";
    let app = Sandbox::with_main(SCRIPTED)
        .with("build.rs", script)
        .dev()
        .await;
    app.page("/").await.is(500).text();
    app.edit("../words", "v2");
    app.get("/").await.is(200).says("v2");
    app.project().remove("../words");
    app.page("/").await.is(500).text();
    app.edit("../words", "v3");
    app.get("/").await.is(200).says("v3");
}
