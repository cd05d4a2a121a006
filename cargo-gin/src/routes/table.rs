//! The table of an app's routes.

use std::fmt::Write as _;

use crate::incidents::Route;

/// Returns the table as text: a line for each route, in columns.
pub(super) fn table(routes: &[Route]) -> String {
    let rows: Vec<[String; 6]> = routes.iter().map(row).collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn row(route: &Route) -> [String; 6] {
    let middleware = match &route.middleware[..] {
        [] => String::new(),
        names => format!("in {}", names.join(", ")),
    };
    [
        route.method.clone(),
        route.pattern.clone(),
        route.handler.clone(),
        format!("{}:{}", route.file, route.line),
        middleware,
        limits(route),
    ]
}

fn limits(route: &Route) -> String {
    let body = route
        .body_limit
        .map(|bytes| format!("body up to {bytes} bytes"));
    let timeout = route.timeout.as_ref().map(|time| format!("timeout {time}"));
    let limits: Vec<_> = body.into_iter().chain(timeout).collect();
    limits.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &str, pattern: &str, middleware: &[&str]) -> Route {
        Route {
            method: method.to_owned(),
            pattern: pattern.to_owned(),
            handler: "app::show".to_owned(),
            file: "src/main.rs".to_owned(),
            line: 7,
            middleware: middleware.iter().map(|&name| name.to_owned()).collect(),
            group: String::new(),
            typed_params: Vec::new(),
            body_limit: None,
            timeout: None,
        }
    }

    #[test]
    fn columns_are_aligned() {
        let limited = Route {
            body_limit: Some(1024),
            timeout: Some("30s".to_owned()),
            ..route("POST", "/", &[])
        };
        let routes = [
            route("GET", "/users/:id", &["Logger", "Recovery"]),
            route("DELETE", "/", &[]),
            limited,
        ];
        let expected = "\
            GET     /users/:id  app::show  src/main.rs:7  in Logger, Recovery\n\
            DELETE  /           app::show  src/main.rs:7\n\
            POST    /           app::show  src/main.rs:7                       body up to 1024 bytes, timeout 30s\n";
        assert_eq!(table(&routes), expected);
    }
}
