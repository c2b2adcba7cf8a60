use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct User<'de> {
    name: &'de str,
}

fn main() {}
