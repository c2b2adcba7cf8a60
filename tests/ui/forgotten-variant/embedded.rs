use schema_runtime::Upgrade;

enum StatusV1 {
    Open,
    Draft,
    Closed { reason: String, by: String },
    Moved(String),
}

// `Draft` and `Moved` become nothing.
#[derive(Upgrade)]
#[versioned(previous = StatusV1)]
enum Variant {
    Open,
    #[versioned(removed(by))]
    Closed { reason: String },
}

// Nothing is made of `by`, and of the value in `Moved`.
#[derive(Upgrade)]
#[versioned(previous = StatusV1, removed(Draft => Open))]
enum Field {
    Open,
    Closed { reason: String },
    Moved,
}

fn main() {}
