//! Templates: views, their values, their links, and everything that can be wrong with them.

use std::fs;
use std::sync::Arc;

use gin::Server;
use gin::prelude::*;
use gin::sessions::Sessions;
use gin::templates::{Templates, Value};
use gin::testing::{Client, TestResponse};
use serde::Serialize;
use tempfile::TempDir;

use crate::child::{Served, command};
use crate::wire::Running;

/// Writes the files of a directory of templates.
fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().expect("there is room");
    for (name, text) in files {
        write(directory.path(), name, text);
    }
    directory
}

fn write(directory: &std::path::Path, name: &str, text: impl AsRef<[u8]>) {
    let file = directory.join(name);
    fs::create_dir_all(file.parent().expect("it is in the directory")).expect("there is room");
    fs::write(file, text).expect("there is room");
}

/// Returns a client of an app whose only page is `text` with `values`.
fn page(text: &str, values: Value) -> Client {
    let templates = Templates::embedded([("page.html", text)]);
    let page = async |State(values): State<Value>| View::new("page.html", values);
    Client::new(
        Group::new("")
            .templates(templates)
            .state(values)
            .get("/", page),
    )
}

/// Returns the cause of a failed view, which the log has and the client has not.
fn cause(response: &TestResponse) -> String {
    let problem = response.problem().expect("it is a problem");
    problem.cause().expect("it has a cause").error().to_string()
}

/// Returns the message of an app that does not build.
fn flaws(app: Group) -> String {
    Engine::new(app).expect_err("it has flaws").to_string()
}

#[get("/users/:id")]
async fn show(id: u32) -> View {
    View::new("users/show.html", context! { id })
}

#[get("/users")]
async fn list() -> View {
    View::new("users/list.html", context! { users => [1, 2] })
}

#[tokio::test]
async fn the_macro_reads_the_directory_of_the_package() {
    let home = async || View::new("home.html", context! { title => "Users", users => ["a<"] });
    let app = Group::new("")
        .templates(gin::templates!("tests/templates"))
        .get("/", home);
    let response = Client::new(app).get("/").await.is(200);
    let expected = "<h1>Users</h1>\n<p><a href=\"/users/a&lt;\">a&lt;</a></p>";
    response
        .has_header("content-type", "text/html; charset=utf-8")
        .has_text(expected);
}

#[derive(Serialize)]
struct User {
    name: &'static str,
}

#[tokio::test]
async fn values_are_escaped_in_every_place_of_a_page() {
    let hostile = "<script>alert('1')</script> \"&";
    let escaped = "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; &quot;&amp;";
    for text in [
        "{{ user.name }}",
        "{% for own in [user.name] %}{{ own }}{% endfor %}",
        "{% set own = user.name %}{{ own }}",
        "{% macro show(own) %}{{ own }}{% endmacro %}{{ show(user.name) }}",
        "{{ [user.name]|join }}",
        "{{ user.name|default('x') }}",
        "{{ user.name ~ '' }}",
        "{% filter trim %}{{ user.name }}{% endfilter %}",
    ] {
        let client = page(text, context! { user => User { name: hostile } });
        let response = client.get("/").await.is(200);
        let text = response
            .text()
            .replace("&#x2f;", "/")
            .replace("&#39;", "&#x27;");
        assert_eq!(text, escaped);
    }
}

#[tokio::test]
async fn nothing_is_printed_for_none() {
    let client = page("<p>{{ nick }}</p>", context! { nick => None::<String> });
    client.get("/").await.is(200).has_text("<p></p>");
}

