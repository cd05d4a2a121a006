//! Dates and times, by the serde modules of a crate of dates.

use gin::prelude::*;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::query;

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

#[derive(Debug, Serialize, Deserialize)]
struct Event {
    /// As `<input type="date">` sends it.
    #[serde(with = "day")]
    day: Date,
    /// In seconds since 1970.
    #[serde(with = "time::serde::timestamp")]
    starts: OffsetDateTime,
    #[serde(with = "day::option", default)]
    ends: Option<Date>,
}

#[tokio::test]
async fn dates_are_read_by_their_serde_modules() {
    let response = query::<Event>("day=2026-11-29&starts=86400&ends=").await;
    let expected = json!({ "day": "2026-11-29", "starts": 86400, "ends": null });
    response.is(200).has_json(expected);
    let response = query::<Event>("day=2026-11-29&starts=0&ends=2026-12-24").await;
    let expected = json!({ "day": "2026-11-29", "starts": 0, "ends": "2026-12-24" });
    response.is(200).has_json(expected);
}

#[tokio::test]
async fn an_error_of_a_date_names_the_field() {
    let response = query::<Event>("day=29.11.2026&starts=soon&ends=2026-02-30")
        .await
        .is(400);
    let problem = response.problem().expect("it is a problem");
    let mut paths: Vec<_> = problem.fields().iter().map(|field| &*field.path).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["day", "ends", "starts"]);
    let response = query::<Event>("day=&starts=0").await;
    response.is(400).contains("day: is missing");
}
