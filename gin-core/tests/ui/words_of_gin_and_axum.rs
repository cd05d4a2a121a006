use gin::prelude::*;

async fn middleware(cx: &mut Context, _: Next<'_>) -> StatusCode {
    cx.next();
    cx.abort();
    cx.abort_with_status(401);
    cx.abort_with_status_json(401, json!({}));
    cx.JSON(200, json!({}));
    cx.should_bind_json();
    cx.should_bind_xml(&mut 7);
    cx.set_cookie("theme", "dark", 3600, "/", "", true, true);
    cx.get_string("user");
    cx.form_file("avatar");
    cx.get_raw_data();
    StatusCode::OK
}

async fn users() {}

fn main() {
    let _ = Group::new("").route("/users", users);
    let _ = Group::new("").merge(Group::new(""));
    let _ = Group::new("").with_state(7);
    let _ = Group::new("").group("/api");
    let _ = Group::new("").no_route(users);
    let _ = Group::new("").no_method(users);
    let _ = Group::new("").load_html_glob("templates/*");
    let _ = Router::new().get("/", users);
}
