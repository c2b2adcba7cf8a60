//! Data that a step needs and no document holds, such as a table from another collection.
//!
//! A conversion is given a document and nothing else, and it cannot wait for a database. So what else it needs is loaded before,
//! held by [`Contexts`], and asked for by its type with [`get`]:
//!
//! ```
//! use std::{collections::HashMap, error::Error};
//!
//! use schema_core::{VersionedDocument, bson::rawdoc, context::{self, Contexts}, decode};
//!
//! /// The name of each city by its zip code.
//! struct Cities(HashMap<String, String>);
//!
//! #[derive(Debug, VersionedDocument)]
//! #[versioned(version = 1)]
//! struct UserV1 {
//!     zip: String,
//! }
//!
//! #[derive(Debug, VersionedDocument)]
//! #[versioned(version = 2, previous = UserV1)]
//! struct User {
//!     #[versioned(from = zip, try_with = city_of)]
//!     city: String,
//! }
//!
//! fn city_of(zip: String) -> Result<String, Box<dyn Error + Send + Sync>> {
//!     let cities = context::get::<Cities>()?;
//!     Ok(cities.0.get(&zip).ok_or_else(|| format!("{zip} is the zip code of no city"))?.clone())
//! }
//!
//! let contexts = Contexts::new().with(Cities(HashMap::from([("1010".to_owned(), "Vienna".to_owned())])));
//! let stored = rawdoc! { "zip": "1010" };
//! let user: User = contexts.scope(|| decode(&stored))?;
//! assert_eq!(user.city, "Vienna");
//!
//! // Without it, the error says what is missing. There is nothing wrong with the document.
//! let error = decode::<User>(&stored).unwrap_err();
//! assert!(error.missing_context().is_some_and(|missing| missing.type_name().ends_with("::Cities")));
//! # Ok::<(), schema_core::DecodeError>(())
//! ```
//!
//! - Any way of decoding within a scope finds its contexts: [`decode`](crate::decode()), serde's `Deserialize` from BSON or JSON, and the
//!   way back of [`encode_at`](crate::encode_at()).
//! - Whoever asks has to be able to fail: `try_with`, `try_compute`, `try_back_with`, or a `TryFrom` by hand. `with`, `compute` and
//!   `From` have no way to say that there is no context.
//! - The error is to stay the cause of whatever the conversion fails with, as `?` keeps it, or its text a part of the text.
//! - What becomes of a document depends on the contexts as well. Nothing notes which ones it was: two processes that convert
//!   the same collection have to be given the same.

mod missing;

use std::{
    any::{Any, TypeId, type_name},
    cell::RefCell,
    collections::BTreeMap,
    fmt,
    future::poll_fn,
    pin::pin,
    sync::Arc,
};

pub use self::missing::MissingContext;
pub(crate) use self::missing::missing_in;

thread_local! {
    /// What the scopes around this place have, the innermost last.
    static SCOPES: RefCell<Vec<Contexts>> = const { RefCell::new(Vec::new()) };
}

/// The context of this type, of the innermost [scope](Contexts::scope) that has one.
///
/// # Errors
///
/// [`MissingContext`] outside of any scope that has one.
///
/// ```
/// use schema_core::context::{self, Contexts};
///
/// struct Currency(&'static str);
///
/// let euros = Contexts::new().with(Currency("EUR"));
/// assert_eq!(euros.scope(|| context::get::<Currency>().map(|currency| currency.0)), Ok("EUR"));
/// assert!(context::get::<Currency>().is_err());
/// ```
pub fn get<C: Any + Send + Sync>() -> Result<Arc<C>, MissingContext> {
    SCOPES
        .with_borrow(|scopes| scopes.iter().rev().find_map(Contexts::find))
        .ok_or_else(|| MissingContext::noted(type_name::<C>()))
}

/// Contexts for conversions, one of each type. Cheap to clone: the clones share them.
#[derive(Clone, Default)]
pub struct Contexts(Arc<BTreeMap<TypeId, Context>>);

#[derive(Clone)]
struct Context {
    type_name: &'static str,
    value: Arc<dyn Any + Send + Sync>,
}

impl Contexts {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this one as well, in place of another of its type. An `Arc<Cities>` is found as `Cities`, too, so that others can share it.
    #[must_use]
    pub fn with<C: Any + Send + Sync>(mut self, value: C) -> Self {
        let context = Context { type_name: type_name::<C>(), value: Arc::new(value) };
        Arc::make_mut(&mut self.0).insert(TypeId::of::<C>(), context);
        self
    }

    /// Has conversions find these contexts for as long as the function runs, on its thread. Of the types that these do not have, they
    /// find those of the scope around it.
    pub fn scope<R>(&self, function: impl FnOnce() -> R) -> R {
        if self.0.is_empty() {
            return function();
        }
        SCOPES.with_borrow_mut(|scopes| scopes.push(self.clone()));
        let _end = End;
        function()
    }

    /// The same while a future runs, on whatever threads it does: for a read by the driver, which decodes as it goes.
    ///
    /// ```
    /// # use schema_core::{DecodeOwned, context::Contexts};
    /// # struct Cursor<T>(Vec<T>);
    /// # impl<T> Cursor<T> {
    /// #     async fn try_next(&mut self) -> Result<Option<T>, std::fmt::Error> { Ok(self.0.pop()) }
    /// # }
    /// # async fn example<User>(contexts: Contexts, mut users: Cursor<User>) -> Result<(), std::fmt::Error> {
    /// while let Some(user) = contexts.scope_async(users.try_next()).await? {
    ///     // ..
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn scope_async<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|context| self.scope(|| future.as_mut().poll(context))).await
    }

    fn find<C: Any + Send + Sync>(&self) -> Option<Arc<C>> {
        self.held::<C>().or_else(|| self.held::<Arc<C>>().as_deref().cloned())
    }

    fn held<V: Any + Send + Sync>(&self) -> Option<Arc<V>> {
        let context = self.0.get(&TypeId::of::<V>())?;
        Arc::clone(&context.value).downcast().ok()
    }
}

impl fmt::Debug for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.values().map(|context| context.type_name)).finish()
    }
}

/// The end of a scope, also when the function panics.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        SCOPES.with_borrow_mut(Vec::pop);
    }
}
