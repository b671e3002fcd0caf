//! Who gets in, how far, and how it ends.

mod approvals;
mod founding;
mod links;
mod log;
mod members;
mod opening;
mod passwords;
mod second_factor;
mod sessions;
mod settings;
mod sign_in;
mod tokens;
