//! What whoever runs the server has to do with: keys, backups, checks.

pub mod keys_folder;
