//! The way back is a function of the whole current document, and impls are for the numbered type.

use schema_runtime::VersionedDocument;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "carts")]
pub struct CartV1 {
    owner: String,
    note: Option<String>,
}

/// Version 2 of a cart, a [`CartV2`] that `CartV1` has become.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = CartV1, removed(note), reversible(note = note_of))]
#[versioned(crate = schema_runtime)]
pub struct CartV2 {
    #[versioned(from = owner)] // it was never the owner
    #[serde(rename = "user")]
    buyer: String,
    #[versioned(added = vec![1])]
    items: Vec<i32>,
}

pub type Cart = CartV2;

fn note_of(cart: &Cart) -> Option<String> {
    (!cart.items.is_empty()).then(|| cart.buyer.clone())
}

impl CartV2 {
    pub fn first(&self) -> Option<i32> {
        self.items.first().copied()
    }
}

impl From<CartV2> for Vec<i32> {
    fn from(cart: CartV2) -> Self {
        cart.items
    }
}

impl PartialEq for CartV2 {
    fn eq(&self, other: &Self) -> bool {
        self.buyer == other.buyer
    }
}

pub fn bill(cart: Cart) -> (Option<i32>, Vec<i32>) {
    (cart.first(), cart.into())
}

#[cfg(test)]
mod tests {
    use schema_runtime::testing::Golden;

    use super::*;

    #[test]
    fn stored_carts_are_read_as_before() {
        Golden::<Cart>::new("golden/carts")
            .example(&CartV1 { owner: "ada".to_owned(), note: None })
            .example(&CartV2 { buyer: "bob".to_owned(), items: vec![2] })
            .assert();
    }
}
