use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(verison = 1, collection = "users")]
struct Misspelt {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, table = "users")]
struct FromElsewhere {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, rename_all = "camelCase")]
struct SerdesKey {
    name: String,
}

fn main() {}
