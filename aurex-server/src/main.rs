//! The Aurex reference server.

fn main() {}
