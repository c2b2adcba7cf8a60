use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(rename_all = "camelCase")]
struct ByCase {
    schema_version: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct ByRename {
    #[serde(rename = "schemaVersion")]
    version: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct ByAlias {
    #[serde(alias = "schemaVersion")]
    version: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, version_field = "v")]
struct UserV1 {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
struct Inherited {
    name: String,
    #[versioned(added)]
    v: i32,
}

fn main() {}
