use schema_runtime::Upgrade;

#[derive(Upgrade)]
struct Address {
    zip: String,
}

fn main() {}
