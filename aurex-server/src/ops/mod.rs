//! What whoever runs the server has to do with: keys, certificates, the machine, background work.

pub mod age;
pub mod background;
pub mod breached;
pub mod calibration;
pub mod doctor;
pub mod hashing;
pub mod keys_bundle;
pub mod keys_folder;
pub mod machine;
pub mod memory;
pub mod metrics;
pub mod operators;
pub mod outbox;
pub mod publisher;
pub mod tls;
pub mod witness;
