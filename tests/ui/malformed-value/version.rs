use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = "one")]
struct Text {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version)]
struct Nothing {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version(1))]
struct List {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = -1)]
struct Negative {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1.5)]
struct Fraction {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2147483648, oldest)]
struct TooLarge {
    name: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 4294967296, oldest)]
struct MuchTooLarge {
    name: String,
}

fn main() {}
