//! Rust text, by its tokens: brackets stay pairs, and what is written into an attribute is mostly one of its keys.

use std::sync::LazyLock;

use fastrand::Rng;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::keys;

/// Keys of `#[versioned(..)]` and of `#[serde(..)]`, and words close to them.
static KEYS: LazyLock<Vec<&str>> =
    LazyLock::new(|| [keys::DOCUMENT.names, keys::VARIANT.names, keys::FIELD.names, OTHER_KEYS].concat());

const OTHER_KEYS: &[&str] = &[
    "verison",
    "rename",
    "rename_all",
    "rename_all_fields",
    "alias",
    "bound",
    "default",
    "deny_unknown_fields",
    "flatten",
    "skip",
    "skip_serializing",
    "skip_deserializing",
    "skip_serializing_if",
    "borrow",
    "tag",
    "content",
    "untagged",
    "transparent",
    "remote",
    "other",
    "into",
    "a::b",
    "r#from",
];

/// What stands behind a key.
const VALUES: &[&str] = &[
    "",
    "= 1",
    "= 2",
    "= 0",
    "= -1",
    "= 4294967296",
    "= 1u8",
    "= 1.5",
    "= \"a\"",
    "= \"\"",
    "= \"_id\"",
    "= \"$a.b\"",
    "= \"reject\"",
    "= \"camelCase\"",
    "= \"SCREAMING-KEBAB-CASE\"",
    "= \"T: Clone, Vec<T>: Sized\"",
    "= 'a'",
    "= b\"a\"",
    "= c\"a\"",
    "= true",
    "= V1",
    "= crate::old::V1",
    "= V1<'a, T, 3>",
    "= V1::<T>",
    "= <T as Old>::V1",
    "= Self",
    "= a",
    "= r#type",
    "= path::to::function",
    "= |a| a",
    "= |a: &V1, _| -> u8 { a.b; 1 }",
    "= (|| 1)",
    "= move || Ok(1)?",
    "= vec![1; 2]",
    "= if a { 1 } else { 2 }",
    "= { 1 }",
    "= A { b: 1, ..c }",
    "()",
    "(a)",
    "(a, b)",
    "(a, a)",
    "(a => b)",
    "(Old => New, Older => New)",
    "(a = |new| new.b)",
    "(a = f, b = f)",
    "(r#type)",
    "(\"a\")",
    "(a(b))",
    "(keys(a, -r#type, b.c, \"d.$**\"), unique)",
    "(keys(text(a, weight = 3)), partial = doc! {})",
    "(1)",
    "(serialize = \"a\")",
    "(serialize = \"a\", deserialize = \"b\")",
    "[a]",
    "{ a }",
];

/// Fields, variants and other things with a comma behind them.
const MEMBERS: &[&str] = &[
    "a: String",
    "b: Option<Vec<Self>>",
    "pub(crate) _id: [u8; 12]",
    "r#type: &'a str",
    "c: Box<dyn Fn(&T) -> u8 + 'a>",
    "d: <T as Iterator>::Item",
    "e: fn(&'_ str) -> Cow<'static, str>",
    "f: !",
    "g: (T, [Self; N])",
    "h: m!(1)",
    "schemaVersion: i32",
    "#[versioned(from = a)] b: u8",
    "#[versioned(from(a, b), with = f)] c: u8",
    "#[versioned(added)] #[serde(flatten)] d: D",
    "#[serde(rename = \"_id\")] id: Id",
    "A",
    "B(u8)",
    "C { a: String }",
    "D(#[versioned(with = f)] u8, T)",
    "#[versioned(from = Old)] E",
    "#[serde(other)] F",
    "G = 7",
    "T: Clone + ?Sized",
    "'a: 'b",
    "const N: usize",
    "'de",
];

/// Attributes and heads, for in front of anything.
const HEADS: &[&str] = &[
    "#[versioned(version = 1)]",
    "#[versioned]",
    "#[versioned = 1]",
    "#[versioned {version = 1}]",
    "#[serde(tag = \"t\")]",
    "#[serde]",
    "#[cfg_attr(all(), serde(default))]",
    "/// Text.\n",
    "pub(in crate::a)",
    "struct",
    "enum",
    "union",
    "Upgrade",
    "where T: Clone",
    "<'a, T: 'a = u8, const N: usize>",
    "(u8, u8);",
    ";",
    "Self",
    "r#Self",
    "::",
    "<",
    ">",
    "=>",
    "..",
];

