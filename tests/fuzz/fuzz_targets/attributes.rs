#![cfg_attr(fuzzing, no_main)]

schema_fuzz::target!(schema_fuzz::attributes::check, schema_fuzz::mutate::source);
