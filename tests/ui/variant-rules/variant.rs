use schema_runtime::Upgrade;

enum StatusV1 {
    Open,
    Draft,
    Closed { reason: String },
    Moved(String),
}

#[derive(Upgrade)]
#[versioned(previous = StatusV1)]
enum Rules {
    Open,
    #[versioned(form = Draft)]
    Drafted,
    #[versioned(from = Open)]
    Opened,
    #[versioned(added, from = Draft)]
    New {
        #[versioned(with = str::len)]
        length: usize,
    },
    #[versioned(from = StatusV1::Closed, removed(Draft => Open))]
    Closed {
        #[versioned(compute = |old| old.len())]
        reason: usize,
    },
    #[versioned(rename = "m")]
    Moved(#[versioned(added, with = str::len)] usize),
}

#[derive(Upgrade)]
#[versioned(previous = StatusV1, removed(Open => Draft))]
enum Removed {
    #[versioned(removed(a, a))]
    Draft,
    #[versioned(removed(reason, Open => Draft))]
    Closed { reason: String },
    #[versioned(removed = by, added = true)]
    Moved(String),
}

fn main() {}
