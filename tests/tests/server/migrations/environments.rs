//! Environments: what is run where, and what destroys.

use schema_runtime::{
    Environment, Schema,
    ledger::State,
    migration::{Context, Direction, Migration, StepError},
    runner::Ending,
    schema::SchemaError,
};
use schema_tests::marks::{Way, in_effect, prepare};

use super::{entry, marking, states};
use crate::support::database;

const SOMEWHERE: [Option<Environment>; 4] =
    [Some(Environment::Development), Some(Environment::Staging), Some(Environment::Production), None];

async fn nothing(_: Context) -> Result<(), StepError> {
    Ok(())
}

fn at(schema: Schema, environment: Option<Environment>) -> Schema {
    match environment {
        Some(environment) => schema.environment(environment),
        None => schema,
    }
}

#[tokio::test]
async fn what_destroys_asks_for_more_the_more_there_is_to_lose() {
    for environment in SOMEWHERE {
        let database = database().await;
        let cleaning = Migration::new("clean").up(nothing).down(nothing).destroys("all carts");
        let schema = at(Schema::new(&database).migration(cleaning), environment);
        let enough = |allowed: bool, backup: bool| match environment {
            Some(Environment::Development) => true,
            Some(Environment::Staging) => allowed,
            Some(Environment::Production) | None => allowed && backup,
        };
        for (allowed, backup) in [(false, false), (true, false), (false, true), (true, true)] {
            let run = || schema.up().allow_destructive(allowed).backup_made_or_waived(backup);
            assert_eq!(run().plan().await.unwrap().refused.is_none(), enough(allowed, backup));
            let plan = run().plan().await.unwrap();
            assert_eq!(plan.destroys().collect::<Vec<_>>(), [("clean", "all carts")]);
            match run().run().await {
                Ok(report) => assert!(enough(allowed, backup) && report.is_done(), "{environment:?}"),
                Err(SchemaError::Destructive { id, what, environment: told }) => {
                    assert!(!enough(allowed, backup), "{environment:?} {allowed} {backup}");
                    assert_eq!((id.as_str(), what.as_str(), told), ("clean", "all carts", environment));
                    continue;
                }
                Err(error) => panic!("{error}"),
            }
            // What is destroyed again on the way up is asked for again.
            assert_eq!(schema.redo().plan().await.unwrap().refused.is_none(), enough(false, false));
            let again = schema.redo().allow_destructive(allowed).backup_made_or_waived(backup);
            assert!(again.run().await.unwrap().is_done());
            // It loses nothing on its way back.
            assert!(schema.down(1).run().await.unwrap().is_done());
        }
    }
}

#[tokio::test]
async fn a_migration_runs_where_it_is_for() {
    for environment in SOMEWHERE {
        let database = database().await;
        prepare(&database).await;
        let schema = Schema::new(&database)
            .migration(marking("seed", &[Way::InTransaction]).environments([Environment::Development]))
            .migration(marking("behind", &[Way::InTransaction]).after("seed"))
            .migration(
                marking("real", &[Way::InTransaction])
                    .environments([Environment::Staging, Environment::Production]),
            );
        let schema = at(schema, environment);
        let report = schema.up().run().await.unwrap();
        let run: Vec<&str> = report.migrations.iter().map(|one| one.id.as_str()).collect();
        let expected: &[&str] = match environment {
            Some(Environment::Development) => &["seed", "behind"],
            Some(_) => &["behind", "real"],
            // Where nobody says, it is nowhere in particular.
            None => &["behind"],
        };
        assert_eq!(run, expected, "{environment:?}");
        assert_eq!(entry(&database, "behind").await.environment, environment);
        let status = schema.status().await.unwrap();
        assert!(status.is_current());
        let elsewhere = status.migrations.iter().filter(|migration| migration.elsewhere).count();
        assert_eq!(elsewhere, 3 - expected.len());
        let nowhere = schema.only(if expected.contains(&"seed") { "real" } else { "seed" }, Direction::Up);
        assert_eq!(nowhere.run().await.unwrap().ending, Ending::NothingToDo);
        assert_eq!(schema.down_all().run().await.unwrap().migrations.len(), expected.len());
        assert!(in_effect(&database).await.is_empty());
        assert!(states(&database).await.iter().all(|(_, state)| *state != State::Completed));
    }
}
