use std::collections::HashMap;

use schema_runtime::VersionedDocument;

#[derive(serde::Serialize, serde::Deserialize)]
struct AddressV1 {
    zip: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct AddressV2 {
    zip: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct UserV1 {
    age: String,
    addresses: Vec<AddressV1>,
    by_name: HashMap<String, Option<AddressV1>>,
    home: AddressV1,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct UserV2 {
    age: i32,
    addresses: Vec<AddressV2>,
    by_name: HashMap<String, Option<AddressV2>>,
    home: AddressV2,
}

fn main() {}
