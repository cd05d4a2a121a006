//! A message of the chat.

use gin::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub name: String,
    pub text: String,
}

impl Message {
    /// Returns the message without space around its parts, or the problem with them.
    pub fn checked(self) -> std::result::Result<Message, Problem> {
        let name = part("name", &self.name, 40)?;
        let text = part("text", &self.text, 500)?;
        Ok(Message { name, text })
    }
}

fn part(field: &str, text: &str, most: usize) -> std::result::Result<String, Problem> {
    let text = text.trim();
    match text.chars().count() {
        count if (1..=most).contains(&count) => Ok(text.to_owned()),
        _ => Err(Problem::new(422).field(field, format!("must have 1 to {most} characters"))),
    }
}
