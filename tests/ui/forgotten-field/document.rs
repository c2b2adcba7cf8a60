use schema_runtime::{Upgrade, VersionedDocument};

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    name: String,
    email: String,
    legacy_id: i64,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    name: String,
}

struct AddressV1 {
    zip: String,
    country: String,
}

#[derive(Upgrade)]
#[versioned(previous = AddressV1)]
struct AddressV2 {
    zip: String,
}

fn main() {}
