//! Messages of JSON-RPC 2.0.

use serde_json::{Value, json};

/// A message of a client.
pub(super) enum Message {
    Request {
        id: Value,
        method: String,
        params: Value,
    },
    /// A notification, or the response to a request. This server sends no requests, and needs no notification.
    OneWay,
}

/// An error of the protocol, as opposed to one of a tool.
#[derive(Debug)]
pub(super) struct Fault {
    code: i32,
    message: String,
}

impl Fault {
    pub(super) fn no_method(method: &str) -> Fault {
        let message = format!("There is no method `{method}`.");
        Fault {
            code: -32601,
            message,
        }
    }

    pub(super) fn bad_params(message: String) -> Fault {
        Fault {
            code: -32602,
            message,
        }
    }

    pub(super) fn bad_request(message: &str) -> Fault {
        Fault {
            code: -32600,
            message: message.to_owned(),
        }
    }

    /// Returns the response to the request `id`.
    pub(super) fn response(&self, id: &Value) -> Value {
        let error = json!({ "code": self.code, "message": self.message });
        json!({ "jsonrpc": "2.0", "id": id, "error": error })
    }
}

impl Message {
    /// Parses a message.
    pub(super) fn parse(bytes: &[u8]) -> Result<Message, Fault> {
        let mut value: Value = serde_json::from_slice(bytes).map_err(|error| Fault {
            code: -32700,
            message: format!("The message is not JSON: {error}."),
        })?;
        if value["jsonrpc"] != "2.0" {
            return Err(Fault::bad_request("The message is not of JSON-RPC 2.0."));
        }
        let is_response = value.get("result").is_some() || value.get("error").is_some();
        match (value["method"].take(), value.get("id").cloned()) {
            (Value::String(_), None) => Ok(Message::OneWay),
            (Value::Null, Some(_)) if is_response => Ok(Message::OneWay),
            (Value::String(method), Some(id @ (Value::String(_) | Value::Number(_)))) => {
                Ok(Message::Request {
                    id,
                    method,
                    params: value["params"].take(),
                })
            }
            _ => Err(Fault::bad_request(
                "A request has a method, and an id that is a string or a number.",
            )),
        }
    }
}

/// Returns the response with the result of the request `id`.
pub(super) fn success(id: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_of_the_protocol_are_taken() {
        for (text, expected) in [
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, Ok(true)),
            (r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#, Ok(true)),
            (r#"{"jsonrpc":"2.0","method":"x"}"#, Ok(false)),
            (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, Ok(false)),
            (r#"{"jsonrpc":"2.0","id":1,"error":{}}"#, Ok(false)),
            ("{", Err(-32700)),
            ("[]", Err(-32600)),
            ("7", Err(-32600)),
            (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, Err(-32600)),
            (r#"{"id":1,"method":"ping"}"#, Err(-32600)),
            (r#"{"jsonrpc":"2.0","id":null,"method":"x"}"#, Err(-32600)),
            (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, Err(-32600)),
            (r#"{"jsonrpc":"2.0","id":1}"#, Err(-32600)),
        ] {
            let found = match Message::parse(text.as_bytes()) {
                Ok(Message::Request { .. }) => Ok(true),
                Ok(Message::OneWay) => Ok(false),
                Err(fault) => Err(fault.code),
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
