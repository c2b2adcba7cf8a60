//! Page: what there is, for people.

use axum::{Router, response::Html, routing::get};

use crate::resource::Resource;

pub(crate) fn routes<P: Resource, C: Resource>() -> Router {
    let page = page(&[of::<P>(), of::<C>()]);
    Router::new().route("/", get(async move || Html(page)))
}

fn page(collections: &[String]) -> String {
    format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Products and contacts</title>\n\
         <h1>Products and contacts</h1>\n{}\
         <h2>The process</h2>\n<ul>\n\
         <li><a href=\"/healthz\">GET /healthz</a>: whether it is alive\n\
         <li><a href=\"/readyz\">GET /readyz</a>: whether it can serve\n\
         <li><a href=\"/upgrades\">GET /upgrades</a>: how far the upgrades are\n\
         <li><a href=\"/versions\">GET /versions</a>: what this process and the others read and write\n\
         <li><a href=\"/metrics\">GET /metrics</a>: counters for Prometheus\n</ul>\n",
        collections.concat()
    )
}

fn of<T: Resource>() -> String {
    let chain = T::CHAIN;
    let name = chain.collection.unwrap_or_default();
    let fields: Vec<_> = T::HISTORY.fields.iter().filter_map(|field| field.stored_as).collect();
    let asked: Vec<_> = T::ASKED.iter().map(|(name, _)| *name).collect();
    format!(
        "<h2>{name}: versions {} to {}</h2>\n<p>Fields: {}\n<ul>\n\
         <li><a href=\"/{name}\">GET /{name}</a>?limit=100 and any of {}; numbers also with .min and .max. A line of JSON each\n\
         <li>POST /{name}: create\n<li>GET /{name}/id\n<li>PATCH /{name}/id: set some fields\n\
         <li>PUT /{name}/id: replace\n<li>DELETE /{name}/id\n</ul>\n",
        chain.oldest,
        chain.version,
        fields.join(", "),
        asked.join(", ")
    )
}

/// So that nobody has to read the HTML above to know what it becomes.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contacts::ContactV1, products::ProductV3};

    #[test]
    fn the_page_names_what_this_release_has() {
        let page = page(&[of::<ProductV3>(), of::<ContactV1>()]);
        assert!(page.contains("products: versions 1 to 3"), "{page}");
        assert!(page.contains("Fields: _id, title, tags, unitPrice, stock"), "{page}");
        assert!(page.contains("contacts: versions 1 to 1"), "{page}");
    }
}
