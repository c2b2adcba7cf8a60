//! version-migrate: a registry of steps on JSON values. Its derive writes the constant that stands here, so that
//! the plain structs need not know it.

use version_migrate::{IntoDomain, MigratesTo, Versioned};

use crate::plain::{AccountV1, AccountV2, AccountV3, OrderV1, OrderV2, OrderV3};

macro_rules! chain {
    ($v1:ident, $v2:ident, $v3:ident) => {
        impl Versioned for $v1 {
            const VERSION: &'static str = "1.0.0";
        }

        impl Versioned for $v2 {
            const VERSION: &'static str = "2.0.0";
        }

        impl Versioned for $v3 {
            const VERSION: &'static str = "3.0.0";
        }

        impl MigratesTo<$v2> for $v1 {
            fn migrate(self) -> $v2 {
                self.into()
            }
        }

        impl MigratesTo<$v3> for $v2 {
            fn migrate(self) -> $v3 {
                self.into()
            }
        }

        impl IntoDomain<$v3> for $v3 {
            fn into_domain(self) -> $v3 {
                self
            }
        }
    };
}

chain!(AccountV1, AccountV2, AccountV3);
chain!(OrderV1, OrderV2, OrderV3);
