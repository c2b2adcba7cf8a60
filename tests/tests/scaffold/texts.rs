//! What becomes of a source text: the rest of it stays byte for byte, and what cannot be copied says so.

use std::fs;

use proptest::prelude::*;
use schema_runtime::scaffold::{ScaffoldError, new_version};

use crate::support::{next, package, planned, refusal};

const PRODUCTS: &str = r#"// Products.   They are odd.
use schema_runtime::VersionedDocument;

#[derive( Debug,VersionedDocument )] // not as rustfmt has it
#[versioned(version = 1, collection = "products")]
pub struct ProductV1 { pub name:String }

/* the current one */
/// Of version 2, [`ProductV2`].
#[derive(VersionedDocument)]
#[versioned(
    version = 2, previous = ProductV1,
    removed(name), index(keys(title), unique),
)]
#[serde(rename_all = "camelCase")]
#[versioned(reversible(name = |new| new.title.clone()))]
pub struct ProductV2 {
    /// What it is called.
    #[versioned(compute = |old| old.name.to_uppercase())] // loud
    #[serde(alias = "name")]
    pub title: String,
    // Not sold yet.
    #[versioned(added = 1)] pub stock: i32,
}   // the end

pub type Product = ProductV2; // everybody says this
fn f() -> Product { todo!() }
"#;

#[test]
fn the_next_version_is_a_copy_without_the_rules_of_the_step_before() {
    let expected = PRODUCTS
        .replace(
            "}   // the end\n",
            r#"}   // the end

/// Of version 2, [`ProductV3`].
#[derive(VersionedDocument)]
#[versioned(version = 3, previous = ProductV2, index(keys(title), unique))]
#[serde(rename_all = "camelCase")]
pub struct ProductV3 {
    /// What it is called.
    #[serde(alias = "name")]
    pub title: String,
    // Not sold yet.
    pub stock: i32,
}
"#,
        )
        .replace("Product = ProductV2; //", "Product = ProductV3; //")
        .replace("Of version 2, [`ProductV3`]", "Of version 3, [`ProductV3`]");
    for name in ["Product", "ProductV1", "ProductV2", "products"] {
        pretty_same(&next(PRODUCTS, name), &expected);
    }
}

fn pretty_same(one: &str, other: &str) {
    assert!(one == other, "{one}\n-- and expected\n{other}");
}

#[test]
fn a_bare_name_goes_to_the_alias() {
    let text = "\
#[derive(VersionedDocument)]
#[versioned(version = 1)]
pub(crate) struct User<'a, T: Copy = i32> {
    pub(crate) mail: &'a str,
    pub(crate) of: T,
}

impl<'a, T: Copy> User<'a, T> {
    fn mail(&self) -> &'a str { self.mail }
}
";
    let expected = "\
#[derive(VersionedDocument)]
#[versioned(version = 1)]
pub(crate) struct UserV1<'a, T: Copy = i32> {
    pub(crate) mail: &'a str,
    pub(crate) of: T,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1<'a, T>)]
pub(crate) struct UserV2<'a, T: Copy = i32> {
    pub(crate) mail: &'a str,
    pub(crate) of: T,
}

/// The current version. The next one changes this line.
pub(crate) type User<'a, T = i32> = UserV2<'a, T>;

impl<'a, T: Copy> User<'a, T> {
    fn mail(&self) -> &'a str { self.mail }
}
";
    pretty_same(&next(text, "User"), expected);
}

/// Of a number in a name that is not the version, of one with zeros, and of one that is all of it.
#[test]
fn names_are_continued() {
    let declared = |name: &str, version: u32| {
        let start = if version > 1 { ", oldest" } else { "" };
        format!(
            "#[derive(VersionedDocument)]\n#[versioned(version = {version}{start})]\nstruct {name} {{ a: i32 }}\n"
        )
    };
    for (name, version, old, new) in [
        ("V9", 9, "V9", "V10"),
        ("Sha256", 1, "Sha256V1", "Sha256V2"),
        ("User07", 7, "User07", "User08"),
        ("Product2", 2, "Product2", "Product3"),
        ("Ünder", 3, "ÜnderV3", "ÜnderV4"),
        ("OrderVersion1", 1, "OrderVersion1", "OrderVersion2"),
    ] {
        let text = next(&declared(name, version), name);
        assert!(text.contains(&format!("struct {old} {{ a")), "{text}");
        assert!(text.contains(&format!("previous = {old})]\nstruct {new} {{ a")), "{text}");
        assert_eq!(text.contains(&format!("type {name} = {new};")), old != name, "{text}");
    }
}

