//! A new migration: its file, and its place in the list of all.

mod name;
mod register;
mod template;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use bson::DateTime;

use self::{name::Name, register::Registered};
use super::{
    ScaffoldError,
    edits::{Change, Edit, Edits, new_file},
    manifest::crate_name,
    style::Style,
};

/// Plans a new migration: a file that has its name, its day and its author, and fails until somebody has written what it does.
///
/// `folder` is that of the migrations, as in `src/migrations`; the list of all is `mod.rs` in it, or the file of its name beside it
/// (`src/migrations.rs`). Where there is neither, `mod.rs` is written as well. `name` is a few words in any of the usual ways: `add tags`,
/// `add-tags`, `add_tags`, `AddTags`.
///
/// ```
/// use schema_runtime::{bson::DateTime, scaffold};
///
/// # let folder = std::env::temp_dir().join(format!("schema-runtime-doc-{}", std::process::id()));
/// let edits = scaffold::new_migration(&folder, "add tags", DateTime::from_millis(0), Some("ada"))?;
/// let names: Vec<_> = edits.files.iter().filter_map(|file| file.path.file_name()).collect();
/// assert_eq!(names, ["m19700101_000000_add_tags.rs", "mod.rs"]);
/// // Nothing is written before this.
/// # if false {
/// edits.apply()?;
/// # }
/// # Ok::<(), scaffold::ScaffoldError>(())
/// ```
///
/// # Errors
///
/// - [`MigrationName`](ScaffoldError::MigrationName) for a name that no file and no module could have,
/// - [`NoList`](ScaffoldError::NoList), with the two lines to write by hand, where the list of all is none that this function knows: one
///   `vec![..]` or array of calls such as `m20261122_093000_add_tags::migration()`,
/// - [`Exists`](ScaffoldError::Exists) if a migration of the same second has the name.
pub fn new_migration(
    folder: impl AsRef<Path>,
    name: &str,
    now: DateTime,
    author: Option<&str>,
) -> Result<Edits, ScaffoldError> {
    let folder = folder.as_ref();
    let name = Name::new(name, now)?;
    let path = folder.join(format!("{}.rs", name.module()));
    if path.exists() {
        return Err(ScaffoldError::Exists { path });
    }
    let absolute = std::path::absolute(folder).map_err(|source| ScaffoldError::io("find", folder, source))?;
    let krate = crate_name(&absolute);
    let author = author.map(str::trim).filter(|author| !author.is_empty());
    let text = template::migration(&krate, &name, author);
    let mut notes = Vec::new();
    let list = match existing(folder)? {
        Some((path, before)) => {
            let Registered { after, declared, listed } = register::register(
                &path,
                &before,
                &name.module(),
                Style::of(&std::path::absolute(&path).unwrap_or_default()),
            )?;
            let changes = vec![
                Change { line: declared, what: format!("`mod {};`", name.module()) },
                Change { line: listed, what: "its place, behind all others".to_owned() },
            ];
            Edit::new(path, Some(before), after, changes)
        }
        None => {
            let module = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            notes.push(format!(
                "declare `mod {module};` beside that folder, and give `{module}::all()` to whatever runs the migrations"
            ));
            new_file(&folder.join("mod.rs"), template::list(&krate, &name), "the list of all migrations")
        }
    };
    let what = format!("the migration `{}`, which is to be written", name.id());
    Ok(Edits::new(format!("migration `{}`", name.id()), vec![new_file(&path, text, what), list], notes))
}

/// The file that has the list.
fn existing(folder: &Path) -> Result<Option<(PathBuf, String)>, ScaffoldError> {
    for path in [folder.join("mod.rs"), folder.with_extension("rs")] {
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(Some((path, text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(ScaffoldError::io("read", &path, source)),
        }
    }
    Ok(None)
}
