//! Random histories, one operation after the other beside a running backfill: every result is the model's.

use mongodb::bson::doc;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{DecodeErrorKind, Error, WriteBack, collection::Replaced};
use schema_tests::stored::all;

use super::{
    Releases,
    model::{Known, Model, as_old},
};
use crate::{
    collection::{User, UserV2, user},
    support::database,
};

const IDS: i32 = 12;

#[derive(Debug, Clone)]
enum Operation {
    Insert { id: i32 },
    Increment { id: i32 },
    IncrementMany { below: i32 },
    Rename { id: i32, login: u8 },
    Modify { id: i32 },
    Save { id: i32 },
    Replace { id: i32, visits: i64 },
    Delete { id: i32 },
    Read { id: i32 },
    Query { login: u8 },
    Deactivate { id: i32 },
    Inactive,
    Backfill,
}

fn operation() -> impl Strategy<Value = (bool, Operation)> {
    let id = 0..IDS;
    let operation = prop_oneof![
        2 => id.clone().prop_map(|id| Operation::Insert { id }),
        3 => id.clone().prop_map(|id| Operation::Increment { id }),
        1 => (0..IDS / 2).prop_map(|below| Operation::IncrementMany { below }),
        3 => (id.clone(), 0..4_u8).prop_map(|(id, login)| Operation::Rename { id, login }),
        3 => id.clone().prop_map(|id| Operation::Modify { id }),
        3 => id.clone().prop_map(|id| Operation::Save { id }),
        2 => (id.clone(), any::<i8>()).prop_map(|(id, visits)| Operation::Replace { id, visits: visits.into() }),
        1 => id.clone().prop_map(|id| Operation::Delete { id }),
        2 => id.clone().prop_map(|id| Operation::Read { id }),
        4 => (0..4_u8).prop_map(|login| Operation::Query { login }),
        2 => id.prop_map(|id| Operation::Deactivate { id }),
        2 => Just(Operation::Inactive),
        1 => Just(Operation::Backfill),
    ];
    (any::<bool>(), operation)
}

fn login(of: u8) -> String {
    format!("login{of}")
}

/// Whether an operation of the older release was turned down because the document is newer than it, as it may be.
fn turned_down(error: &Error, known: Option<&Known>) -> bool {
    let newer =
        matches!(error, Error::Decode(error) if matches!(error.kind(), DecodeErrorKind::Newer { .. }));
    newer && known.is_some_and(|known| known.may_be_new)
}

struct History {
    releases: Releases,
    model: Model,
    backfills: Vec<tokio::task::JoinHandle<()>>,
    /// The newer release writes what the older one reads, and nobody backfills.
    rolling: bool,
}

impl History {
    async fn step(&mut self, old: bool, operation: &Operation) {
        match operation {
            // Beyond what the older version has words for, or for later.
            Operation::Backfill | Operation::Deactivate { .. } if self.rolling => {}
            Operation::Backfill => self.backfill(),
            Operation::Inactive => self.inactive().await,
            Operation::Query { login: of } => self.query(old, &login(*of)).await,
            Operation::IncrementMany { below } => self.increment_many(*below).await,
            Operation::Deactivate { id } => self.deactivate(*id).await,
            Operation::Delete { id } => self.delete(old, *id).await,
            Operation::Insert { id } => self.insert(old, *id).await,
            Operation::Read { id } => self.read(old, *id).await,
            Operation::Replace { id, visits } => self.replace(old, *id, *visits).await,
            Operation::Increment { id } => {
                let (filter, update) = (doc! { "_id": id }, doc! { "$inc": { "visits": 1_i64 } });
                let result = if old {
                    self.releases.old.update_one(filter, update).await.map(|result| result.matched_count)
                } else {
                    self.releases.new.update_one(filter, update).await.map(|result| result.matched_count)
                };
                self.changed(old, *id, result.map(|matched| matched == 1), |user| user.visits += 1);
            }
            Operation::Rename { id, login: of } => {
                let Some(before) = self.model.users.get(id).map(|known| known.user.login.clone()) else {
                    return;
                };
                let (filter, update) =
                    (doc! { "_id": id, "login": before }, doc! { "$set": { "login": login(*of) } });
                let result = if old {
                    self.releases.old.find_one_and_update(filter, update).await.map(|found| found.is_some())
                } else {
                    self.releases.new.find_one_and_update(filter, update).await.map(|found| found.is_some())
                };
                self.changed(old, *id, result, |user| user.login = login(*of));
            }
            Operation::Modify { id } => {
                let filter = doc! { "_id": id };
                let result = if old {
                    let tag = |user: &mut UserV2| user.tags.push("old".to_owned());
                    self.releases.old.modify(filter, tag).await.map(|found| found.is_some())
                } else {
                    let tag = |user: &mut User| user.tags.push("new".to_owned());
                    self.releases.new.modify(filter, tag).await.map(|found| found.is_some())
                };
                let tag = if old { "old" } else { "new" };
                self.changed(old, *id, result, |user| user.tags.push(tag.to_owned()));
            }
            Operation::Save { id } => {
                let result = if old { self.save_old(*id).await } else { self.save_new(*id).await };
                self.changed(old, *id, result, |user| user.visits += 10);
            }
        }
    }

