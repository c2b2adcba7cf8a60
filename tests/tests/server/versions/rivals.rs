//! Services that start at the same time and cannot live together.

use mongodb::Database;
use schema_runtime::{Error, versions::Member};

use super::{ItemV1, ItemV2, RELEASES, Release, items, service};
use crate::support::database;

fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::UnreadableToOthers { .. } | Error::UnreadableHere { .. })
}

#[tokio::test]
async fn one_after_the_other_comes_in_exactly_if_it_goes_with_those_that_are_in() {
    let database = database().await;
    for one in RELEASES {
        for other in RELEASES {
            let first = one.join(&database).await.unwrap();
            match other.join(&database).await {
                Ok(second) => {
                    assert!(one.goes_with(other), "{one:?} {other:?}");
                    second.leave().await.unwrap();
                }
                Err(error) => {
                    assert!(is_refusal(&error), "{error}");
                    assert!(!one.goes_with(other), "{one:?} {other:?}: {error}");
                }
            }
            first.leave().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_at_once_that_do_not_go_together_exactly_one_comes_in() {
    let database = database().await;
    for one in RELEASES {
        for other in RELEASES {
            let (first, second) = tokio::join!(one.join(&database), other.join(&database));
            let expected = if one.goes_with(other) { 2 } else { 1 };
            assert_eq!(leave([first, second]).await, expected, "{one:?} {other:?}");
        }
    }
}

/// How many came in.
async fn leave(joined: impl IntoIterator<Item = Result<Member, Error>>) -> usize {
    let mut came_in = 0;
    for result in joined {
        match result {
            Ok(member) => {
                came_in += 1;
                member.leave().await.unwrap();
            }
            Err(error) => assert!(is_refusal(&error), "{error}"),
        }
    }
    came_in
}

async fn storm(database: &Database, releases: Vec<Release>) {
    let joined = releases.iter().map(|release| release.join(database));
    let joined = futures_util::future::join_all(joined).await;
    let came_in: Vec<Release> = releases
        .iter()
        .zip(&joined)
        .filter(|(_, result)| result.is_ok())
        .map(|(release, _)| *release)
        .collect();
    for (number, one) in came_in.iter().enumerate() {
        for other in &came_in[number + 1..] {
            assert!(one.goes_with(*other), "both are in: {one:?} {other:?}");
        }
    }
    // Nobody is refused for one that did not come in itself.
    for (release, result) in releases.iter().zip(&joined) {
        let clashes = came_in.iter().any(|other| !release.goes_with(*other));
        assert_eq!(result.is_err(), clashes, "{release:?} {came_in:?} {:?}", result.as_ref().err());
    }
    leave(joined).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_ten_at_once_no_two_are_in_that_do_not_go_together() {
    let database = database().await;
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..12 {
        let releases = (0..10).map(|_| RELEASES[random.usize(..RELEASES.len())]).collect();
        storm(&database, releases).await;
    }
}

/// One raises what it writes while another comes in that cannot read it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_raise_and_a_reader_that_cannot_read_it_exclude_each_other() {
    let database = database().await;
    let mut raised_first = 0;
    for round in 0..20_u64 {
        let new = items::<ItemV2>(&database).writing(1).unwrap();
        let member = new.join(service("2.0")).await.unwrap();
        let late = async {
            tokio::time::sleep(std::time::Duration::from_micros(round * 300)).await;
            items::<ItemV1>(&database).join(service("1.0")).await
        };
        let (raised, joined) = tokio::join!(member.raise(2), late);
        assert_eq!(raised.is_ok(), joined.is_err(), "{raised:?} {joined:?}");
        assert_eq!(new.write_version(), if raised.is_ok() { 2 } else { 1 });
        raised_first += u32::from(raised.is_ok());
        leave([joined]).await;
        member.leave().await.unwrap();
    }
    assert!(raised_first > 0);
}
