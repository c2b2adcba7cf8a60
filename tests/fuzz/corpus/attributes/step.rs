#[versioned(version = 2, previous = old::ProductV1, removed(legacy), reversible(legacy = |new| new.a.clone()))]
struct ProductV2 {
    id: ObjectId,
    #[versioned(from = name)]
    title: String,
    #[versioned(from = category, with = tags_of, back_with = |tags| tags.join(","))]
    tags: Vec<String>,
    #[versioned(from(first, last), try_with = |first, last| join(first, last), try_back_with = split)]
    full: String,
    #[versioned(added = 1)]
    quantity: i32,
    #[versioned(added)]
    variations: Vec<Variation>,
    #[versioned(compute = slug_of)]
    slug: String,
    #[versioned(try_compute = |old: &ProductV1| old.price.parse::<f64>())]
    price: f64,
}
