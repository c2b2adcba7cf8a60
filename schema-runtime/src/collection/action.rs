//! What all operations have in common: they are made with what they need, take options and a session, and begin when they are
//! awaited.

/// An operation: its type with the setters of all, and `IntoFuture` by its method `run`. One on the documents of a type `T`, or on
/// those of whatever handle, `H: Handle`.
macro_rules! action {
    (
        $(#[$doc:meta])*
        pub struct $name:ident<$a:lifetime, T> $($rest:tt)*
    ) => {
        $crate::collection::action::action! {
            @item [VersionedCollection<T>] [T] [T: Send + Sync] [T: schema_core::DecodeOwned + Send + Sync]
            $(#[$doc])*
            pub struct $name<$a> $($rest)*
        }
    };
    (
        $(#[$doc:meta])*
        pub struct $name:ident<$a:lifetime, H: Handle> $($rest:tt)*
    ) => {
        $crate::collection::action::action! {
            @item [H] [H] [H] [H: $crate::collection::handle::Handle]
            $(#[$doc])*
            pub struct $name<$a> $($rest)*
        }
    };
    (
        @item [$handle:ty] [$parameter:ident] [$($declared:tt)*] [$($bound:tt)*]
        $(#[$doc:meta])*
        pub struct $name:ident<$a:lifetime> {
            $($field:ident: $field_type:ty,)*
        } => $output:ty $(, with $options:ty)?
    ) => {
        $(#[$doc])*
        #[must_use = "nothing happens before it is awaited"]
        #[derive(Debug)]
        pub struct $name<$a, $($declared)*> {
            pub(super) versioned: &$a $handle,
            $(pub(super) $field: $field_type,)*
            $(pub(super) options: $options,)?
            pub(super) session: Option<&$a mut mongodb::ClientSession>,
        }

        impl<$a, $($declared)*> $name<$a, $parameter> {
            pub(super) fn new(versioned: &$a $handle, $($field: $field_type),*) -> Self {
                Self { versioned, $($field,)* $(options: <$options>::default(),)? session: None }
            }

            $(
                /// The driver's options, in place of all that were set before.
                pub fn with_options(mut self, options: $options) -> Self {
                    self.options = options;
                    self
                }
            )?

            /// Within a session, and its transaction if it has one.
            pub fn session(mut self, session: &$a mut mongodb::ClientSession) -> Self {
                self.session = Some(session);
                self
            }
        }

        impl<$a, $($bound)*> std::future::IntoFuture for $name<$a, $parameter> {
            type Output = Result<$output, crate::error::Error>;
            type IntoFuture = futures_util::future::BoxFuture<$a, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.run())
            }
        }
    };
}

pub(super) use action;