#[tokio::test]
async fn the_name_of_a_template_decides_how_it_is_escaped_and_sent() {
    let names = ["a.html", "a.svg", "a.xml.jinja", "a.txt", "a", "a.json"];
    let templates = Templates::embedded(names.map(|name| (name, "{{ value }}")));
    let view = async |Path(name): Path<String>| View::new(name, context! { value => "<&" });
    let client = Client::new(Group::new("").templates(templates).get("/:name", view));
    for (name, media, text) in [
        ("a.html", "text/html; charset=utf-8", "&lt;&amp;"),
        ("a.svg", "image/svg+xml", "&lt;&amp;"),
        ("a.xml.jinja", "application/xml; charset=utf-8", "&lt;&amp;"),
        ("a.txt", "text/plain; charset=utf-8", "<&"),
        ("a", "text/plain; charset=utf-8", "<&"),
        ("a.json", "application/json", "\"<&\""),
    ] {
        let response = client.get(&format!("/{name}")).await.is(200);
        response.has_header("content-type", media).has_text(text);
    }
}

#[tokio::test]
async fn a_name_never_leaves_the_directory() {
    let outside = directory(&[("secret", "secret"), ("templates/a.html", "a")]);
    fs::create_dir(outside.path().join("templates/.hidden")).expect("there is room");
    write(outside.path(), "templates/.hidden/b", "secret");
    let templates = Templates::new(outside.path().join("templates"));
    let view = async |cx: &mut Context| {
        let name = cx.query("name").map(std::borrow::Cow::into_owned);
        cx.view(200, name.unwrap_or_default(), ())
    };
    let client = Client::new(Group::new("").templates(templates).get("/", view));
    client.get("/?name=a.html").await.is(200).has_text("a");
    let absolute = outside.path().join("secret").display().to_string();
    for name in [
        "../secret",
        "..%2fsecret",
        "x/../../secret",
        "./../secret",
        "..\\secret",
        "..%5csecret",
        "//../secret",
        "a.html/../../secret",
        ".hidden/b",
        "%2e%2e/secret",
        "../secret%00",
        "",
        ".",
        &absolute,
        "file:///etc/passwd",
    ] {
        let response = client.get(&format!("/?name={name}")).await.is(500);
        assert_eq!(response.text(), "500 Internal Server Error\n");
        assert!(cause(&response).contains("there is no template"), "{name}");
    }
}

#[cfg(debug_assertions)]
#[tokio::test]
async fn a_change_shows_at_the_next_request() {
    let files = directory(&[
        (
            "page.html",
            "{% extends 'layout.html' %}{% block a %}1{% endblock %}",
        ),
        ("layout.html", "<{% block a %}{% endblock %}>"),
    ]);
    let app = Group::new("")
        .templates(Templates::new(files.path()))
        .get("/", async || View::new("page.html", ()))
        .get("/a", async || View::block("page.html", "a", ()))
        .get("/new", async || View::new("new.html", ()));
    let client = Client::new(app);
    client.get("/").await.has_text("<1>");
    client.get("/a").await.has_text("1");
    client.get("/new").await.is(500);
    // Of the same length, and within the resolution of the file's time.
    let second = "{% extends 'layout.html' %}{% block a %}2{% endblock %}";
    write(files.path(), "page.html", second);
    client.get("/").await.has_text("<2>");
    client.get("/a").await.has_text("2");
    write(files.path(), "layout.html", "[{% block a %}{% endblock %}]");
    write(files.path(), "new.html", "new");
    client.get("/").await.has_text("[2]");
    client.get("/new").await.has_text("new");
    write(files.path(), "page.html", "{% block a %}");
    let broken = client.get("/").await.is(500);
    assert!(
        cause(&broken).contains("page.html:1:"),
        "{}",
        cause(&broken)
    );
    write(files.path(), "page.html", second);
    client.get("/").await.has_text("[2]");
    fs::remove_file(files.path().join("page.html")).expect("it is there");
    client.get("/").await.is(500);
}

