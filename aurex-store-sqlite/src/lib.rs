//! Aurex on SQLite.
