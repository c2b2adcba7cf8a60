//! What the user of a connection may do, and what a backfill needs.

use std::{collections::BTreeSet, fmt};

use bson::{Document, RawDocumentBuf, doc};
use mongodb::Collection;
use serde::Serialize;

use super::server::run;
use crate::{
    backfill::{FAILURES, JOBS, PREIMAGES},
    error::Error,
    versions::VERSIONS,
};

/// The job's own collections, beside the one that is backfilled.
const BOOKS: [&str; 3] = [JOBS, FAILURES, PREIMAGES];
const ON_DOCUMENTS: [&str; 2] = ["find", "update"];
const ON_BOOKS: [&str; 5] = ["find", "insert", "update", "remove", "createIndex"];
/// To see what live services read, and to lower the floor.
const ON_VERSIONS: [&str; 2] = ["find", "update"];

/// What the user of a connection may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Permissions {
    /// The users that the connection has logged in as, as in `admin.ada`. None: it has not logged in, and since the server
    /// answers even so, everybody may do everything.
    pub users: Vec<String>,
    /// What a backfill needs and they may not do.
    pub missing: Vec<Missing>,
}

/// Actions that are needed on a collection, by their names in MongoDB's roles, and not permitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Missing {
    /// The collection.
    pub collection: String,
    /// The actions.
    pub actions: Vec<&'static str>,
}

impl Permissions {
    pub(super) async fn ask(collection: &Collection<RawDocumentBuf>) -> Result<Self, Error> {
        let status = doc! { "connectionStatus": 1, "showPrivileges": true };
        let status = run(collection, "connectionStatus", status).await?;
        let nobody = Document::new();
        let information = status.get_document("authInfo").unwrap_or(&nobody);
        Ok(Self::of(information, &collection.namespace().db, collection.name()))
    }

    fn of(information: &Document, database: &str, collection: &str) -> Self {
        let name =
            |user: &Document| Some(format!("{}.{}", user.get_str("db").ok()?, user.get_str("user").ok()?));
        let users: Vec<_> = documents(information, "authenticatedUsers").filter_map(name).collect();
        if users.is_empty() {
            return Self { users, missing: Vec::new() };
        }
        let privileges: Vec<_> = documents(information, "authenticatedUserPrivileges").collect();
        let missing = |collection: &str, needed: &[&'static str]| {
            let permitted: BTreeSet<&str> = privileges
                .iter()
                .filter(|privilege| covers(privilege, database, collection))
                .filter_map(|privilege| privilege.get_array("actions").ok())
                .flat_map(|actions| actions.iter().filter_map(|action| action.as_str()))
                .collect();
            let actions: Vec<_> =
                needed.iter().copied().filter(|action| !permitted.contains(action)).collect();
            (!actions.is_empty()).then(|| Missing { collection: collection.to_owned(), actions })
        };
        let documents = missing(collection, &ON_DOCUMENTS).into_iter();
        let books = BOOKS.iter().filter_map(|books| missing(books, &ON_BOOKS));
        let missing = documents.chain(books).chain(missing(VERSIONS, &ON_VERSIONS)).collect();
        Self { users, missing }
    }
}

fn documents<'a>(document: &'a Document, field: &str) -> impl Iterator<Item = &'a Document> {
    let elements = document.get_array(field).map(Vec::as_slice).unwrap_or_default();
    elements.iter().filter_map(|element| element.as_document())
}

/// Whether a privilege is for this collection: an empty name stands for all, but not for the server's own collections
/// (<https://www.mongodb.com/docs/manual/reference/resource-document/>).
fn covers(privilege: &Document, database: &str, collection: &str) -> bool {
    let Ok(resource) = privilege.get_document("resource") else { return false };
    if resource.get_bool("anyResource").unwrap_or(false) {
        return true;
    }
    let (Ok(on_database), Ok(on_collection)) = (resource.get_str("db"), resource.get_str("collection"))
    else {
        return false;
    };
    (on_database.is_empty() || on_database == database)
        && (on_collection == collection || (on_collection.is_empty() && !collection.starts_with("system.")))
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, actions } = self;
        write!(f, "the user may not {} in `{collection}`; grant a role with that", actions.join(", "))
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.users.is_empty() {
            return f.write_str("nobody has logged in, and the server lets everybody do everything");
        }
        f.write_str(&self.users.join(", "))?;
        let missing: Vec<String> = self.missing.iter().map(ToString::to_string).collect();
        match missing.is_empty() {
            true => f.write_str(", with all permissions that are needed"),
            false => write!(f, ": {}", missing.join("; ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(privileges: Vec<Document>) -> Vec<Missing> {
        let information = doc! {
            "authenticatedUsers": [{ "user": "ada", "db": "admin" }],
            "authenticatedUserPrivileges": privileges,
        };
        Permissions::of(&information, "shop", "articles").missing
    }

    fn all_on(resource: Document) -> Document {
        doc! { "resource": resource, "actions": ON_BOOKS.to_vec() }
    }

    #[test]
    fn an_empty_name_is_every_collection() {
        for resource in [
            doc! { "db": "shop", "collection": "" },
            doc! { "db": "", "collection": "" },
            doc! { "anyResource": true },
        ] {
            assert_eq!(missing(vec![all_on(resource)]), []);
        }
        for resource in [
            doc! { "db": "other", "collection": "" },
            doc! { "cluster": true },
            doc! { "db": "shop", "collection": "x" },
        ] {
            assert_eq!(missing(vec![all_on(resource)]).len(), 5);
        }
    }

    #[test]
    fn privileges_of_several_roles_add_up() {
        let articles = doc! { "db": "shop", "collection": "articles" };
        let on_articles = |action: &str| doc! { "resource": articles.clone(), "actions": [action] };
        let books = BOOKS.map(|books| all_on(doc! { "db": "shop", "collection": books }));
        let mut privileges = books.to_vec();
        privileges.push(all_on(doc! { "db": "shop", "collection": VERSIONS }));
        privileges.push(on_articles("find"));
        let expected = Missing { collection: "articles".to_owned(), actions: vec!["update"] };
        assert_eq!(missing(privileges.clone()), [expected]);
        privileges.push(on_articles("update"));
        assert_eq!(missing(privileges), []);
    }
}
