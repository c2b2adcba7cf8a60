use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    index(keys(title), unique = true, sparse(title), name = 3, expire_after = "1h", partial, collation),
    index(keys(-title), name = "_id_", expire_after = 2147483648, default_language = german),
    index(keys(hashed(title)), collation(strength = 6, order = "up"), name = ""),
    index(keys(text(title)), collation(strength = 2)),
)]
struct Values {
    title: String,
}

fn main() {}
