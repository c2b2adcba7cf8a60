//! The text of a new migration, and of the list of all.

use super::name::Name;

pub(super) fn migration(krate: &str, name: &Name, author: Option<&str>) -> String {
    let description = name.description();
    let sentence = if description.ends_with(['.', '!', '?']) { "" } else { "." };
    let author = author.map(|author| format!("\n        .author({})", literal(author))).unwrap_or_default();
    format!(
        "\
//! {description}{sentence}

use {krate}::migration::{{Context, Migration}};

/// {description}{sentence}
pub(super) fn migration() -> Migration {{
    Migration::new({id})
        .description({text}){author}
        .date({date})
        .source(include_str!({file}))
        .up(async |context: Context| {{
            // What it does. Ready-made steps are in `{krate}::migration::steps`.
            let _database = context.database();
            Err(\"this migration is not written yet\".into())
        }})
        .down(async |context: Context| {{
            let _database = context.database();
            Err(\"the way back of this migration is not written yet\".into())
        }})
}}
",
        id = literal(&name.id()),
        text = literal(description),
        date = literal(name.date()),
        file = literal(&format!("{}.rs", name.module())),
    )
}

/// A comment within the list keeps one migration a line, whatever the width: two branches that add one each then differ in lines.
pub(super) fn list(krate: &str, name: &Name) -> String {
    let module = name.module();
    format!(
        "\
//! The migrations of this service, in the order in which they are run.

use {krate}::migration::Migration;

mod {module};

/// All of them.
pub(crate) fn all() -> Vec<Migration> {{
    vec![
        // A new one goes to the end.
        {module}::migration(),
    ]
}}
"
    )
}

fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => literal.extend(['\\', letter]),
            letter if letter.is_control() => literal.extend(letter.escape_default()),
            letter => literal.push(letter),
        }
    }
    literal.push('"');
    literal
}
