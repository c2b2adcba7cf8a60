//! What the collection holds, by what was asked of it.

use std::collections::BTreeMap;

use crate::collection::{User, UserV2, user};

/// One user as it is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub user: User,
    /// Whether the newer release, or a backfill, may have written it, so that the older one may find it newer than itself.
    pub may_be_new: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub users: BTreeMap<i32, Known>,
}

impl Model {
    pub fn of(ids: impl IntoIterator<Item = i32>) -> Self {
        let known = |id| (id, Known { user: user(id), may_be_new: false });
        Self { users: ids.into_iter().map(known).collect() }
    }

    /// A backfill has begun: any document may be new from now on.
    pub fn backfill(&mut self) {
        for known in self.users.values_mut() {
            known.may_be_new = true;
        }
    }

    pub fn matching(&self, matches: impl Fn(&User) -> bool) -> Vec<User> {
        self.users.values().map(|known| &known.user).filter(|user| matches(user)).cloned().collect()
    }
}

/// A user as the older release knows it.
pub fn as_old(user: &User) -> UserV2 {
    let User { id, login, visits, tags, active: _ } = user.clone();
    UserV2 { id, login, visits, tags }
}
