//! Backups, restores and copies: what comes back is what was there, byte for byte, or nothing was written.

mod concurrent;
mod copy;
mod damaged;
mod full_disk;
mod killed;
mod layout;
mod options;
mod picture;
mod present;
mod process;
mod round_trip;
mod scope;
mod servers;