    /// Loads and saves until nobody is faster; the backfill may be.
    async fn save_new(&self, id: i32) -> Result<bool, Error> {
        loop {
            let Some(mut loaded) = self.releases.new.get(id).await? else { return Ok(false) };
            loaded.visits += 10;
            match self.releases.new.save(&mut loaded).await {
                Err(Error::Changed { .. }) => {}
                saved => return saved.map(|()| true),
            }
        }
    }

    async fn save_old(&self, id: i32) -> Result<bool, Error> {
        loop {
            let Some(mut loaded) = self.releases.old.get(id).await? else { return Ok(false) };
            loaded.visits += 10;
            match self.releases.old.save(&mut loaded).await {
                Err(Error::Changed { .. }) => {}
                saved => return saved.map(|()| true),
            }
        }
    }

    /// The model follows what one document was said to have become.
    fn changed(&mut self, old: bool, id: i32, result: Result<bool, Error>, change: impl FnOnce(&mut User)) {
        let known = self.model.users.get_mut(&id);
        match (result, known) {
            (Ok(true), Some(known)) => {
                change(&mut known.user);
                known.may_be_new |= !old && !self.rolling;
            }
            (Ok(found), known) => assert_eq!(found, known.is_some(), "document {id}"),
            (Err(error), known) => assert!(old && turned_down(&error, known.as_deref()), "{error}"),
        }
    }

    fn backfill(&mut self) {
        self.model.backfill();
        let users = self.releases.new.clone();
        self.backfills.push(tokio::spawn(async move {
            users.backfill().run().await.unwrap();
        }));
    }

    async fn insert(&mut self, old: bool, id: i32) {
        let result = if old {
            self.releases.old.insert_one(as_old(&user(id))).await
        } else {
            self.releases.new.insert_one(user(id)).await
        };
        assert_eq!(result.is_ok(), !self.model.users.contains_key(&id), "{result:?}");
        if result.is_ok() {
            // A backfill that is under way may bring it up.
            let may_be_new = (!old && !self.rolling) || !self.backfills.is_empty();
            self.model.users.insert(id, Known { user: user(id), may_be_new });
        }
    }

    async fn delete(&mut self, old: bool, id: i32) {
        let filter = doc! { "_id": id };
        let deleted = if old {
            self.releases.old.delete_one(filter).await.unwrap()
        } else {
            self.releases.new.delete_one(filter).await.unwrap()
        };
        assert_eq!(deleted.deleted_count == 1, self.model.users.remove(&id).is_some());
    }

    async fn read(&mut self, old: bool, id: i32) {
        let filter = doc! { "_id": id };
        let known = self.model.users.get_mut(&id);
        if old {
            let writing = self.releases.old.clone().with_write_back(WriteBack::always());
            match writing.find_one(filter).await {
                Ok(found) => assert_eq!(found, known.map(|known| as_old(&known.user))),
                Err(error) => assert!(turned_down(&error, known.as_deref()), "{error}"),
            }
        } else {
            let writing = self.releases.new.clone().with_write_back(WriteBack::always());
            let found = writing.find_one(filter).await.unwrap();
            assert_eq!(found, known.as_ref().map(|known| known.user.clone()));
            if let Some(known) = known {
                known.may_be_new |= !self.rolling;
            }
        }
    }

