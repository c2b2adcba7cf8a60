//! Which contexts a conversion finds: those of the scopes around it, the innermost first, on its own thread, and no longer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers; a failed expectation is the point")]

use std::{
    any::Any,
    collections::BTreeMap,
    error::Error,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread,
};

use proptest::{collection::vec, prelude::*};
use schema_core::{
    DecodeErrorKind, VersionedDocument,
    bson::rawdoc,
    context::{self, Contexts, MissingContext},
    decode, encode_at,
};

/// Contexts of different types.
#[derive(Debug)]
struct Number<const TYPE: u8>(u32);

/// What there is of each type.
type Found = BTreeMap<u8, u32>;

fn found() -> Found {
    fn number<const TYPE: u8>() -> Option<(u8, u32)> {
        context::get::<Number<TYPE>>().ok().map(|number| (TYPE, number.0))
    }
    [number::<0>(), number::<1>(), number::<2>()].into_iter().flatten().collect()
}

fn contexts(of: &Found) -> Contexts {
    of.iter().fold(Contexts::new(), |contexts, (ty, number)| match ty {
        0 => contexts.with(Number::<0>(*number)),
        1 => contexts.with(Number::<1>(*number)),
        _ => contexts.with(Number::<2>(*number)),
    })
}

/// A scope, those in it one after the other, and whether it ends with a panic.
#[derive(Debug, Clone)]
struct Scope {
    has: Found,
    inner: Vec<Scope>,
    panics: bool,
}

fn scopes() -> impl Strategy<Value = Scope> {
    let has = || prop::collection::btree_map(0..3_u8, any::<u32>(), 0..3);
    let leaf = (has(), any::<bool>()).prop_map(|(has, panics)| Scope { has, inner: Vec::new(), panics });
    leaf.prop_recursive(5, 40, 4, move |inner| {
        (has(), vec(inner, 0..4), any::<bool>()).prop_map(|(has, inner, panics)| Scope { has, inner, panics })
    })
}

/// What a panic of ours carries: no message, so that nothing is printed.
struct Ended;

/// Goes through the scopes and compares at each place.
fn go(scope: &Scope, outer: &Found) {
    let mut expected = outer.clone();
    expected.extend(&scope.has);
    let ended = catch_unwind(AssertUnwindSafe(|| {
        contexts(&scope.has).scope(|| {
            assert_eq!(found(), expected, "at the beginning of {scope:?}");
            for inner in &scope.inner {
                go(inner, &expected);
                assert_eq!(found(), expected, "between those within {scope:?}");
            }
            if scope.panics {
                resume_unwind(Box::new(Ended));
            }
        });
    }));
    match ended {
        Err(panic) if !panic.is::<Ended>() => resume_unwind(panic),
        ended => assert_eq!(ended.is_err(), scope.panics),
    }
    assert_eq!(&found(), outer, "after {scope:?}");
}

proptest! {
    #[test]
    fn the_innermost_scope_counts_and_a_panic_ends_it(scope in scopes()) {
        go(&scope, &Found::new());
    }

    #[test]
    fn the_last_of_a_type_counts(first in any::<u32>(), second in any::<u32>(), other in any::<u32>()) {
        let contexts = Contexts::new().with(Number::<0>(first)).with(Number::<1>(other)).with(Number::<0>(second));
        prop_assert_eq!(contexts.scope(found), Found::from([(0, second), (1, other)]));
    }
}

#[test]
fn a_thread_does_not_see_the_scopes_of_another() {
    let contexts = Contexts::new().with(Number::<0>(7));
    contexts.scope(|| {
        assert_eq!(thread::spawn(found).join().unwrap(), Found::new());
        // Shared, and not moved: the same contexts are in the scope of another thread.
        let clone = contexts.clone();
        let there = thread::spawn(move || clone.scope(found)).join().unwrap();
        assert_eq!(there, Found::from([(0, 7)]));
        assert_eq!(found(), there);
    });
}

#[test]
fn a_context_is_shared_and_not_copied() {
    let contexts = Contexts::new().with(Number::<0>(7));
    let first = contexts.scope(context::get::<Number<0>>).unwrap();
    let second = contexts.clone().scope(context::get::<Number<0>>).unwrap();
    assert!(Arc::ptr_eq(&first, &second));

    let shared = Arc::new(Number::<1>(7));
    let found = Contexts::new().with(Arc::clone(&shared)).scope(context::get::<Number<1>>).unwrap();
    assert!(Arc::ptr_eq(&found, &shared));
}

