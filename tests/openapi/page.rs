//! Operations that are tried in the page.

use gin_tests::Browser;

use crate::app;

/// Shows the page of the app in a browser.
async fn shown() -> Browser {
    let url = format!("http://{}/api/openapi", app::start().await);
    let browser = Browser::start().await;
    browser.visit(&url).await;
    browser
        .until("document.querySelector('details.operation')")
        .await;
    browser
}

/// Opens the form of an operation.
async fn open(browser: &Browser, operation: &str) {
    browser.click(&format!("#{operation} > summary")).await;
    browser
        .until(&format!("document.querySelector('#{operation} form')"))
        .await;
}

/// Types into the field with a label.
async fn fill(browser: &Browser, operation: &str, label: &str, text: &str) {
    let id = format!(
        "[...document.querySelectorAll('#{operation} label')].find((label) => label.textContent.startsWith('{label}')).htmlFor"
    );
    let id = browser.evaluate(&id).await;
    let id = id.as_str().expect("a label has a field");
    browser.fill(&format!("#{id}"), text).await;
}

async fn send(browser: &Browser, operation: &str) {
    browser
        .click(&format!("#{operation} button[type=submit]"))
        .await;
}

/// Waits until the response of an operation has this text.
async fn responds(browser: &Browser, operation: &str, text: &str) {
    let text = serde_json::Value::from(text);
    let condition = format!(
        "document.querySelector('#{operation} [role=status]').textContent.includes({text})"
    );
    browser.until(&condition).await;
}

/// Fails if the page has written to the console, as a violated policy does.
async fn is_quiet(browser: &Browser) {
    let lines = browser.console().await.into_iter();
    let others = lines.filter(|line| !line.contains("the server responded with a status of 4"));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn an_operation_is_sent_with_all_of_its_inputs() {
    let browser = shown().await;
    open(&browser, "replace").await;
    fill(&browser, "replace", "id", "7").await;
    fill(&browser, "replace", "size", "large").await;
    fill(&browser, "replace", "tags", "a b, c&d").await;
    fill(&browser, "replace", "x-caller", "test").await;
    send(&browser, "replace").await;
    responds(&browser, "replace", "200 OK").await;
    responds(&browser, "replace", r#""c&d""#).await;
    responds(&browser, "replace", r#""caller": "test""#).await;
    responds(&browser, "replace", "etag").await;
    is_quiet(&browser).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_problem_is_shown_like_any_response() {
    let browser = shown().await;
    open(&browser, "replace").await;
    fill(&browser, "replace", "id", "100").await;
    send(&browser, "replace").await;
    responds(&browser, "replace", "404 Not Found").await;
    responds(&browser, "replace", r#""title": "Not Found""#).await;
    responds(&browser, "replace", "application/problem+json").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_file_is_uploaded_and_a_stream_is_read() {
    let browser = shown().await;
    let file = tempfile::NamedTempFile::new().expect("a file can be created");
    std::fs::write(file.path(), "12345").expect("it can be written");
    open(&browser, "upload").await;
    fill(&browser, "upload", "title", "Sea").await;
    let path = file.path().to_str().expect("a path is text");
    fill(&browser, "upload", "file", path).await;
    send(&browser, "upload").await;
    responds(&browser, "upload", "Sea has 5 bytes").await;
    open(&browser, "events").await;
    send(&browser, "events").await;
    responds(&browser, "events", "data: 3").await;
    is_quiet(&browser).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn credentials_are_sent_to_the_operations_that_need_them() {
    let browser = shown().await;
    open(&browser, "user").await;
    browser.click("#user a[href='#credentials']").await;
    fill(&browser, "credentials", "basic: name", "ann").await;
    fill(&browser, "credentials", "basic: password", "open sesame").await;
    fill(&browser, "credentials", "bearer", "7f3a").await;
    send(&browser, "user").await;
    responds(&browser, "user", "200 OK").await;
    responds(&browser, "user", "ann").await;
    open(&browser, "clear").await;
    send(&browser, "clear").await;
    responds(&browser, "clear", "204 No Content").await;
    responds(&browser, "clear", "The response has no body.").await;
    is_quiet(&browser).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_keyboard_alone_is_enough() {
    let browser = shown().await;
    browser
        .evaluate("document.querySelector('#clear > summary').focus()")
        .await;
    browser.press(&[Browser::ENTER]).await;
    browser.until("document.querySelector('#clear form')").await;
    // The link to the credentials, and the button.
    browser.press(&[Browser::TAB, Browser::TAB]).await;
    browser.press(&[Browser::ENTER]).await;
    responds(&browser, "clear", "401 Unauthorized").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_filter_leaves_what_matches() {
    let browser = shown().await;
    browser.fill("#filter", "photo").await;
    let visible = "[...document.querySelectorAll('details.operation')].filter((one) => one.checkVisibility()).map((one) => one.id).join()";
    assert_eq!(browser.evaluate(visible).await, "upload");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_page_fits_a_narrow_screen() {
    let browser = shown().await;
    browser.set_width(320).await;
    for operation in ["replace", "upload"] {
        open(&browser, operation).await;
    }
    fill(&browser, "replace", "id", "100").await;
    send(&browser, "replace").await;
    responds(&browser, "replace", "404 Not Found").await;
    browser
        .evaluate(
            "document.querySelectorAll('details').forEach((details) => { details.open = true; })",
        )
        .await;
    let fits = "document.documentElement.scrollWidth <= window.innerWidth";
    let fits = browser.evaluate(fits).await;
    assert_eq!(fits, true, "nothing is cut off or scrolls to the side");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_page_is_readable_without_scripts() {
    let url = format!("http://{}/api/openapi", app::start().await);
    let browser = Browser::start().await;
    browser.disable_scripts().await;
    browser.visit(&url).await;
    browser
        .finds("//h1[contains(., 'Things <and> more')]")
        .await;
    browser
        .finds("//article[contains(., '/api/things/{id}')]//p[contains(., 'Replaces a thing.')]")
        .await;
    browser
        .finds("//article//p[contains(., 'application/json')]")
        .await;
    browser.finds("//a[@href='openapi.json']").await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn the_page_is_accessible_in_both_themes() {
    let browser = shown().await;
    browser.click("#credentials > summary").await;
    for operation in ["replace", "upload", "events", "user"] {
        open(&browser, operation).await;
    }
    fill(&browser, "replace", "id", "100").await;
    send(&browser, "replace").await;
    responds(&browser, "replace", "404 Not Found").await;
    browser
        .evaluate(
            "document.querySelectorAll('details').forEach((details) => { details.open = true; })",
        )
        .await;
    for theme in ["light", "dark"] {
        browser
            .set_media_feature("prefers-color-scheme", theme)
            .await;
        assert_eq!(browser.violations().await, Vec::<String>::new(), "{theme}");
    }
}
