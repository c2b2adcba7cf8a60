//! The checker, with histories and ends made by hand: each rule can be broken.
