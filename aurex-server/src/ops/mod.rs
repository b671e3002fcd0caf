//! What whoever runs the server has to do with: keys, the machine, background work.

pub mod background;
pub mod keys_folder;
pub mod machine;
pub mod metrics;
pub mod tls;
