//! The Aurex reference server.
