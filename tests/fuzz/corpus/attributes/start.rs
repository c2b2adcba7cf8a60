#[versioned(collection = "products", version = 1, version_field = "v", unversioned = "reject")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductV1<'a, T: Clone> where T: Default {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    #[serde(borrow, alias = "title")]
    name: Cow<'a, str>,
    children: Vec<Self>,
    r#type: Option<T>,
    #[serde(flatten)]
    rest: Document,
}
