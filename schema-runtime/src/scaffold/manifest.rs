//! What a package calls this crate: a dependency may have a name of its own.

use std::{fs, path::Path};

use toml::{Table, Value};

const PACKAGE: &str = "schema-runtime";

/// The name for a `use` in a file of the package that this path lies in. Where the manifest says nothing, it is the crate's own.
pub(super) fn crate_name(path: &Path) -> String {
    let manifests = path.ancestors().filter_map(|folder| manifest(&folder.join("Cargo.toml")));
    let manifests: Vec<_> = manifests.collect();
    let name = manifests.first().and_then(|package| name(package, manifests.iter().find_map(of_workspace)));
    name.unwrap_or_else(|| PACKAGE.to_owned()).replace('-', "_")
}

fn manifest(path: &Path) -> Option<Table> {
    fs::read_to_string(path).ok()?.parse().ok()
}

fn of_workspace(manifest: &Table) -> Option<&Table> {
    manifest.get("workspace")?.get("dependencies")?.as_table()
}

fn name(package: &Table, workspace: Option<&Table>) -> Option<String> {
    let of_targets = package.get("target").and_then(Value::as_table);
    let tables = [package]
        .into_iter()
        .chain(of_targets.into_iter().flat_map(Table::values).filter_map(Value::as_table));
    let dependencies =
        tables.filter_map(|table| table.get("dependencies")).filter_map(Value::as_table).flatten();
    let renamed = |entry: &Value| entry.get("package").and_then(Value::as_str).map(str::to_owned);
    let mut found = dependencies.filter(|(name, entry)| {
        let inherited = entry.get("workspace").and_then(Value::as_bool) == Some(true);
        let entry =
            if inherited { workspace.and_then(|workspace| workspace.get(*name)) } else { Some(*entry) };
        entry.and_then(renamed).as_deref().unwrap_or(name) == PACKAGE
    });
    found.next().map(|(name, _)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(package: &str, workspace: &str) -> Option<String> {
        let workspace: Table = workspace.parse().unwrap();
        name(&package.parse().unwrap(), of_workspace(&workspace))
    }

    #[test]
    fn the_name_is_that_of_the_dependency() {
        assert_eq!(named("[dependencies]\nschema-runtime = \"0.1\"", "").unwrap(), PACKAGE);
        let renamed = "[dependencies.documents]\npackage = \"schema-runtime\"\nversion = \"0.1\"";
        assert_eq!(named(renamed, "").unwrap(), "documents");
        let target =
            "[target.'cfg(unix)'.dependencies]\ndocs = { package = \"schema-runtime\", version = \"1\" }";
        assert_eq!(named(target, "").unwrap(), "docs");
        let workspace = "[workspace.dependencies]\ndb = { package = \"schema-runtime\", version = \"1\" }";
        assert_eq!(named("[dependencies]\ndb.workspace = true", workspace).unwrap(), "db");
        assert_eq!(named("[dependencies]\nserde = \"1\"", workspace), None);
    }
}
