#![cfg_attr(fuzzing, no_main)]

schema_fuzz::target!(schema_fuzz::decode::check, schema_fuzz::mutate::document);
