//! What was written in any way is read in any way.

use std::net::IpAddr;

use proptest::prelude::*;
use schema_runtime::{
    bson::{DateTime, oid::ObjectId},
    decode, encode,
};
use schema_tests::ways::{
    WayIn, WayOut, binary_ways_in, binary_ways_out, readable_ways_in, readable_ways_out,
};

use crate::{HostV2, State};

fn states() -> impl Strategy<Value = State> {
    prop_oneof![
        Just(State::Up),
        any::<u32>().prop_map(State::Draining),
        any::<(u8, String)>().prop_map(|(slot, to)| State::Moving(slot, to)),
        any::<(i64, Option<String>)>().prop_map(|(since, reason)| State::Down { since, reason }),
    ]
}

/// Values that every format keeps exactly. Two of them are not ours to test: bson's own `Document` takes a
/// date after the year 9999 for the last one before it, and `serde_json` reads long fractions a bit off.
fn hosts() -> impl Strategy<Value = HostV2> {
    let ordinary = any::<(String, i64, Vec<String>, Option<IpAddr>)>();
    let seen = prop::option::of(0..253_402_300_800_000_i64);
    let load = any::<i32>().prop_map(|eighths| f64::from(eighths) / 8.0);
    (any::<[u8; 12]>(), ordinary, states(), seen, load).prop_map(
        |(id, (label, uptime, tags, address), state, seen, load)| HostV2 {
            id: ObjectId::from_bytes(id),
            label,
            uptime,
            tags,
            state,
            seen: seen.map(DateTime::from_millis),
            load,
            address,
        },
    )
}

fn all_pairs(host: &HostV2, out: &[WayOut<HostV2>], into: &[WayIn<HostV2>]) -> Result<(), TestCaseError> {
    for (out, write) in out {
        let written = write(host).unwrap();
        for (into, read) in into {
            let read = read(&written);
            prop_assert_eq!(read.as_ref(), Ok(host), "written to {}, read from {}", out, into);
        }
    }
    Ok(())
}

proptest! {
    // Every case goes through all pairs of ways.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn through_binary_bson(host in hosts()) {
        all_pairs(&host, &binary_ways_out(), &binary_ways_in())?;
    }

    #[test]
    fn through_readable_bson(host in hosts()) {
        all_pairs(&host, &readable_ways_out(), &readable_ways_in())?;
    }

    #[test]
    fn through_json(host in hosts()) {
        let text = serde_json::to_string(&host).unwrap();
        prop_assert_eq!(&serde_json::from_str::<HostV2>(&text).unwrap(), &host);
        let value = serde_json::to_value(&host).unwrap();
        prop_assert_eq!(&serde_json::from_value::<HostV2>(value).unwrap(), &host);
    }

    /// Reading and writing again changes nothing.
    #[test]
    fn writing_is_stable(host in hosts()) {
        let once = encode(&host).unwrap();
        let again: HostV2 = decode(&once).unwrap();
        prop_assert_eq!(encode(&again).unwrap(), once);
    }
}
