//! Several types in one file, in a module of their own, beside others that look alike.

pub mod model {
    use schema_runtime::VersionedDocument;

    /// Version 1: a user.
    #[derive(Debug, Clone, VersionedDocument)]
    #[versioned(version = 1, collection = "users", version_field = "stamp")]
    #[serde(deny_unknown_fields)]
    pub struct UserV01 {
        pub mail: String,
    }

    pub type User = UserV01;
}

pub mod request {
    //! Not stored.

    #[derive(Debug)]
    pub struct User {
        pub name: String,
    }

    impl Default for User {
        fn default() -> Self {
            Self { name: "ada".to_owned() }
        }
    }
}

pub fn mail(user: &model::User) -> &str {
    &user.mail
}
