//! Who gets in, how far, and how it ends.

mod custom_roles;
mod founding;
mod leaving;
mod log;
mod members;
mod opening;
mod passwords;
mod sessions;
mod settings;
mod sign_in;
mod tills;
mod tokens;
mod whereabouts;
