//! The tools, as `tools/list` describes them.

use serde_json::{Map, Value, json};

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Status,
    Diagnostics,
    ApplyFix,
    Undo,
    Rebuild,
    Restart,
    Requests,
    Request,
    Replay,
    Routes,
    Output,
    Crash,
    Incidents,
}

/// The consequences of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Reads,
    /// Builds or starts again what is on disk.
    Repeats,
    /// Edits files, or sends a request with an effect to the app.
    Changes,
}

impl Tool {
    const ALL: [Tool; 13] = [
        Tool::Status,
        Tool::Diagnostics,
        Tool::ApplyFix,
        Tool::Undo,
        Tool::Rebuild,
        Tool::Restart,
        Tool::Requests,
        Tool::Request,
        Tool::Replay,
        Tool::Routes,
        Tool::Output,
        Tool::Crash,
        Tool::Incidents,
    ];

    /// Returns the tool with this name.
    pub(super) fn named(name: &str) -> Option<Tool> {
        Tool::ALL.into_iter().find(|tool| tool.name() == name)
    }

    /// Returns `true` if only those may call it who may act on this machine and see recorded requests.
    pub(super) fn needs_permit(self) -> bool {
        !matches!(
            self,
            Tool::Status | Tool::Diagnostics | Tool::Crash | Tool::Rebuild
        )
    }

