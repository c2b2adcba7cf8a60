//! The tests that hold the chain, and their files: what the next version adds to them.
//!
//! It carries every field, so what these files would have after `SCHEMA_GOLDEN=add SCHEMA_LOCK=add cargo test` is known already: the
//! documents of the version before, under the next number, and its shape.

mod calls;

use std::{fs, io, path::Path};

use self::calls::{Call, golden_tests, lock_tests};
use super::{Plan, declared::Declared, definition::holds_itself};
use crate::{
    population::name_of_value,
    scaffold::{
        ScaffoldError,
        edits::{Change, Edit, new_file},
    },
    testing::{Next, with_next},
};

/// Where the version is stored if nobody says so.
const VERSION_FIELD: &str = "schemaVersion";

pub(super) fn write(plan: &mut Plan<'_>) -> Result<(), ScaffoldError> {
    let package = plan.index.package;
    let (golden, locks) = (golden_tests(package), lock_tests(package));
    named_by_number(plan, golden.iter().chain(&locks));
    let current = plan.names.current();
    let concerns = |call: &&Call| current.contains(&call.type_name.as_str());
    let golden: Vec<_> = golden.iter().filter(concerns).cloned().collect();
    let locks: Vec<_> = locks.iter().filter(concerns).cloned().collect();
    if golden.is_empty() && locks.is_empty() {
        return Ok(());
    }
    // What is stored within it has the next number, too, and where it cannot be told from what others have stored.
    if holds_itself(&plan.chain.newest, &plan.names.all()) {
        by_people(plan, "the type holds documents of its own type");
        return Ok(());
    }
    if plan.chain.start().is_none() {
        by_people(plan, "the type that starts the chain is not in this package");
        return Ok(());
    }
    for call in &golden {
        golden_files(plan, call)?;
    }
    for call in &locks {
        lock_file(plan, call)?;
    }
    Ok(())
}

fn by_people(plan: &mut Plan<'_>, why: &str) {
    plan.note(format!(
        "{why}: run `SCHEMA_LOCK=add SCHEMA_GOLDEN=add cargo test`, and check in what it writes"
    ));
}

/// A test of the struct that is left stays with it.
fn named_by_number<'b>(plan: &mut Plan<'_>, calls: impl Iterator<Item = &'b Call>) {
    if plan.names.renames() {
        return;
    }
    let (was, new) = (plan.names.was.clone(), plan.names.shown().to_owned());
    for call in calls.filter(|call| call.type_name == was) {
        plan.note(format!(
            "the test at {} is about `{was}` and does not see the next version; name `{new}` there, and run \
             `SCHEMA_LOCK=add SCHEMA_GOLDEN=add cargo test`",
            call.place
        ));
    }
}

fn golden_files(plan: &mut Plan<'_>, call: &Call) -> Result<(), ScaffoldError> {
    let Some(folder) = &call.argument else {
        by_people(plan, &format!("the folder of the golden documents at {} is no text", call.place));
        return Ok(());
    };
    let folder = plan.path(folder);
    let newest = plan.chain.newest.version;
    let field = plan.chain.inherited(|one| one.keys.text("version_field"));
    let next = Next { version: newest, version_field: field.as_deref().unwrap_or(VERSION_FIELD) };
    let mut edits = Vec::new();
    let versions: Vec<(u32, bool)> =
        plan.chain.versions().iter().map(|one| (one.version, one.is_enum())).collect();
    for (version, is_enum) in versions {
        let path = folder.join(format!("{version}.json"));
        let Some(text) = read(&path)? else {
            by_people(plan, &format!("version {version} has no golden document in {}", call.shown()));
            return Ok(());
        };
        let planned = next.outcome(&text, is_enum).and_then(|outcome| {
            let file = if version == newest { Some(next.file(&text, is_enum)?) } else { None };
            Ok((outcome, file))
        });
        let (outcome, file) = match planned {
            Ok(planned) => planned,
            Err(why) => {
                by_people(plan, &format!("{version}.json in {} cannot be continued ({why})", call.shown()));
                return Ok(());
            }
        };
        let after = newest.saturating_add(1);
        if let Some(file) = file {
            let path = folder.join(format!("{after}.json"));
            if read(&path)?.is_none() {
                edits.push(new_file(&path, file, format!("the golden document of version {after}")));
            }
        }
        if outcome != text {
            let line = first_difference(&text, &outcome);
            let what = format!("what the document of version {version} is at version {after}");
            edits.push(Edit::new(path, Some(text), outcome, vec![Change { line, what }]));
        }
    }
    plan.add_files(edits);
    Ok(())
}