#[test]
fn what_is_implemented_goes_where_it_is_needed() {
    let text = format!(
        "{PRODUCTS}
impl Default for ProductV2 {{ fn default() -> Self {{ ProductV2 {{ title: String::new(), stock: 0 }} }} }}
impl ProductV2 {{ fn sold(&self) -> bool {{ self.stock == 0 }} }}
impl From<ProductV2> for String {{ fn from(product: ProductV2) -> Self {{ product.title }} }}
"
    );
    let moved = next(&text, "Product");
    assert!(moved.contains("impl Product { fn sold"), "{moved}");
    assert!(moved.contains("impl From<Product> for String { fn from(product: Product)"), "{moved}");
    assert!(moved.contains("impl Default for ProductV2 { fn default() -> Self { ProductV2 {"), "{moved}");
    assert!(moved.contains("impl Default for ProductV3 { fn default() -> Self { ProductV3 {"), "{moved}");

    let text = format!("{text}fn old(product: &ProductV2) -> bool {{ product.sold() }}\n");
    let folder = package(&[("src/lib.rs", &text)]);
    let edits = new_version(folder.path(), "Product").unwrap();
    assert!(planned(&edits, "lib.rs").contains("impl ProductV2 { fn sold"), "{edits}");
    let report = edits.to_string();
    assert!(report.contains("`impl ProductV2` (src/lib.rs:30:1) stays with `ProductV2`"), "{report}");
    let json = serde_json::to_value(&edits).unwrap();
    assert_eq!(
        (&json["purpose"], &json["files"][0]["isNew"]),
        (&"version 3 of `Product`".into(), &false.into())
    );
}

#[test]
fn what_a_person_has_to_look_at_is_noted() {
    let text = PRODUCTS.replace(
        "pub type Product = ProductV2; // everybody says this\nfn f() -> Product",
        "fn f() -> ProductV2",
    );
    let edits = new_version(package(&[("src/lib.rs", &text)]).path(), "ProductV2").unwrap();
    let expected = "nothing uses `ProductV3` yet: write `pub type Product = ProductV3;`, and name that in src/lib.rs:26:11";
    assert_eq!(edits.notes, [expected]);

    let cart = "use crate::Product;\n#[versioned(version = 1)]\nstruct Cart { items: Vec<Product> }\n";
    let edits =
        new_version(package(&[("src/lib.rs", PRODUCTS), ("src/cart.rs", cart)]).path(), "Product").unwrap();
    let expected = "`Cart` (src/cart.rs:3:8) holds `Product`, and so the next version from now on; if it is released, name \
                    `ProductV2` there";
    assert_eq!(edits.notes, [expected]);

    let test =
        "fn t() { Golden::<ProductV2>::new(\"g\").assert(); Golden::<Product>::new(folder()).assert(); }";
    let edits =
        new_version(package(&[("src/lib.rs", PRODUCTS), ("tests/t.rs", test)]).path(), "Product").unwrap();
    let [first, second] = edits.notes.as_slice() else { panic!("{edits}") };
    assert!(first.starts_with("the test at tests/t.rs:1:10 is about `ProductV2`"), "{first}");
    assert!(
        second.starts_with(
            "the folder of the golden documents at tests/t.rs:1:50 is no text: run `SCHEMA_LOCK=add"
        ),
        "{second}"
    );
}

