//! Messages, which change with the conversation that they are in.

use schema_runtime::Upgrade;
use serde::{Deserialize, Serialize};

/// Of version 1: the role is whatever stood before the colon.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MessageV1 {
    pub(super) role: String,
    pub(super) text: String,
}

/// Of version 2. `Vec<MessageV1>` becomes `Vec<MessageV2>` by itself, and an error says which of them it was.
#[derive(Debug, Clone, Serialize, Deserialize, Upgrade)]
#[versioned(previous = MessageV1, reversible)]
pub(super) struct MessageV2 {
    #[versioned(try_with = Role::of, back_with = Role::name)]
    role: Role,
    text: String,
}

/// Who has said it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    User,
    Assistant,
    System,
}

impl Role {
    /// The first release called the assistant a bot.
    fn of(name: String) -> Result<Self, String> {
        match name.as_str() {
            "user" => Ok(Self::User),
            "assistant" | "bot" => Ok(Self::Assistant),
            "system" => Ok(Self::System),
            _ => Err(format!("there is no role \"{name}\"; there are user, assistant and system")),
        }
    }

    fn name(self) -> String {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::System => "system",
        }
        .to_owned()
    }
}

/// As in "user: hello".
pub(super) fn said(lines: Vec<String>) -> Result<Vec<MessageV1>, String> {
    let said = lines.into_iter().enumerate().map(|(place, line)| match line.split_once(": ") {
        Some((role, text)) => Ok(MessageV1 { role: role.to_owned(), text: text.to_owned() }),
        None => Err(format!("nobody has said line {place}: \"{line}\"")),
    });
    said.collect()
}

pub(super) fn lines(messages: Vec<MessageV1>) -> Vec<String> {
    messages.into_iter().map(|MessageV1 { role, text }| format!("{role}: {text}")).collect()
}
