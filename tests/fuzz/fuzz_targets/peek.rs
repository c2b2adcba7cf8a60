#![cfg_attr(fuzzing, no_main)]

schema_fuzz::target!(schema_fuzz::peek::check, schema_fuzz::mutate::document);