fn lock_file(plan: &mut Plan<'_>, call: &Call) -> Result<(), ScaffoldError> {
    let Some(file) = &call.argument else {
        by_people(plan, &format!("the path of the lock file at {} is no text", call.place));
        return Ok(());
    };
    let path = plan.path(file);
    let name = match (&call.name, plan.chain.inherited(|one| one.keys.text("collection"))) {
        (Some(Some(name)), _) => name.clone(),
        (Some(None), _) => {
            by_people(plan, &format!("the name of the document at {} is no text", call.place));
            return Ok(());
        }
        (None, Some(collection)) => {
            let kind = plan.chain.inherited(|one| one.keys.kind_value());
            name_of_value(&collection, kind.as_deref()).to_string()
        }
        (None, None) => start_name(plan, call),
    };
    let Some(text) = plan.as_planned(&path).map_or_else(|| read(&path), |text| Ok(Some(text)))? else {
        by_people(plan, &format!("there is no {file} yet"));
        return Ok(());
    };
    let newest = plan.chain.newest.version;
    match with_next(&text, &name, newest, &plan.names.new) {
        Ok(Some(after)) => {
            let line = first_difference(&text, &after);
            let what = format!("version {} of `{name}`", newest.saturating_add(1));
            plan.add_files(vec![Edit::new(path, Some(text), after, vec![Change { line, what }])]);
        }
        Ok(None) => by_people(plan, &format!("version {newest} of `{name}` is not what {file} ends with")),
        Err(why) => by_people(plan, &format!("{file} cannot be continued ({why})")),
    }
    Ok(())
}

/// Without a collection, the entries have the name of the type that starts the chain. If that is renamed, the test says the name.
fn start_name(plan: &mut Plan<'_>, call: &Call) -> String {
    let start = plan.chain.start().map_or_else(|| plan.names.was.clone(), |start| start.name.clone());
    let is_newest = plan.chain.start().is_some_and(|start: &Declared<'_>| start.is(&plan.chain.newest));
    if plan.names.renames()
        && is_newest
        && let Some(source) = plan.index.package.sources.get(call.source)
    {
        let what = format!("its entries are those of `{start}`");
        plan.patch(source).report(call.method.clone(), "document_as", what);
        plan.patch(source).replace(call.brackets.clone(), format!("(\"{start}\")"));
    }
    start
}

fn read(path: &Path) -> Result<Option<String>, ScaffoldError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ScaffoldError::io("read", path, source)),
    }
}

/// The first line that is another one.
fn first_difference(before: &str, after: &str) -> usize {
    1 + before.lines().zip(after.lines()).take_while(|(before, after)| before == after).count()
}

impl Plan<'_> {
    /// Several tests may have the same files.
    fn add_files(&mut self, edits: Vec<Edit>) {
        for edit in edits {
            match self.others.iter_mut().find(|other| other.path == edit.path) {
                Some(other) => other.continue_with(edit),
                None => self.others.push(edit),
            }
        }
    }

    fn as_planned(&self, path: &Path) -> Option<String> {
        self.others.iter().find(|other| other.path == path).map(|other| other.text().to_owned())
    }
}
