//! `demo`: a year of a jeweller's shop in a new folder, and the server on it.
//!
//! Nothing here writes past the road: members, rates, stock, bills and payments go through the same service functions
//! that handlers call, each by somebody whose role may, so that the books, the numbers and the log are those of a shop.
//!
//! | room | what is in it |
//! |---|---|
//! | `folder` | the folder the demo makes and removes |
//! | `chance`, `clock` | the story's own chance and time: the same shop every day it is asked for |
//! | `people` | the two workspaces, their members and passwords |
//! | `shop` | the year, day by day |
//! | `customers`, `rates`, `stock`, `bills`, `payments` | what a day brings |
//! | `episodes` | which day of the last month brings what else, each once |
//! | `suppliers`, `old_gold`, `goldsmith`, `promises`, `afterwards`, `office` | that |
//! | `told` | what is said while it is made, and at the end |

mod afterwards;
mod bills;
mod chance;
mod clock;
mod customers;
mod episodes;
mod folder;
mod goldsmith;
mod names;
mod office;
mod old_gold;
mod payments;
mod people;
mod promises;
mod rates;
mod run;
mod shop;
mod stock;
mod suppliers;
#[cfg(test)]
mod tests;
mod told;

pub use run::{DemoArguments, demo};
