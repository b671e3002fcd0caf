//! Who gets in, how far, and how it ends.

mod founding;
mod log;
mod members;
mod opening;
mod passwords;
mod second_factor;
mod sessions;
mod settings;
mod sign_in;
mod tokens;