#[test]
fn the_line_ends_and_what_is_before_the_source_stay() {
    let text = format!("\u{feff}#!/usr/bin/env run\n// größer: ü🍵\n{PRODUCTS}").replace('\n', "\r\n");
    let after = next(&text, "Product");
    assert!(after.starts_with("\u{feff}#!/usr/bin/env run\r\n// größer"));
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    assert_eq!(
        after.replace("\r\n", "\n"),
        format!("\u{feff}#!/usr/bin/env run\n// größer: ü🍵\n{}", next(PRODUCTS, "Product"))
    );
}

#[test]
fn another_name_is_not_found_and_the_likely_one_is_said() {
    let error = refusal(PRODUCTS, "Prodcut");
    assert!(error.to_string().ends_with("is called `Prodcut`; did you mean `Product`?"), "{error}");
    let error = refusal(PRODUCTS, "Xylophone");
    assert!(
        error.to_string().ends_with("; there are `Product`, `ProductV1`, `ProductV2`, `products`"),
        "{error}"
    );
    let error = refusal("struct A;", "A");
    assert!(matches!(&error, ScaffoldError::NotFound { known, .. } if known.is_empty()), "{error}");
}

#[test]
fn what_is_there_twice_has_to_be_told_apart() {
    let twice = format!("mod a {{ {PRODUCTS} }}\nmod b {{ {PRODUCTS} }}");
    let error = refusal(&twice, "Product");
    assert!(error.to_string().contains("src/lib.rs:17:12, src/lib.rs:45:12"), "{error}");
    assert!(error.to_string().contains("as in `a::ProductV2`"), "{error}");
    let folder = package(&[("src/lib.rs", &twice)]);
    let edits = new_version(folder.path(), "b::Product").unwrap();
    let after = planned(&edits, "lib.rs");
    assert_eq!(after.matches("struct ProductV3").count(), 1);
    assert!(after.find("mod b").unwrap() < after.find("struct ProductV3").unwrap());

    let branch = format!(
        "{PRODUCTS}\n#[versioned(version = 3, previous = ProductV2)]\nstruct A {{ a: i32 }}\n#[versioned(version = 3, previous = ProductV2)]\nstruct B {{ a: i32 }}\n"
    );
    let error = refusal(&branch, "Product");
    assert!(
        matches!(&error, ScaffoldError::Branches { type_name, places, .. } if type_name == "ProductV2" && places.len() == 2),
        "{error}"
    );
}

#[test]
fn tests_and_other_packages_are_not_what_is_meant() {
    let folder = package(&[
        ("src/lib.rs", PRODUCTS),
        ("tests/a.rs", PRODUCTS),
        ("src/b.rs", &format!("#[cfg(test)]\nmod tests {{ {PRODUCTS} }}")),
        ("inner/Cargo.toml", ""),
        ("inner/src/lib.rs", PRODUCTS),
        ("target/debug/x.rs", PRODUCTS),
    ]);
    let edits = new_version(folder.path(), "Product").unwrap();
    assert_eq!(edits.files.len(), 1, "{edits}");
    // The folder of the sources alone is as good.
    assert_eq!(new_version(folder.path().join("src"), "Product").unwrap(), edits);
}

#[test]
fn a_file_that_is_no_rust_is_named_with_its_place_if_it_may_matter() {
    let broken = "\n  fn product( -> Product {}\n";
    let folder = package(&[("src/lib.rs", PRODUCTS), ("src/broken.rs", broken)]);
    let error = new_version(folder.path(), "Product").unwrap_err();
    assert!(error.to_string().starts_with("src/broken.rs:2:"), "{error}");
    let folder = package(&[("src/lib.rs", PRODUCTS), ("src/broken.rs", "fn nothing( -> {}")]);
    assert!(new_version(folder.path(), "Product").is_ok());
}

#[test]
fn what_a_macro_writes_is_not_copied() {
    let text = "macro_rules! chain { ($name:ident) => {\n#[derive(VersionedDocument)]\n#[versioned(version = 1)]\nstruct $name { a: i32 }\n}; }\nchain!(Thing);\n";
    let error = refusal(text, "Thing");
    assert!(error.to_string().starts_with("`Thing` is written by the macro at src/lib.rs:6:1"), "{error}");
}

