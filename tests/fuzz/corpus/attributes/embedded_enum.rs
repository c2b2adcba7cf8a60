#[derive(Upgrade)]
#[versioned(previous = StatusV1, removed(Lost => Closed), reversible)]
enum StatusV2 {
    #[versioned(from = Active)]
    Open,
    Closed,
    Moved { to: String, #[versioned(added)] at: i64 },
    Split(u8, #[versioned(with = f)] String),
}
