//! The log as anybody may have it: the files of a bundle, the page that says what is in them, and a verifier that
//! shares nothing with ours.

mod book;
mod bundle;
mod page;
mod python;
