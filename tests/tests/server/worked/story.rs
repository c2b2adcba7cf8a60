//! The example itself: every scene has to go as it says.

use tokio::process::Command;

use crate::examples::program;

#[tokio::test]
async fn every_history_is_told_to_its_end() {
    let output = Command::new(program("histories")).output().await.expect("the program to run");
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    for history in schema_examples::histories::all() {
        assert!(told.contains(history.about), "{told}");
    }
}

#[tokio::test]
async fn a_history_that_there_is_not_is_wrong_usage() {
    let output = Command::new(program("histories")).arg("films").output().await.expect("the program to run");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("catalogue, results"));
}
