//! What the rest of the code calls the current version: it becomes the next one.

use super::{Plan, imports::leaves};

pub(super) fn move_aliases(plan: &mut Plan<'_>) {
    let (was, new) = (plan.names.was.clone(), plan.names.new.clone());
    for alias in plan.names.moved.clone() {
        let source = alias.module.source;
        let what = format!("`{}` is `{new}`", alias.name);
        plan.patch(source).report(alias.target.clone(), new.clone(), what);
        if alias.by_path || alias.module.is_same(&plan.chain.newest.module) {
            continue;
        }
        // Where the alias was all that the old name was imported for, nobody needs it there any more.
        let leaves = leaves(&alias.module, &was);
        let mut others = source.mentions(&(0..source.text.len()), &[&was]);
        others.retain(|range| *range != alias.target && leaves.iter().all(|leaf| leaf.range != *range));
        match leaves.as_slice() {
            [only] if !only.is_public && others.is_empty() => {
                let what = format!("`{new}` for `{was}`");
                plan.patch(source).report(only.range.clone(), new.clone(), what);
            }
            _ => plan.import(&alias.module, &new, &was),
        }
    }
}
