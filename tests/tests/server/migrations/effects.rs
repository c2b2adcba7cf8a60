//! Any commands on any migrations, against a model in memory: which are refused, what is in effect, and what the ledger says.

mod model;

use mongodb::bson::{Document, doc};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{
    Environment, Schema,
    migration::{Direction, Migration},
    runner::Run,
    schema::SchemaError,
};
use schema_tests::marks::{MADE, MARKS, Mark, Trouble, Way, in_effect, prepare, times};

use self::model::{Command, Model, Outcome, Plan};
use super::entries;
use crate::support::database;

/// A migration, as the model sees it.
#[derive(Debug, Clone)]
struct Made {
    ways: Vec<Way>,
    /// The places of earlier ones.
    after: Vec<usize>,
    production_only: bool,
}

fn registry() -> impl Strategy<Value = Vec<Made>> {
    let way = prop_oneof![3 => Just(Way::InTransaction), 1 => Just(Way::Repeatable), 1 => Just(Way::Outside)];
    let one = (
        prop::collection::vec(way, 0..3),
        prop::collection::vec(any::<prop::sample::Index>(), 0..2),
        prop::bool::weighted(0.15),
    );
    prop::collection::vec(one, 1..5).prop_map(|made| {
        let made = made.into_iter().enumerate().map(|(place, (ways, after, production_only))| {
            let after = after.iter().filter(|_| place > 0).map(|index| index.index(place)).collect();
            Made { ways, after, production_only }
        });
        made.collect()
    })
}

fn plans(count: usize) -> impl Strategy<Value = Vec<Plan>> {
    let command = prop_oneof![
        4 => Just(Command::Up),
        1 => (0..count).prop_map(Command::UpTo),
        2 => (1_usize..4).prop_map(Command::Down),
        1 => (0..count).prop_map(Command::To),
        1 => Just(Command::Redo),
        2 => (0..count, any::<bool>()).prop_map(|(place, up)| Command::Only(place, up)),
        1 => (0..count).prop_map(Command::Mark),
        1 => (0..count).prop_map(Command::Baseline),
    ];
    let fails = prop::option::weighted(0.3, (0..count, 1_usize..3));
    let one = (command, prop::bool::weighted(0.4), prop::bool::weighted(0.4), fails);
    let plan =
        one.prop_map(|(command, out_of_order, retry, fails)| Plan { command, out_of_order, retry, fails });
    prop::collection::vec(plan, 1..9)
}

fn id(place: usize) -> String {
    format!("m{place}")
}

fn step(place: usize, number: usize) -> String {
    format!("m{place}/{number}")
}

fn schema(database: &mongodb::Database, made: &[Made], trouble: &Trouble) -> Schema {
    let migrations = made.iter().enumerate().map(|(place, Made { ways, after, production_only })| {
        let marks = ways.iter().enumerate();
        let marks = marks.map(|(number, way)| Mark::new(step(place, number + 1), *way).failing_in(trouble));
        let migration = marks.fold(Migration::new(id(place)), Migration::step);
        let migration = after.iter().fold(migration, |migration, other| migration.after(id(*other)));
        if *production_only { migration.environments([Environment::Production]) } else { migration }
    });
    Schema::new(database).environment(Environment::Development).migrations(migrations)
}

async fn perform(schema: &Schema, plan: &Plan) -> Result<Outcome, SchemaError> {
    let asked: Run<'_> = match plan.command {
        Command::Up => schema.up(),
        Command::UpTo(place) => schema.up_to(id(place)),
        Command::Down(count) => schema.down(count),
        Command::To(place) => schema.to(id(place)),
        Command::Redo => schema.redo(),
        Command::Only(place, true) => schema.only(id(place), Direction::Up),
        Command::Only(place, false) => schema.only(id(place), Direction::Down),
        Command::Mark(place) => return schema.mark_applied(&id(place)).await.map(|()| Outcome::Done),
        Command::Baseline(place) => return schema.baseline(&id(place)).await.map(|_| Outcome::Done),
    };
    let report = asked.out_of_order(plan.out_of_order).retry(plan.retry).run().await?;
    Ok(if report.is_done() { Outcome::Done } else { Outcome::Failed })
}

fn outcome(result: Result<Outcome, SchemaError>) -> Outcome {
    match result {
        Ok(outcome) => outcome,
        Err(SchemaError::OutOfOrder { .. }) => Outcome::OutOfOrder,
        Err(SchemaError::Dependent { .. }) => Outcome::Dependent,
        Err(SchemaError::CutOff { .. }) => Outcome::CutOff,
        Err(error) => panic!("{error}"),
    }
}

async fn compare(database: &mongodb::Database, made: &[Made], model: &Model) {
    let (entries, marks) = (entries(database).await, in_effect(database).await);
    for (place, Made { ways, .. }) in made.iter().enumerate() {
        let expected = &model.migrations[place];
        if let Some(entry) = entries.iter().find(|entry| entry.id == id(place)) {
            assert_eq!(entry.state, expected.state, "{}", entry.id);
            assert_eq!(entry.done as usize, expected.done, "{}", entry.id);
            assert_eq!(entry.begun.map(|begun| begun as usize), expected.begun, "{}", entry.id);
            assert_eq!(entry.marked, expected.marked, "{}", entry.id);
            assert_eq!(entry.error.is_some(), expected.state == schema_runtime::ledger::State::Failed);
        } else {
            assert_eq!(expected.state, schema_runtime::ledger::State::Pending, "{place}");
        }
        for number in 1..=ways.len() {
            let step = step(place, number);
            assert_eq!(marks.contains(&step), expected.marks[number - 1], "{step}");
            for (direction, count) in [(Direction::Up, &expected.ups), (Direction::Down, &expected.downs)] {
                assert_eq!(times(database, &step, direction).await, count[number - 1], "{step} {direction}");
            }
        }
    }
}

#[test]
fn commands_do_what_the_model_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(async {
        let database = database().await;
        prepare(&database).await;
        database
    });
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let cases = registry().prop_flat_map(|made| (plans(made.len()), Just(made)));
    let check = |(plans, made): (Vec<Plan>, Vec<Made>)| {
        runtime.block_on(async {
            for of_ours in [MARKS, MADE, "schema_migrations"] {
                database.collection::<Document>(of_ours).delete_many(doc! {}).await.unwrap();
            }
            let trouble = Trouble::default();
            let schema = schema(&database, &made, &trouble);
            let mut model = Model::new(&made);
            for plan in &plans {
                *trouble.lock().unwrap() =
                    plan.fails.iter().map(|(place, number)| step(*place, *number)).collect();
                let expected = model.perform(plan);
                let happened = outcome(perform(&schema, plan).await);
                prop_assert_eq!(happened, expected, "{:?}", plan);
                compare(&database, &made, &model).await;
            }
            Ok(())
        })
    };
    runner.run(&cases, check).unwrap();
}