#[test]
fn what_cannot_be_copied_says_why() {
    for (from, to, expected) in [
        (
            "pub type Product",
            "struct ProductV3;\npub type Product",
            "would be called `ProductV3`, which is the name of src/lib.rs:26:1",
        ),
        (
            "#[versioned(reversible",
            "#[cfg_attr(a, versioned(manual))]\n#[versioned(reversible",
            "src/lib.rs:16:1: `versioned` stands in a `cfg_attr`",
        ),
        (
            "rename_all = \"camelCase\"",
            "default = \"Self::new\"",
            "src/lib.rs:15:1: `default = ..` names a function",
        ),
    ] {
        let error = refusal(&PRODUCTS.replace(from, to), "Product");
        assert!(error.to_string().contains(expected), "{error}");
    }
    let last = "#[versioned(version = 2147483647, oldest)]\nstruct A { a: i32 }";
    assert!(refusal(last, "A").to_string().contains("the last"));
}

/// A type with as many attributes and comments as may be, in any order.
fn declaration() -> impl Strategy<Value = String> {
    let attribute = prop::sample::select(vec![
        "/// It is one.\n",
        "// A comment.\n",
        "#[versioned(added)]\n",
        "#[versioned(from = old, with = |old| f(old, |a| [a, \"]\"]))] // why\n",
        "#[serde(default)] ",
        "#[versioned(\n    compute = of,\n)]\n",
        "/* a */ ",
        "#[cfg(feature = \"x\")]\n",
    ]);
    let field = (prop::collection::vec(attribute.clone(), 0..4), prop::bool::ANY);
    let fields = prop::collection::vec(field, 1..5);
    (prop::collection::vec(attribute, 0..3), fields, prop::bool::ANY, 1_u32..12).prop_map(|(head, fields, is_enum, version)| {
        let head: String = head.into_iter().filter(|text| !text.contains("versioned") && !text.contains("serde")).collect();
        let fields: String = fields
            .iter()
            .enumerate()
            .map(|(at, (attributes, public))| {
                let attributes = attributes.concat();
                match (is_enum, public) {
                    (true, true) => format!("{attributes}V{at} {{ {attributes}a: i32 }},\n"),
                    (true, false) => format!("{attributes}V{at},"),
                    (false, true) => format!("{attributes}pub f{at}: Vec<Option<i32>>,\n"),
                    (false, false) => format!("{attributes}f{at}: i32, "),
                }
            })
            .collect();
        let kind = if is_enum { "enum" } else { "struct" };
        format!("{head}#[versioned(version = {version}, previous = B<C, D>)]\n{kind} A{version} {{\n{fields}}}\n// Behind.\ntype A = A{version};\n")
    })
}

proptest! {
    /// What was there is there, the copy has no rules, and the same again follows on it.
    #[test]
    fn any_declaration_is_copied(text in declaration()) {
        prop_assume!(syn_accepts(&text));
        let version = |text: &str| text.matches("#[versioned(version").count();
        let once = next(&text, "A");
        prop_assert!(syn_accepts(&once), "{}", once);
        let kept = text.rsplit_once("type A").unwrap().0;
        let (old, behind) = kept.split_once("}\n// Behind").unwrap();
        prop_assert!(once.starts_with(&format!("{old}}}")) && once.contains(behind), "{}", once);
        let copy = once.strip_prefix(&format!("{old}}}")).unwrap();
        prop_assert_eq!(copy.matches("versioned").count(), 1, "{}", copy);
        for kept in ["/// It is one.", "#[cfg(feature", "#[serde(default)]", "f1", "V1"] {
            let of = |text: &str| text.matches(kept).count();
            prop_assert_eq!(of(copy), of(old), "{} in {}", kept, copy);
        }
        let twice = next(&once, "A");
        prop_assert_eq!(version(&twice), version(&text) + 2);
    }
}

fn syn_accepts(text: &str) -> bool {
    let folder = package(&[("src/lib.rs", text)]);
    !matches!(new_version(folder.path(), "A"), Err(ScaffoldError::NotRust { .. }))
        && fs::exists(folder.path()).unwrap()
}
