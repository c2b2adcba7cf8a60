#[versioned(version = 2, previous = EventV1)]
#[serde(tag = "type", content = "c", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Event {
    Created(CreatedV2),
    #[serde(rename = "m", alias = "n")]
    Moved { from_place: String, #[versioned(from = to)] target: String },
    #[serde(other)]
    Closed,
}
