use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1, reversible)]
struct ProductV1 {
    name: String,
    price: String,
    code: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = ProductV1)]
struct NotReversible {
    name: String,
    #[versioned(with = |text| text.len(), back_with = |length| length.to_string())]
    price: usize,
    code: String,
}

#[derive(VersionedDocument)]
#[versioned(
    version = 2,
    previous = ProductV1,
    reversible(code = |_| String::new(), nmae = |_| String::new()),
)]
struct TwoWays {
    name: String,
    price: String,
    #[versioned(with = |text| text.len(), back_with = |length: usize| length.to_string())]
    code: usize,
    #[versioned(compute = |old| old.name.len(), back_with = |_| String::new())]
    length: usize,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, reversible(name))]
struct Malformed {
    #[versioned(back_with = |name: String| name, try_back_with = |name: String| Ok(name))]
    name: String,
    #[versioned(back_with = "text")]
    price: String,
    code: String,
}

fn main() {}
