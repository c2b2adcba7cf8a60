use schema_runtime::Upgrade;

enum StatusV1 {
    Open,
    Draft,
    Review,
    Closed,
}

// Names that the derive knows.
#[derive(Upgrade)]
#[versioned(
    previous = StatusV1,
    removed(Draft => Opne, Review => Elsewhere),
    reversible(Opened => Draft, Closed => Closed),
)]
enum New {
    Open,
    Closed,
}

// Names that only the compiler knows.
#[derive(Upgrade)]
#[versioned(previous = StatusV1, removed(Darft => Open, Review { by: _ } => Open))]
enum Old {
    Open,
    #[versioned(from = Clsoed)]
    Done,
}

fn main() {}