/// Once pending, then ready, with what it finds each time.
async fn twice() -> [Found; 2] {
    let before = found();
    let mut yielded = false;
    poll_fn(|_| if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    [before, found()]
}

#[test]
fn futures_that_take_turns_each_find_their_own() {
    let (one, two) = (Contexts::new().with(Number::<0>(1)), Contexts::new().with(Number::<0>(2)));
    let (mut first, mut second) = (pin!(one.scope_async(twice())), pin!(two.scope_async(twice())));
    let mut polled = Context::from_waker(Waker::noop());
    assert_eq!(first.as_mut().poll(&mut polled), Poll::Pending);
    assert_eq!(found(), Found::new());
    assert_eq!(second.as_mut().poll(&mut polled), Poll::Pending);
    let expected = |number| Poll::Ready([Found::from([(0, number)]), Found::from([(0, number)])]);
    assert_eq!(first.as_mut().poll(&mut polled), expected(1));
    assert_eq!(second.as_mut().poll(&mut polled), expected(2));
}

#[test]
fn a_future_finds_its_contexts_on_whatever_thread_it_goes_on() {
    let contexts = Contexts::new().with(Number::<0>(1));
    let mut future = Box::pin(async move { contexts.scope_async(twice()).await });
    assert_eq!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending);
    let there =
        thread::spawn(move || future.as_mut().poll(&mut Context::from_waker(Waker::noop()))).join().unwrap();
    assert_eq!(there, Poll::Ready([Found::from([(0, 1)]), Found::from([(0, 1)])]));
}

#[test]
fn what_there_is_can_be_seen() {
    let contexts = Contexts::new().with(7_u32).with("text");
    let shown = format!("{contexts:?}");
    assert!(shown.contains("\"u32\"") && shown.contains("\"&str\""), "{shown}");
}

/// How a conversion hands on that its context is missing.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// As it is.
    Plain,
    /// As the cause of an error with other words.
    Cause,
    /// As a part of its words.
    Words,
    /// Not at all.
    Hidden,
}

#[derive(Debug, thiserror::Error)]
#[error("no luck")]
struct NoLuck(#[source] Box<dyn Error + Send + Sync>);

impl Manner {
    fn hand_on(self, missing: MissingContext) -> Box<dyn Error + Send + Sync> {
        match self {
            Self::Plain => missing.into(),
            Self::Cause => NoLuck(missing.into()).into(),
            Self::Words => format!("no luck: {missing}!").into(),
            Self::Hidden => "no luck".into(),
        }
    }
}

fn halve(value: i32) -> Result<i32, Box<dyn Error + Send + Sync>> {
    let manner = context::get::<Manner>()?;
    let divisor = context::get::<Number<0>>().map_err(|missing| manner.hand_on(missing))?;
    value.checked_div(i32::try_from(divisor.0)?).ok_or_else(|| "nothing can be divided by it".into())
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct CountV1 {
    count: i32,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = CountV1, reversible)]
struct Count {
    #[versioned(try_with = halve, try_back_with = halve)]
    count: i32,
}

/// A document with another one in it, which is read by an impl of its own.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct Page {
    counts: Vec<Count>,
}

fn named<C: Any>(missing: Option<MissingContext>) -> bool {
    missing.is_some_and(|missing| missing.type_name() == std::any::type_name::<C>())
}

#[test]
fn a_missing_context_is_told_from_a_bad_document() {
    let (document, page) = (rawdoc! { "count": 4 }, rawdoc! { "counts": [{ "count": 4 }] });
    for manner in [Manner::Plain, Manner::Cause, Manner::Words, Manner::Hidden] {
        let known = !matches!(manner, Manner::Hidden);
        Contexts::new().with(manner).scope(|| {
            let error = decode::<Count>(&document).unwrap_err();
            assert!(matches!(error.kind(), DecodeErrorKind::Step { from: 1, to: 2, .. }), "{error:?}");
            assert_eq!(named::<Number<0>>(error.missing_context()), known, "{manner:?}");

            // Its error reaches the one around it as text.
            let error = decode::<Page>(&page).unwrap_err();
            assert!(matches!(error.kind(), DecodeErrorKind::Body { stored: 1, .. }), "{error:?}");
            assert_eq!(named::<Number<0>>(error.missing_context()), known, "{manner:?}");

            let error = encode_at(Count { count: 4 }, 1).unwrap_err();
            assert_eq!(named::<Number<0>>(error.missing_context()), known, "{manner:?}");
        });
    }
    // Where nothing is missing, it is the document; and also after something was.
    Contexts::new().with(Manner::Plain).with(Number::<0>(0)).scope(|| {
        assert_eq!(decode::<Count>(&document).unwrap_err().missing_context(), None);
        assert_eq!(decode::<Page>(&page).unwrap_err().missing_context(), None);
        assert_eq!(encode_at(Count { count: 4 }, 1).unwrap_err().missing_context(), None);
    });
}

/// The words alone could come from a document.
#[test]
fn words_are_not_taken_for_it_where_nothing_was_missing() {
    // Made on another thread, so that this one knows of none.
    let words = thread::spawn(|| context::get::<Number<1>>().unwrap_err().to_string()).join().unwrap();
    let error = decode::<Count>(&rawdoc! { "schemaVersion": 2, "count": words.as_str() }).unwrap_err();
    let text = error.one_line();
    assert!(text.contains(&words), "{text}");
    assert_eq!(error.missing_context(), None);
}

#[test]
fn the_error_says_what_is_missing_and_what_to_do() {
    let error = context::get::<Number<2>>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no context `context::Number<2>` here; read through a `VersionedCollection` that was given one \
         (`with_context`), or within `Contexts::scope`"
    );
}
