//! How busy a store is: what an operator watches.

use super::TurnFigures;

/// How busy a store is at this moment. It tells of no tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoreFigures {
    /// The queues of writers.
    pub turns: TurnFigures,
    /// What is kept open and shared: connections, files.
    pub pools: Vec<PoolFigures>,
}

/// How full a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolFigures {
    /// Which: a word in lower case.
    pub name: &'static str,
    /// How many are in use.
    pub used: usize,
    /// How many are open and not in use.
    pub idle: usize,
    /// How many there may be.
    pub most: usize,
}
