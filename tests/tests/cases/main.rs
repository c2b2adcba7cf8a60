//! Migrations that real applications once ran as scripts, as chains of types: their documents (in
//! `tests/data/cases`, clean and dirty ones) must come out as the scripts left them.
//!
//! Each module is written the way a service would have it: attributes where they say it, a function where they
//! do not, and a step by hand where two fields need the same work. Where a case accepts more than one outcome,
//! the module says which one it chose and why. Three cases describe the way back as well; there the step is
//! `reversible`.

mod case;
mod loose;

mod alert_parameters_to_int;
mod archived_flag_to_user_list;
mod board_colour_from_background;
mod board_permission_lowercase;
mod day_start_to_number;
mod fields_to_json_schema;
mod granted_group_chain;
mod last_sync_to_namespace_map;
mod secure_text_to_boolean;
mod sso_certificate_to_array;
mod status_name_to_number;
mod timestamps_from_id;
