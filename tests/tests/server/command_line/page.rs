//! The status as a page: it needs nothing else, says what the status says, and shows text as text.

use super::program::{MIGRATIONS, Shop};

/// Tags that have no end.
const VOID: [&str; 3] = ["meta", "br", "!doctype"];

/// The tags of a page with their attributes. Each is closed, and in the right order.
fn tags(page: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut open = Vec::new();
    let mut rest = page;
    while let Some((text, behind)) = rest.split_once('<') {
        assert!(
            !text.contains('>') || open.last() == Some(&"style"),
            "a tag is not what it should be: {text}"
        );
        let (tag, after) = behind.split_once('>').expect("the end of a tag");
        rest = after;
        let name = tag.split(' ').next().unwrap_or_default();
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{page}");
            continue;
        }
        assert!(
            name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '!'),
            "`{name}` is no tag: {page}"
        );
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if !VOID.contains(&name.to_lowercase().as_str()) {
            open.push(name);
        }
        tags.push(tag);
    }
    assert!(open.is_empty(), "{open:?}");
    tags
}

async fn page(shop: &Shop, description: &str) -> String {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("status.html");
    let arguments = ["status", "--environment", "staging", "--html", file.to_str().unwrap()];
    let status = shop.command(&arguments).await.env("SHOP_DESCRIPTION", description).output().await.unwrap();
    assert!(status.status.success() && !status.stdout.is_empty(), "{status:?}");
    std::fs::read_to_string(file).unwrap()
}

#[tokio::test]
async fn it_needs_nothing_else() {
    let shop = Shop::stocked().await;
    shop.run(&["backfill", "products"]).await.text(1);
    shop.mark("stop", "the orders of May are open").await;
    shop.run(&["up", MIGRATIONS[1], "--environment", "staging"]).await.text(1);
    let page = page(&shop, "Orders are closed").await;
    let tags = tags(&page);
    for tag in &tags {
        assert!(
            !["script", "link", "img", "iframe", "base", "object"].contains(&tag.split(' ').next().unwrap()),
            "{tag}"
        );
        for attribute in ["href", "src", "url(", "onload", "onclick", "http"] {
            assert!(!tag.contains(attribute), "{tag}");
        }
    }
    assert!(!page.contains("http") && !page.contains("@import") && !page.contains("url("));
    assert!(tags.iter().any(|tag| tag.contains("width=device-width")));
    for said in [
        shop.database.name(),
        "staging",
        "products",
        "messages$notice",
        "version 3",
        "Orders are closed",
        "the orders of May are open",
        "failed",
        "completed",
        "pending",
        "backfill finished",
        "by_title",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[tokio::test]
async fn hostile_names_are_text() {
    let shop = Shop::stocked().await;
    let hostile = "</td><script>alert('1')</script><img src=x onerror=\"alert(2)\">&amp;";
    shop.mark("stop", hostile).await;
    shop.run(&["up", MIGRATIONS[1]]).await.text(1);
    let page = page(&shop, hostile).await;
    let tags = tags(&page);
    assert!(!tags.iter().any(|tag| tag.starts_with("script") || tag.starts_with("img")), "{page}");
    assert_eq!(page.matches("&lt;script&gt;alert").count(), 2, "{page}");
    assert!(page.contains("&amp;amp;"), "{page}");
}
