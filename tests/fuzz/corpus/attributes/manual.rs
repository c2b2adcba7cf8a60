#[versioned(version = 3, previous = V2<'a, T>, manual, reversible, unversioned = 1, crate = schema)]
#[serde(default, bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
struct V3<'a, T, const N: usize> {
    a: &'a [T; N],
    #[serde(skip, default = "path")]
    b: u8,
}
