//! Calls of the closures that users write in attributes.
//!
//! The closure comes last and its parameters are bound to the arguments before it, so that the compiler knows
//! their types when it reads the body: `with = |name| name.to_lowercase()` needs no annotation. In a direct call,
//! `(|name| ..)(old)`, it would read the body first.

#![allow(missing_docs, reason = "only generated code names these items")]

/// For the rules that see the whole previous document.
#[inline]
pub fn call_by_ref<P, R>(previous: &P, function: impl FnOnce(&P) -> R) -> R {
    function(previous)
}

macro_rules! call {
    ($($name:ident($($argument:ident: $type:ident),*);)*) => {
        $(#[inline]
        pub fn $name<$($type,)* R>($($argument: $type,)* function: impl FnOnce($($type),*) -> R) -> R {
            function($($argument),*)
        })*
    };
}

call! {
    call_1(a: A);
    call_2(a: A, b: B);
    call_3(a: A, b: B, c: C);
    call_4(a: A, b: B, c: C, d: D);
    call_5(a: A, b: B, c: C, d: D, e: E);
    call_6(a: A, b: B, c: C, d: D, e: E, f: F);
}
