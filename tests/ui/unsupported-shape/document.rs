use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct Tuple(String, i32);

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct Unit;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
union Both {
    number: i32,
    bits: u32,
}

fn main() {}
