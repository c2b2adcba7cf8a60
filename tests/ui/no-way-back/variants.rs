use schema_runtime::Upgrade;

enum StatusV1 {
    Open,
    Draft,
    Closed { reason: String, by: String },
    Moved(String),
}

#[derive(Upgrade)]
#[versioned(previous = StatusV1, removed(Draft => Open), reversible)]
enum Lossy {
    Open,
    #[versioned(removed(by))]
    Closed { reason: String },
    Moved(#[versioned(with = |to: String| to.len())] usize),
    #[versioned(added)]
    Archived,
}

#[derive(Upgrade)]
#[versioned(
    previous = StatusV1,
    removed(Draft => Open),
    reversible(
        Open => Open,
        Open => Draft,
        reason = |_| String::new(),
        Closed { reason } => Closed { reason, by: String::new() },
    ),
)]
enum TwoWays {
    Open,
    #[versioned(removed(by))]
    Closed {
        #[versioned(back_with = |reason: String| reason)]
        reason: String,
    },
    Moved(String),
}

fn main() {}
