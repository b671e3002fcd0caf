//! Who gets in, how far, and how it ends.

mod approvals;
mod custom_roles;
mod erasing;
mod founding;
mod hours;
mod leaving;
mod links;
mod log;
mod members;
mod notices;
mod opening;
mod passwords;
mod second_factor;
mod sessions;
mod settings;
mod sign_in;
mod tills;
mod tokens;
mod whereabouts;
