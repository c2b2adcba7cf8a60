//! The features of a release, as documents.

use std::{env, fs, path::PathBuf};

use bson::{Bson, Document, doc};
use serde_json::Value;

/// The folder of a release, unpacked.
const VARIABLE: &str = "BROWSER_COMPAT_DATA";

pub struct Release {
    pub name: String,
    pub features: Vec<Document>,
    /// How many features it is known to have; a sample has fewer.
    pub expected: Option<usize>,
}

/// The samples, or all of the release that the environment names.
pub fn releases() -> Vec<Release> {
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/data/mdn");
    let folders = match env::var_os(VARIABLE) {
        Some(folder) => vec![PathBuf::from(folder)],
        None => ["5.0.0", "8.1.9"].map(|release| PathBuf::from(samples).join(release)).to_vec(),
    };
    folders.into_iter().map(release).collect()
}

fn release(folder: PathBuf) -> Release {
    let text = fs::read_to_string(folder.join("data.json")).unwrap();
    let Value::Object(mut groups) = serde_json::from_str(&text).unwrap() else { panic!("no object") };
    let expected =
        env::var_os(VARIABLE).and_then(|_| known_count(groups.get("__meta")?.get("version")?.as_str()?));
    groups.retain(|name, _| !["browsers", "__meta"].contains(&name.as_str()));
    let mut features = Vec::new();
    collect(&Value::Object(groups), "", &mut features);
    Release { name: folder.display().to_string(), features, expected }
}

fn known_count(release: &str) -> Option<usize> {
    match release {
        "5.0.0" => Some(13_700),
        "8.1.9" => Some(20_968),
        _ => None,
    }
}

fn collect(node: &Value, path: &str, features: &mut Vec<Document>) {
    for (name, child) in node.as_object().into_iter().flatten() {
        if name == "__compat" {
            let Bson::Document(compat) = Bson::try_from(child.clone()).unwrap() else { panic!("{path}") };
            let mut feature = doc! { "_id": path };
            feature.extend(compat);
            features.push(feature);
        } else {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            collect(child, &path, features);
        }
    }
}
