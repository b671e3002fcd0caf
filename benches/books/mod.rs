//! Books of a year that nobody kept: a few bills that the store issued, repeated with ids, numbers and dates of their own.
//!
//! | room | what is in it |
//! |---|---|
//! | `grow` | the statements that repeat them, the same for both databases but for their dialects |

pub mod grow;
