//! How long documents live.

use std::time::Duration;

use bson::doc;

use super::{
    super::{Context, Direction, Step, Transaction, Work},
    ChangeIndex, CreateIndex, IndexSpec, change_index, create_index,
};

/// Made by [`time_to_live`].
#[derive(Debug, Clone)]
pub struct TimeToLive {
    collection: String,
    field: String,
    age: Duration,
    before: Option<Duration>,
}

/// Deletes documents so long after the date in their field, by an index on that field, which the server looks through once a minute. Documents
/// without a date there stay.
///
/// If there is such an index already, it is changed where it is, and [`replacing`](TimeToLive::replacing) has to say what it was. The way back makes it that again, or
/// drops the index that was created. What was deleted meanwhile does not come back.
///
/// ```
/// use std::time::Duration;
///
/// use schema_runtime::migration::{Migration, steps};
///
/// let day = Duration::from_secs(24 * 60 * 60);
/// let migration =
///     Migration::new("20261122-sessions").step(steps::time_to_live("sessions", "at", day * 30).replacing(day * 7));
/// # assert_eq!(migration.id(), "20261122-sessions");
/// ```
#[must_use]
pub fn time_to_live(collection: impl Into<String>, field: impl Into<String>, age: Duration) -> TimeToLive {
    TimeToLive { collection: collection.into(), field: field.into(), age, before: None }
}

impl TimeToLive {
    /// What it was before.
    #[must_use]
    pub fn replacing(mut self, age: Duration) -> Self {
        self.before = Some(age);
        self
    }

    fn index(&self, age: Duration) -> IndexSpec {
        IndexSpec::on(doc! { &self.field: 1 }).expire_after(age)
    }

    fn created(&self) -> CreateIndex {
        create_index(&self.collection, self.index(self.age))
    }

    fn changed(&self, before: Duration) -> ChangeIndex {
        change_index(&self.collection, self.index(before), self.index(self.age))
    }
}

impl Step for TimeToLive {
    fn describe(&self) -> String {
        let Self { collection, field, age, before } = self;
        let before = before.map(|before| format!(", before that {} seconds", before.as_secs()));
        format!(
            "let documents of `{collection}` live {} seconds from `{field}` on{}",
            age.as_secs(),
            before.unwrap_or_default()
        )
    }

    fn up<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(async move {
            match self.before {
                Some(before) => self.changed(before).up(context).await,
                None => self.created().up(context).await,
            }
        })
    }

    fn down<'a>(&'a self, context: &'a Context) -> Work<'a> {
        Box::pin(async move {
            match self.before {
                Some(before) => self.changed(before).down(context).await,
                None => self.created().down(context).await,
            }
        })
    }

    fn transaction(&self) -> Transaction {
        Transaction::Never
    }

    fn is_repeatable(&self, _: Direction) -> bool {
        true
    }

    fn destroys(&self, direction: Direction) -> Option<String> {
        match self.before {
            Some(before) => self.changed(before).destroys(direction),
            None => self.created().destroys(direction),
        }
    }
}
