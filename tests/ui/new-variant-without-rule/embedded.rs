use schema_runtime::Upgrade;

enum StatusV1 {
    Open,
    Closed { reason: String },
    Moved(String),
}

#[derive(Upgrade)]
#[versioned(previous = StatusV1)]
enum StatusV2 {
    Open,
    Closed {
        reason: String,
        by: String,
    },
    Moved {
        to: String,
    },
    Archived,
}

fn main() {}
