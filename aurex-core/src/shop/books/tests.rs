//! What the shapes promise, whatever the figures.
