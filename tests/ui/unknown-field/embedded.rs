use schema_runtime::{Unknown, Upgrade};

struct AddressV1 {
    zip: String,
}

#[derive(Upgrade)]
#[versioned(previous = AddressV1)]
struct AddressV2 {
    zip: String,
    #[versioned(unknown, added)]
    rest: Unknown,
}

fn main() {}
