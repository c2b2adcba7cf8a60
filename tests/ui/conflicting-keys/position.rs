use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1, manual, removed(email))]
struct Start {
    #[versioned(from = name)]
    title: String,
    #[versioned(added)]
    tags: Vec<String>,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, oldest, previous = Start)]
struct Both {
    title: String,
    tags: Vec<String>,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = Start, manual, removed(title))]
struct ManualWithRules {
    #[versioned(with = f)]
    name: String,
}

fn main() {}
