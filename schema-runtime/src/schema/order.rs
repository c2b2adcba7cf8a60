//! Order: in which migrations are run, and what is wrong with how they ask for each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::Problem;
use crate::migration::Migration;

/// The places of the migrations in the order in which they are run: that of the schema, but each behind those that it asks for.
pub(super) fn of(migrations: &[Arc<Migration>]) -> Result<Vec<usize>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut places = BTreeMap::new();
    for (place, migration) in migrations.iter().enumerate() {
        let id = migration.id();
        if id.is_empty() {
            problems.push(Problem::NoId);
        } else if places.insert(id, place).is_some() {
            problems.push(Problem::SameId { id: id.to_owned() });
        }
    }
    let mut asks = Vec::new();
    for migration in migrations {
        let mut behind = Vec::new();
        for after in migration.dependencies() {
            match places.get(after.as_str()) {
                Some(place) => behind.push(*place),
                None => problems
                    .push(Problem::UnknownDependency { id: migration.id().to_owned(), after: after.clone() }),
            }
        }
        asks.push(behind);
    }
    let order = sorted(&asks);
    if let Err(cycle) = &order {
        let ids = cycle.iter().filter_map(|place| migrations.get(*place)).map(|one| one.id().to_owned());
        problems.push(Problem::Cycle { ids: ids.collect() });
    }
    match order {
        Ok(order) if problems.is_empty() => Ok(order),
        _ => Err(problems),
    }
}

/// The places from the first to the last, but each behind those that it asks for; or a circle of them.
fn sorted(asks: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let (mut order, mut placed) = (Vec::new(), BTreeSet::new());
    let mut way = Vec::new();
    for place in 0..asks.len() {
        place_behind(place, asks, &mut way, &mut placed, &mut order)?;
    }
    Ok(order)
}

fn place_behind(
    place: usize,
    asks: &[Vec<usize>],
    way: &mut Vec<usize>,
    placed: &mut BTreeSet<usize>,
    order: &mut Vec<usize>,
) -> Result<(), Vec<usize>> {
    if placed.contains(&place) {
        return Ok(());
    }
    if let Some(start) = way.iter().position(|on_the_way| *on_the_way == place) {
        return Err(way.split_off(start));
    }
    way.push(place);
    for behind in asks.get(place).into_iter().flatten() {
        place_behind(*behind, asks, way, placed, order)?;
    }
    way.pop();
    placed.insert(place);
    order.push(place);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_is_behind_those_it_asks_for_or_in_a_circle(
            asks in (1_usize..12).prop_flat_map(|count| {
                prop::collection::vec(prop::collection::vec(0..count, 0..3), count)
            }),
        ) {
            match sorted(&asks) {
                Ok(order) => {
                    let at = |place: usize| order.iter().position(|one| *one == place);
                    prop_assert_eq!(order.len(), asks.len());
                    for (place, behind) in asks.iter().enumerate() {
                        prop_assert!(at(place).is_some());
                        prop_assert!(behind.iter().all(|one| at(*one) < at(place)));
                    }
                }
                Err(circle) => {
                    let next = circle.iter().cycle().skip(1);
                    for (place, next) in circle.iter().zip(next) {
                        prop_assert!(asks.get(*place).is_some_and(|asks| asks.contains(next)), "{circle:?}");
                    }
                }
            }
        }

        #[test]
        fn nothing_moves_that_asks_for_nothing_later(asks in prop::collection::vec(prop::collection::vec(0_usize..12, 0..3), 1..12)) {
            let earlier: Vec<Vec<usize>> = asks
                .into_iter()
                .enumerate()
                .map(|(place, asks)| asks.into_iter().filter(|one| *one < place).collect())
                .collect();
            prop_assert_eq!(sorted(&earlier), Ok((0..earlier.len()).collect()));
        }
    }
}