#[tokio::test]
async fn many_views_are_rendered_at_once() {
    let row = "{% for n in range(200) %}{{ id }} {% endfor %}";
    let files = directory(&[("page.html", "{% include 'row.html' %}"), ("row.html", row)]);
    let view = async |Path(id): Path<u32>| View::new("page.html", context! { id });
    let app = Group::new("")
        .templates(Templates::new(files.path()))
        .get("/:id", view);
    let client = Arc::new(Client::new(app));
    let tasks: Vec<_> = (0..64)
        .map(|id| {
            let client = client.clone();
            tokio::spawn(async move {
                let response = client.get(&format!("/{id}")).await;
                response.is(200).has_text(&format!("{id} ").repeat(200));
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

mod users {
    use gin::prelude::*;

    #[get("/users/:id")]
    pub(super) async fn show(id: u32) -> String {
        id.to_string()
    }
}

mod posts {
    use gin::prelude::*;

    #[get("/posts/:slug")]
    pub(super) async fn show(slug: &str) -> String {
        slug.to_owned()
    }
}

#[tokio::test]
async fn links_lead_to_routes_by_the_names_of_their_handlers() {
    let text = "{{ url('list', page=2, tag=['a b', 'c']) }} {{ url('users::show', 7) }} {{ url('posts::show', slug='a/b?ü') }}";
    let templates = Templates::embedded([("page.txt", text), ("users/list.html", "")]);
    let api = Group::new("/v1").mount(routes![users::show, posts::show, list]);
    let app = Group::new("")
        .templates(templates)
        .get("/", async || View::new("page.txt", ()))
        .nest(api);
    let client = Client::new(app);
    let response = client.get("/").await.is(200);
    response.has_text("/v1/users?page=2&tag=a%20b&tag=c /v1/users/7 /v1/posts/a%2Fb%3F%C3%BC");
    client
        .get("/v1/posts/a%2Fb%3F%C3%BC")
        .await
        .has_text("a/b?ü");
}

#[test]
fn everything_that_is_wrong_is_reported_when_the_engine_is_built() {
    let files = directory(&[
        (
            "a/link.html",
            "<p>\n  <a href=\"{{ url('shwo', id = 7) }}\">",
        ),
        ("b.html", "{% extends 'layuot.html' %}"),
        (
            "c.html",
            "é {{ name|uper }}{% if name is stringg %}{% endif %}",
        ),
        ("d.html", "{{ url('show') }}"),
        ("e.html", "one\n{% for a in b %}\n{% endfro %}"),
        (
            "layout.html",
            "{# {{ url('nothing') }} #}{{ url('show', id=1) }}",
        ),
    ]);
    write(files.path(), "f.html", b"ok\n\xff\xfe");
    let shown = files.path().display().to_string();
    let app = Group::new("")
        .templates(Templates::new(files.path()))
        .mount(routes![show]);
    let text = flaws(app).replace(&shown, "templates");
    for expected in [
        "templates/a/link.html:2:19: there is no route named `shwo`; did you mean `show`?\n      <a href=",
        "templates/b.html:1:12: there is no template `layuot.html`; did you mean `layout.html`?",
        "templates/c.html:1:11: there is no filter `uper`",
        "templates/c.html:1:32: there is no test `stringg`",
        "templates/d.html:1:8: url('show') lacks a value for `id` of /users/:id; write `url('show', id = …)`",
        "templates/e.html:3:",
        "templates/f.html is not UTF-8 (line 2",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("  templates/"))
            .count(),
        7,
        "{text}"
    );
}

#[get("/misspelt/:is_new")]
async fn misspelt(is_new: bool) -> gin::Result<(StatusCode, View)> {
    if is_new {
        return Ok((StatusCode::CREATED, View::new("hoem.html", ())));
    }
    Ok((
        StatusCode::OK,
        gin::templates::View::block("pages/x.html", "rows", ()),
    ))
}

#[get("/sound")]
async fn sound() -> View {
    View::new("home.html", context! { name => "Ann" })
}

/// A type of the app with the name of gin's.
mod own {
    use gin::prelude::*;

    struct View(&'static str);

    impl View {
        fn new(text: &'static str, (): ()) -> View {
            View(text)
        }
    }

    #[get("/own")]
    pub(super) async fn show() -> &'static str {
        View::new("no.html", ()).0
    }
}

#[tokio::test]
async fn a_template_that_a_handler_names_must_exist_when_the_engine_is_built() {
    let templates = || Templates::embedded([("home.html", "Hello")]);
    let wrong = Group::new("")
        .templates(templates())
        .mount(routes![misspelt, sound, own::show]);
    let text = flaws(wrong);
    let file = file!();
    let route = format!("the view of GET /misspelt/:is_new ({file}:");
    for (name, message) in [
        (
            "hoem.html",
            "there is no template `hoem.html`; did you mean `home.html`?",
        ),
        ("pages/x.html", "there is no template `pages/x.html`"),
    ] {
        let source = include_str!("templates.rs").lines();
        let (before, _) = source
            .enumerate()
            .find(|(_, line)| line.contains(name))
            .expect("it is above");
        let start = format!("{file}:{}: {route}", before + 1);
        let found = text.lines().find(|found| found.contains(&start));
        assert!(
            found.is_some_and(|found| found.ends_with(message)),
            "{start} {message}\n{text}"
        );
    }
    assert_eq!(text.lines().count(), 3, "{text}");
    let right = Group::new("")
        .templates(templates())
        .mount(routes![sound, own::show]);
    let client = Client::new(right);
    client.get("/sound").await.is(200).has_text("Hello");
    client.get("/own").await.is(200).has_text("no.html");
}

#[tokio::test]
async fn a_filter_of_the_app_does_not_run_in_the_check() {
    let picky = |value: Value| value.as_str().expect("it gets a text").len();
    let templates = Templates::embedded([("a.txt", "{{ 'four'|picky }}")]).filter("picky", picky);
    let app = Group::new("")
        .templates(templates)
        .get("/", async || View::new("a.txt", ()));
    Client::new(app).get("/").await.is(200).has_text("4");
}

#[test]
fn a_directory_that_does_not_exist_is_found_when_the_engine_is_built() {
    let text = flaws(Group::new("").templates(Templates::new("no/templates")));
    assert!(
        text.contains("`no/templates` is not a directory; looked for /"),
        "{text}"
    );
    assert!(text.contains(file!()), "{text}");
}

#[tokio::test]
async fn an_error_names_its_line_and_the_templates_around_it() {
    let files = directory(&[
        (
            "list.html",
            "<ul>\n{% for user in users %}\n  {% include 'row.html' %}\n{% endfor %}",
        ),
        ("row.html", "<li>\n  é {{ user.nmae.first }}"),
    ]);
    let users = [User { name: "Ann" }];
    let view = async move |State(values): State<Value>| View::new("list.html", values);
    let app = Group::new("")
        .templates(Templates::new(files.path()))
        .state(context! { users })
        .get("/", view);
    let response = Client::new(app).get("/").await.is(500);
    assert_eq!(response.text(), "500 Internal Server Error\n");
    let shown = files.path().display().to_string();
    let text = cause(&response).replace(&shown, "templates");
    assert!(
        text.starts_with("templates/row.html:2:12: undefined value: `user.nmae` is undefined"),
        "{text}"
    );
    assert!(text.ends_with(", in templates/list.html:3:6"), "{text}");
    assert!(!text.contains('\n'), "{text}");
}

#[tokio::test]
async fn an_error_of_a_function_is_the_cause() {
    let fails = || -> Result<String, gin::templates::Error> {
        let error = "x".parse::<u8>().expect_err("it is not a number");
        let kind = gin::templates::ErrorKind::InvalidOperation;
        Err(gin::templates::Error::new(kind, "no price").with_source(error))
    };
    let templates = Templates::embedded([("a.html", "{{ price() }}")]).function("price", fails);
    let app = Group::new("")
        .templates(templates)
        .get("/", async || View::new("a.html", ()));
    let response = Client::new(app).get("/").await.is(500);
    assert_eq!(
        cause(&response),
        "a.html:1:4: no price: invalid digit found in string"
    );
}

#[get("/adapter")]
async fn by_adapter() -> (StatusCode, View) {
    (StatusCode::CREATED, View::new("a.html", ()))
}

#[get("/closure/:name")]
async fn by_closure(name: &str) -> gin::Result<View> {
    Ok(View::new("a.html", context! { name }))
}

#[test]
fn a_view_without_templates_is_found_when_the_engine_is_built() {
    let app = Group::new("")
        .mount(routes![by_adapter, by_closure])
        .get("/function", async || View::new("a.html", ()))
        .get("/context", async |_: &mut Context| View::new("a.html", ()))
        .fallback(async || View::new("a.html", ()).status(404));
    let text = flaws(app);
    for route in [
        "GET /adapter",
        "GET /closure/:name",
        "GET /function",
        "GET /context",
        "fallback of ",
    ] {
        let line = text.lines().find(|line| line.trim().starts_with(route));
        let line = line.expect(route);
        assert!(line.contains(file!()), "{line}");
        assert!(line.ends_with("returns a View; give templates to a group around it: `.templates(gin::templates!(\"templates\"))`"), "{line}");
    }
    assert_eq!(text.lines().count(), 6, "{text}");
}

#[tokio::test]
async fn a_view_without_templates_says_so_in_the_log() {
    let app = Group::new("").get("/", async |cx: &mut Context| cx.view(200, "a.html", ()));
    let response = Client::new(app).get("/").await.is(500);
    assert_eq!(response.text(), "500 Internal Server Error\n");
    assert!(cause(&response).contains("`.templates(templates!(\"templates\"))`"));
}

#[tokio::test]
async fn inner_templates_replace_outer_ones() {
    let of = |text: &'static str| Templates::embedded([("a.txt", text)]);
    let view = async || View::new("a.txt", ());
    let inner = Group::new("/inner").templates(of("inner")).get("/", view);
    let app = Group::new("")
        .templates(of("outer"))
        .get("/", view)
        .nest(inner);
    let client = Client::new(app);
    client.get("/").await.has_text("outer");
    client.get("/inner/").await.has_text("inner");
}

#[tokio::test]
async fn a_template_sees_its_view_then_shared_values_then_globals() {
    async fn share(cx: &mut Context, next: Next<'_>) -> Response {
        cx.share("b", "old");
        cx.share("b", "shared");
        cx.share("a", "shared");
        cx.share("flashes", Value::from_function(|| vec!["saved"]));
        next.run(cx).await
    }
    let text = "{{ a }} {{ b }} {{ c }} {{ request.path }}?{{ request.query }} {{ flashes()|join }}[{{ csrf() }}{{ nonce() }}]";
    let templates = Templates::embedded([("a.txt", text)])
        .global("b", "global")
        .global("c", "global");
    let view = async || View::new("a.txt", context! { a => "own" });
    let app = Group::new("")
        .templates(templates)
        .with(share)
        .get("/x", view);
    let response = Client::new(app).get("/x?y=1").await;
    response.has_text("own shared global /x?y=1 saved[]");
}

#[tokio::test]
async fn a_value_that_does_not_serialize_is_an_error() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("it is broken"))
        }
    }
    let templates = Templates::embedded([("page.html", "{{ broken }}")]);
    let app = Group::new("")
        .templates(templates)
        .get("/entry", async || {
            View::new("page.html", context! { broken => Broken })
        })
        .get("/whole", async || View::new("page.html", Broken));
    let client = Client::new(app);
    for path in ["/entry", "/whole"] {
        let response = client.get(path).await.is(500);
        let cause = cause(&response);
        assert!(cause.contains("it is broken"), "{cause}");
    }
}

