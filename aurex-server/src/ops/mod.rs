//! What whoever runs the server has to do with: keys, certificates, the machine, background work.

pub mod background;
pub mod keys_folder;
pub mod machine;
pub mod metrics;
pub mod tls;