    async fn replace(&mut self, old: bool, id: i32, visits: i64) {
        let mut replacement = user(id);
        replacement.visits = visits;
        let filter = doc! { "_id": id };
        let result = if old {
            self.releases.old.replace_one(filter, &as_old(&replacement)).await
        } else {
            self.releases.new.replace_one(filter, &replacement).await
        };
        let result = result.map(|replaced| replaced == Replaced::Replaced);
        self.changed(old, id, result, |user| {
            // The older release knows nothing of what is new, and what is not new has its default.
            replacement.active = if old { user.active } else { replacement.active };
            *user = replacement;
        });
    }

    async fn increment_many(&mut self, below: i32) {
        let (filter, update) = (doc! { "_id": { "$lt": below } }, doc! { "$inc": { "visits": 1_i64 } });
        let result = self.releases.new.update_many(filter, update).await.unwrap();
        let mut matched = 0;
        for (_, known) in self.model.users.range_mut(..below) {
            known.user.visits += 1;
            known.may_be_new |= !self.rolling;
            matched += 1;
        }
        assert_eq!(result.matched_count, matched);
    }

    async fn deactivate(&mut self, id: i32) {
        let (filter, update) = (doc! { "_id": id, "active": true }, doc! { "$set": { "active": false } });
        let result = self.releases.new.update_one(filter, update).await.unwrap();
        let known = self.model.users.get_mut(&id).filter(|known| known.user.active);
        assert_eq!(result.matched_count == 1, known.is_some());
        if let Some(known) = known {
            known.user.active = false;
            known.may_be_new |= !self.rolling;
        }
    }

    /// By a field that only the newest version has.
    async fn inactive(&self) {
        let found = self.releases.new.find(doc! { "active": false }).sort(doc! { "_id": 1 }).await.unwrap();
        assert_eq!(found.try_collect().await.unwrap(), self.model.matching(|user| !user.active));
        let count = self.releases.new.count_documents(doc! { "active": { "$ne": false } }).await.unwrap();
        assert_eq!(usize::try_from(count), Ok(self.model.matching(|user| user.active).len()));
    }

    async fn query(&self, old: bool, login: &str) {
        let filter = doc! { "login": login };
        let expected = self.model.matching(|user| user.login == login);
        if !old {
            let found = self.releases.new.find(filter).sort(doc! { "_id": 1 }).await.unwrap();
            assert_eq!(found.try_collect().await.unwrap(), expected);
            return;
        }
        let mut found = self.releases.old.find(filter).sort(doc! { "_id": 1 }).await.unwrap();
        for user in expected {
            match found.next().await.expect("as many as there are") {
                Ok(found) => assert_eq!(found, as_old(&user)),
                Err(error) => assert!(turned_down(&error, self.model.users.get(&user.id)), "{error}"),
            }
        }
        assert!(found.next().await.is_none());
    }
}

fn every_result_is_that_of_the_model(rolling: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 20, failure_persistence: None, ..Config::default() });
    let histories = vec(operation(), 10..120);
    let result = runner.run(&histories, |operations| {
        runtime.block_on(async {
            let ids = || 0..IDS / 2;
            let releases = Releases::on(&database, ids()).await;
            let releases = if rolling { releases.rolling() } else { releases };
            let mut history = History { releases, model: Model::of(ids()), backfills: Vec::new(), rolling };
            for (old, operation) in &operations {
                history.step(*old, operation).await;
            }
            for backfill in std::mem::take(&mut history.backfills) {
                backfill.await.unwrap();
            }
            if rolling {
                // All of it is there for the older release.
                let found: Vec<UserV2> = all(history.releases.old.collection()).await.unwrap();
                assert_eq!(found, history.model.matching(|_| true).iter().map(as_old).collect::<Vec<_>>());
            }
            history.releases.new.backfill().run().await.unwrap();
            let found: Vec<User> = all(history.releases.new.collection()).await.unwrap();
            assert_eq!(found, history.model.matching(|_| true));
        });
        Ok(())
    });
    result.unwrap();
}

#[test]
fn every_result_is_that_of_the_model_beside_a_backfill() {
    every_result_is_that_of_the_model(false);
}

#[test]
fn every_result_is_that_of_the_model_while_the_older_version_is_written() {
    every_result_is_that_of_the_model(true);
}
