use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct ProductV1 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, manual, reversible)]
struct ProductV2 {
    title: String,
}

impl From<ProductV1> for ProductV2 {
    fn from(old: ProductV1) -> Self {
        Self { title: old.name }
    }
}

fn main() {}
