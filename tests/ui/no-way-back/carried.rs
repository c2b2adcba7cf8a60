use schema_runtime::{Upgrade, VersionedDocument};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct AddressV1 {
    zip: String,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = AddressV1)]
struct AddressV2 {
    zip: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    addresses: Vec<AddressV1>,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1, reversible)]
struct UserV2 {
    addresses: Vec<AddressV2>,
}

fn main() {}