#[tokio::test]
async fn a_view_on_the_wire_has_its_length_and_type() {
    let templates = Templates::embedded([("a.html", "<p>ü</p>")]);
    let app = Group::new("").templates(templates).get("/", async || {
        (StatusCode::CREATED, [("x-a", "b")], View::new("a.html", ()))
    });
    let server = Running::new(app).await;
    let response = server.get("/").await;
    assert!(
        response.starts_with("HTTP/1.1 201 Created\r\n"),
        "{response}"
    );
    assert!(
        response.contains("content-type: text/html; charset=utf-8\r\n"),
        "{response}"
    );
    assert!(response.contains("content-length: 9\r\n"), "{response}");
    assert!(response.contains("x-a: b\r\n"), "{response}");
    assert!(response.ends_with("\r\n\r\n<p>ü</p>"), "{response}");
}

const SERVER: &str = "templates::server";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

#[get("/broken")]
async fn broken() -> View {
    View::new("broken.html", context! { users => [User { name: "Ann" }] })
}

#[tokio::test]
#[ignore = "the test below runs it, in a process of its own"]
async fn server() {
    let app = Group::new("")
        .templates(gin::templates!("tests/templates"))
        .mount(routes![broken]);
    let server = Server::new(Engine::new(app).expect("it is sound"));
    server.run().await.expect("a socket was passed on");
}

