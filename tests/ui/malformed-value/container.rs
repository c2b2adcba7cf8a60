use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = users, version_field = "meta.version", unversioned = "ignore", crate = "schema")]
struct Start {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "", version_field = 7, unversioned, oldest = true)]
struct Other {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = "Start", removed = name, manual = true)]
struct Quoted {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous, removed("name", address.zip))]
struct Bare {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous(Start), removed)]
struct Parentheses {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = Start, removed(Self, name), crate = Self)]
struct Keywords {}

#[derive(VersionedDocument)]
#[versioned(version = 1, crate = schema_runtime::<u8>)]
struct Arguments {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned]
struct Empty {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned = 1]
struct NoParentheses {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version: 1)]
struct Colon {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned("users")]
struct Literal {
    name: String,
}

fn main() {}
