use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct ProductV1 {
    name: String,
    price: String,
    sku: String,
    width: u32,
    height: u32,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, removed(sku), reversible)]
struct ProductV2 {
    #[versioned(from = name)]
    title: String,
    #[versioned(try_with = |text| text.parse::<f64>())]
    price: f64,
    #[versioned(from(width, height), with = |width, height| width * height)]
    area: u32,
}

fn main() {}
