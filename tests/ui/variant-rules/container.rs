use schema_runtime::Upgrade;

enum StatusV1 {
    Open,
    Draft,
    Closed,
}

#[derive(Upgrade)]
#[versioned(previous = StatusV1, removed(Draft))]
enum NoTarget {
    Open,
    Closed,
}

#[derive(Upgrade)]
#[versioned(
    previous = StatusV1,
    removed(
        Draft => Open,
        StatusV1::Open => Open,
        Open => if true { Open } else { Closed },
        "Draft" => Open,
    ),
)]
enum Malformed {
    Open,
    Closed,
}

#[derive(Upgrade)]
#[versioned(previous = StatusV1, removed(Draft => Open, Draft => Closed, Closed => Open))]
enum Twice {
    Open,
    Closed,
}

struct AddressV1 {
    zip: String,
    city: String,
}

#[derive(Upgrade)]
#[versioned(previous = AddressV1, removed(city => zip), reversible(zip => zip))]
struct AddressV2 {
    zip: String,
}

#[derive(Upgrade)]
#[versioned(removed(Draft => Open))]
enum NoPrevious {
    Open,
}

fn main() {}