#[tokio::test]
async fn the_dev_server_gets_the_lines_of_a_template_that_fails() {
    let mut command = command(SERVER);
    command.env("GIN_DEV", "1").env("GIN_REPORT", TOKEN);
    // The templates are those of the package, wherever the app runs.
    command.current_dir("/").env_remove("CARGO_MANIFEST_DIR");
    let server = Served::with(command);
    let mut wire = server.connect().await;
    let head = "GET /broken HTTP/1.1\r\nhost: a\r\nconnection: close\r\n";
    wire.send(format!("{head}x-gin-report: {TOKEN}\r\n\r\n"))
        .await;
    let response = wire.rest().await;
    let (_, body) = response.split_once("\r\n\r\n").expect("a head has an end");
    let report: serde_json::Value = serde_json::from_str(body).expect("a report is JSON");
    assert_eq!(report["kind"], "error");
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/templates");
    assert_eq!(report["place"], format!("{root}/users/broken.html:2:33"));
    let chain = report["chain"].as_array().expect("it is a list");
    let chain: Vec<_> = chain.iter().filter_map(|cause| cause.as_str()).collect();
    let [error, include, values, view] = chain[..] else {
        panic!("{chain:#?}");
    };
    assert_eq!(
        error,
        "tests/templates/users/broken.html:2:33: undefined value: `user.adress` is undefined, in tests/templates/broken.html:3:6"
    );
    assert_eq!(
        include,
        "in tests/templates/broken.html:3:6: {% include \"users/broken.html\" %}"
    );
    assert!(
        values.starts_with("with user:") && values.contains("'Ann'"),
        "{values}"
    );
    assert!(
        view.starts_with(&format!("in the view of {}:", file!())),
        "{view}"
    );
}

#[tokio::test]
async fn a_page_takes_the_messages_of_the_session() {
    async fn save(session: Session) -> Redirect {
        session.flash("info", "<saved>");
        Redirect::to("/")
    }
    async fn page(_: Session) -> View {
        View::new("page.html", ())
    }
    async fn other() -> View {
        View::new("page.html", ())
    }
    let text =
        "{% for flash in flashes() %}{{ flash.level }}: {{ flash.text }}{% else %}none{% endfor %}";
    let app = Group::new("")
        .with(Sessions::memory())
        .templates(Templates::embedded([("page.html", text)]))
        .post("/", save)
        .get("/", page)
        .get("/other", other);
    let client = Client::new(app);
    client.get("/").await.has_text("none");
    client.post("/").await.is(303);
    client.get("/").await.has_text("info: &lt;saved&gt;");
    client.get("/").await.has_text("none");
    client.post("/").await.is(303);
    client.get("/other").await.has_text("info: &lt;saved&gt;");
    client.get("/other").await.has_text("none");
}
