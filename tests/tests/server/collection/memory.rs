//! What a search holds in memory: a batch, however much it finds.

use mongodb::bson::{Document, doc};
use tokio::process::Command;

use crate::support::{database, uri};

/// Of each document; what is not read counts as well, while it waits in a batch.
const BYTES: usize = 2_000;

/// The memory that a process took to read so many documents.
async fn peak(name: &str, documents: i32) -> u64 {
    let output =
        Command::new(env!("CARGO_BIN_EXE_stream_orders")).args([uri().await, name]).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = String::from_utf8(output.stdout).unwrap();
    let (read, peak) = output.trim().split_once(' ').expect("two numbers");
    assert_eq!(read, documents.to_string());
    peak.parse().unwrap()
}

#[tokio::test]
async fn a_search_holds_a_batch_however_much_it_finds() {
    let database = database().await;
    let orders = database.collection::<Document>("orders");
    let mut peaks = Vec::new();
    for range in [0..15_000, 15_000..60_000] {
        let end = range.end;
        let order = |id: i32| doc! { "_id": id, "total": id.to_string(), "note": "x".repeat(BYTES) };
        orders.insert_many(range.map(order)).await.unwrap();
        peaks.push(peak(database.name(), end).await);
    }
    let [few, many] = peaks[..] else { panic!("{peaks:?}") };
    // Four times as many take 90 MB more, were they kept; a batch takes 16 MiB at most.
    assert!(many < few + 8 * 1024 * 1024, "{few} bytes for 15,000 documents and {many} for 60,000");
}
