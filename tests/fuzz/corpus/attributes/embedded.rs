#[derive(Upgrade)]
#[versioned(previous = AddressV1, removed(fax))]
struct AddressV2 {
    street: String,
    #[versioned(from = zip, try_with = |zip: String| zip.parse())]
    code: u32,
}
