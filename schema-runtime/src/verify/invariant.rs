//! A rule of the service's own.

use std::{error::Error, fmt, pin::Pin};

use bson::RawDocument;
use schema_core::{DecodeOwned, decode};

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;
type Pending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

pub(super) struct Invariant<'a, T> {
    pub(super) name: String,
    rule: Rule<'a, T>,
}

enum Rule<'a, T> {
    Now(Box<dyn Fn(&T) -> Outcome + Send + Sync + 'a>),
    Later(Box<dyn Fn(T) -> Pending<'a> + Send + Sync + 'a>),
}

impl<'a, T: DecodeOwned> Invariant<'a, T> {
    pub(super) fn new<E>(name: String, rule: impl Fn(&T) -> Result<(), E> + Send + Sync + 'a) -> Self
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let rule = move |document: &T| rule(document).map_err(Into::into);
        Self { name, rule: Rule::Now(Box::new(rule)) }
    }

    pub(super) fn new_async<E, F>(name: String, rule: impl Fn(T) -> F + Send + Sync + 'a) -> Self
    where
        F: Future<Output = Result<(), E>> + Send + 'a,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let rule = move |document: T| -> Pending<'a> {
            let pending = rule(document);
            Box::pin(async move { pending.await.map_err(Into::into) })
        };
        Self { name, rule: Rule::Later(Box::new(rule)) }
    }

    pub(super) async fn check(&self, stored: &RawDocument, document: &T) -> Outcome {
        match &self.rule {
            Rule::Now(rule) => rule(document),
            // It has a document of its own, which costs less than a future that borrows costs the reader.
            Rule::Later(rule) => rule(decode(stored)?).await,
        }
    }
}

impl<T> fmt::Debug for Invariant<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}
