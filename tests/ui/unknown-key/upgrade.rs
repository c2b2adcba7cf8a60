use schema_runtime::Upgrade;

struct AddressV1 {
    zip: String,
}

#[derive(Upgrade)]
#[versioned(version = 2, previous = AddressV1)]
struct AddressV2 {
    zip: String,
}

fn main() {}
