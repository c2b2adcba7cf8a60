use schema_runtime::Upgrade;

struct Old(String);

#[derive(Upgrade)]
#[versioned(previous = Old)]
struct Tuple(String);

#[derive(Upgrade)]
#[versioned(previous = Old)]
union Both {
    number: i32,
    bits: u32,
}

fn main() {}