/// The text of a type with something else about it, or `None` where it has no tokens.
pub fn source(input: &[u8], seed: u64) -> Option<Vec<u8>> {
    let mut rng = Rng::with_seed(seed);
    // Text that is nearly tokens is worth a look as well, and libFuzzer knows how to cross two inputs.
    if rng.u8(..) < 16 {
        return None;
    }
    let tokens: TokenStream = str::from_utf8(input).ok()?.parse().ok()?;
    if tokens.is_empty() {
        return None;
    }
    let mut tokens = tokens;
    for _ in 0..rng.u8(1..=3) {
        let donor = tokens.clone();
        tokens = somewhere(tokens, HEADS, &donor, &mut rng);
    }
    Some(tokens.to_string().into_bytes())
}

/// Goes down into a group, more often than not, and changes what is there. `phrases` is what fits.
fn somewhere(tokens: TokenStream, phrases: &[&str], donor: &TokenStream, rng: &mut Rng) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let groups: Vec<usize> =
        (0..tokens.len()).filter(|index| matches!(tokens[*index], TokenTree::Group(_))).collect();
    match rng.choice(groups) {
        Some(index) if rng.u8(..4) > 0 => {
            if let TokenTree::Group(group) = &tokens[index] {
                let phrases = fitting(&tokens[..index], group, phrases);
                let inner = somewhere(group.stream(), phrases, donor, rng);
                tokens[index] = Group::new(group.delimiter(), inner).into();
            }
        }
        _ => change(&mut tokens, phrases, donor, rng),
    }
    tokens.into_iter().collect()
}

/// What may stand in a group: keys in an attribute, members in braces.
fn fitting<'a>(before: &[TokenTree], group: &Group, outside: &'a [&'a str]) -> &'a [&'a str] {
    match (before.last(), group.delimiter()) {
        (Some(TokenTree::Punct(sign)), Delimiter::Bracket) if sign.as_char() == '#' => HEADS,
        (Some(TokenTree::Ident(name)), Delimiter::Parenthesis) if name == "versioned" || name == "serde" => {
            &KEYS
        }
        (_, Delimiter::Brace) => MEMBERS,
        _ => outside,
    }
}

fn change(tokens: &mut Vec<TokenTree>, phrases: &[&str], donor: &TokenStream, rng: &mut Rng) {
    let mut items = split(tokens);
    let index = rng.usize(..items.len());
    let other = rng.usize(..items.len());
    match rng.u8(..10) {
        0 => drop(items.remove(index)),
        1 => items.insert(other, items[index].clone()),
        2 => items.swap(index, other),
        3..5 => items.insert(index, phrase(phrases, rng)),
        5 => items[index] = phrase(phrases, rng),
        // Within an item.
        6 => {
            let item = &mut items[index];
            let at = rng.usize(..=item.len());
            item.splice(at..at, phrase(phrases, rng));
        }
        7 => {
            let item = &mut items[index];
            let (from, to) = range(item.len(), rng);
            item.drain(from..to);
        }
        8 => {
            let item = &mut items[index];
            let (from, to) = range(item.len(), rng);
            item.splice(from..to, part(donor, rng));
        }
        // The rest of a key, with or without its value.
        _ => {
            let item = &mut items[index];
            item.truncate(1);
            item.extend(lex(VALUES, rng));
        }
    }
    *tokens = join(items);
}

/// The items between commas; at least one, which may be empty.
fn split(tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    tokens.split(is_comma).map(<[TokenTree]>::to_vec).collect()
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

fn join(items: Vec<Vec<TokenTree>>) -> Vec<TokenTree> {
    let comma = || TokenTree::from(proc_macro2::Punct::new(',', proc_macro2::Spacing::Alone));
    let mut tokens = Vec::new();
    for (position, item) in items.into_iter().enumerate() {
        if position > 0 {
            tokens.push(comma());
        }
        tokens.extend(item);
    }
    tokens
}

fn phrase(phrases: &[&str], rng: &mut Rng) -> Vec<TokenTree> {
    let mut tokens = lex(phrases, rng);
    if phrases == *KEYS {
        tokens.extend(lex(VALUES, rng));
    }
    tokens
}

fn lex(phrases: &[&str], rng: &mut Rng) -> Vec<TokenTree> {
    let phrase = rng.choice(phrases).unwrap_or(&"");
    phrase.parse::<TokenStream>().into_iter().flatten().collect()
}

/// Some tokens that stand next to each other anywhere in the text.
fn part(donor: &TokenStream, rng: &mut Rng) -> Vec<TokenTree> {
    let mut tokens: Vec<TokenTree> = donor.clone().into_iter().collect();
    loop {
        let groups = tokens.iter().filter_map(|token| match token {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
        match rng.choice(groups.collect::<Vec<_>>()) {
            Some(stream) if rng.bool() => tokens = stream.into_iter().collect(),
            _ => break,
        }
    }
    let (from, to) = range(tokens.len(), rng);
    tokens.drain(from..to).collect()
}

/// Up to four neighbours.
fn range(length: usize, rng: &mut Rng) -> (usize, usize) {
    let from = rng.usize(..=length);
    (from, (from + rng.usize(..=4)).min(length))
}