    fn name(self) -> &'static str {
        match self {
            Tool::Status => "status",
            Tool::Diagnostics => "diagnostics",
            Tool::ApplyFix => "apply_fix",
            Tool::Undo => "undo",
            Tool::Rebuild => "rebuild",
            Tool::Restart => "restart",
            Tool::Requests => "requests",
            Tool::Request => "request",
            Tool::Replay => "replay",
            Tool::Routes => "routes",
            Tool::Output => "output",
            Tool::Crash => "crash",
            Tool::Incidents => "incidents",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Tool::Status => "State of the build and the app",
            Tool::Diagnostics => "Errors and warnings",
            Tool::ApplyFix => "Apply a suggestion",
            Tool::Undo => "Undo the last suggestion",
            Tool::Rebuild => "Build again",
            Tool::Restart => "Start the app again",
            Tool::Requests => "Recorded requests",
            Tool::Request => "One recorded request",
            Tool::Replay => "Send a request again",
            Tool::Routes => "Routes of the app",
            Tool::Output => "Last output of the app",
            Tool::Crash => "Crash of the app",
            Tool::Incidents => "Requests that failed in the app",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Tool::Status => {
                "Returns the phase (building, failed, starting, ready, crashed, idle, built), the number and cause of the build, and the counts of errors and warnings. Every save that was made before the call is taken into account. With `wait_s` it waits until the build has ended and the app has started, so call it after editing files instead of running cargo."
            }
            Tool::Diagnostics => {
                "Returns the errors and warnings of the current build as rustc prints them, with the ids of the suggestions that `apply_fix` takes. Waits for the build as `status` does."
            }
            Tool::ApplyFix => {
                "Applies a suggestion of rustc to the files, by its id in `diagnostics` and the number of that build. `all` applies every suggestion that rustc is sure of. It is refused if the file has changed since it was compiled."
            }
            Tool::Undo => {
                "Undoes the last `apply_fix`. Changes that were made to the files since then are kept."
            }
            Tool::Rebuild => {
                "Builds and starts the app again without a change. A save does so by itself."
            }
            Tool::Restart => "Stops the app, and starts it again without a build.",
            Tool::Requests => {
                "Lists the last requests that the app served, the newest first, with status and time. Only the last hundred are kept."
            }
            Tool::Request => {
                "Returns a recorded request and its response: headers, and bodies if the dev server runs with --record-bodies. Secrets are masked."
            }
            Tool::Replay => {
                "Sends a recorded request to the app again, and returns the response. It waits for the current build first, so it shows whether a change has mended a failure. A request that may have an effect needs `confirm`."
            }
            Tool::Routes => {
                "Lists the routes of an app on gin-core: method, pattern, handler, file and line, middleware."
            }
            Tool::Output => {
                "Returns the last lines that the app wrote to its standard output and error."
            }
            Tool::Crash => {
                "Returns the way in which the app's process ended, its panics with their places, and its last output."
            }
            Tool::Incidents => {
                "Returns the last failures in handlers of an app on gin-core, the newest first: the error with its causes or the panic, the place in the source, the route, and the request. `request` selects one by the id of its request."
            }
        }
    }

    fn effect(self) -> Effect {
        match self {
            Tool::ApplyFix | Tool::Undo | Tool::Replay => Effect::Changes,
            Tool::Rebuild | Tool::Restart => Effect::Repeats,
            _ => Effect::Reads,
        }
    }

    /// Returns the arguments, each with its schema, and the names of those that are required.
    fn arguments(self) -> (Value, &'static [&'static str]) {
        let wait = json!({ "type": "integer", "minimum": 0, "maximum": 50, "description": "The most seconds to wait until the build has ended and the app has started. Default: 0 for `status`, 50 for `diagnostics`." });
        let limit = |most: u32, default: u32| json!({ "type": "integer", "minimum": 1, "maximum": most, "description": format!("The most entries. Default: {default}.") });
        let id = json!({ "type": "integer", "minimum": 0, "description": "The id of a recorded request." });
        match self {
            Tool::Status => (json!({ "wait_s": wait }), &[]),
            Tool::Diagnostics => (
                json!({
                    "wait_s": wait,
                    "level": { "type": "string", "enum": ["error", "warning"], "description": "`error` leaves out warnings. Default: warning." },
                    "limit": limit(200, 20),
                }),
                &[],
            ),
            Tool::ApplyFix => (
                json!({
                    "build": { "type": "integer", "minimum": 0, "description": "The number of the build that `diagnostics` described." },
                    "id": { "type": "string", "description": "The id of a suggestion, such as 3.1.0, or `all`." },
                }),
                &["build", "id"],
            ),
            Tool::Requests => (
                json!({
                    "limit": limit(100, 20),
                    "method": { "type": "string", "description": "Only requests with this method." },
                    "path": { "type": "string", "description": "Only requests whose path and query contain this text." },
                    "failed": { "type": "boolean", "description": "Only requests that got 4xx, 5xx or no response." },
                }),
                &[],
            ),
            Tool::Request => (json!({ "id": id }), &["id"]),
            Tool::Replay => (
                json!({
                    "id": id,
                    "confirm": { "type": "boolean", "description": "Set it if the effect of sending the request twice is wanted." },
                }),
                &["id"],
            ),
            Tool::Output => (json!({ "lines": limit(400, 100) }), &[]),
            Tool::Incidents => (json!({ "request": id, "limit": limit(20, 1) }), &[]),
            Tool::Undo | Tool::Rebuild | Tool::Restart | Tool::Routes | Tool::Crash => {
                (json!({}), &[])
            }
        }
    }

    /// Returns the members of the result that are always there, each with its type.
    fn results(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Tool::Status => &[
                ("phase", "string"),
                ("is_under_way", "boolean"),
                ("build", "integer"),
                ("headline", "string"),
                ("changed", "array"),
                ("errors", "integer"),
                ("warnings", "integer"),
            ],
            Tool::Diagnostics => &[
                ("build", "integer"),
                ("phase", "string"),
                ("errors", "integer"),
                ("warnings", "integer"),
                ("more", "integer"),
                ("diagnostics", "array"),
            ],
            Tool::ApplyFix => &[("applied", "array"), ("undoable", "integer")],
            Tool::Undo => &[("undone", "array"), ("undoable", "integer")],
            Tool::Rebuild | Tool::Restart => &[("build", "integer")],
            Tool::Requests => &[("requests", "array")],
            Tool::Request => &[
                ("id", "integer"),
                ("request", "object"),
                ("response", "object"),
                ("replay", "string"),
            ],
            Tool::Replay => &[("id", "integer"), ("answer", "object")],
            Tool::Routes => &[("routes", "array")],
            Tool::Output => &[("lines", "array"), ("earlier", "integer")],
            Tool::Crash => &[("crashed", "boolean")],
            Tool::Incidents => &[("incidents", "array")],
        }
    }

    fn describe(self) -> Value {
        let (arguments, required) = self.arguments();
        let results = self.results().iter();
        let members: Map<String, Value> = results
            .clone()
            .map(|(name, kind)| ((*name).to_owned(), json!({ "type": kind })))
            .collect();
        let always: Vec<_> = results.map(|(name, _)| name).collect();
        let effect = self.effect();
        json!({
            "name": self.name(),
            "title": self.title(),
            "description": self.description(),
            "inputSchema": {
                "type": "object",
                "properties": arguments,
                "required": required,
                "additionalProperties": false,
            },
            "outputSchema": { "type": "object", "properties": members, "required": always },
            "annotations": {
                "readOnlyHint": effect == Effect::Reads,
                "destructiveHint": self == Tool::Replay,
                "idempotentHint": effect != Effect::Changes,
                "openWorldHint": false,
            },
        })
    }
}

/// Returns the result of `tools/list`.
pub(super) fn list() -> Value {
    let tools: Value = Tool::ALL.iter().map(|tool| tool.describe()).collect();
    json!({ "tools": tools })
}
