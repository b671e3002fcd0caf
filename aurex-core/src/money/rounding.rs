//! The rounding modes.

/// What becomes of a fraction. There is no default: whoever can lose a paisa says how.
///
/// Read the names literally; "half up" is avoided because it means two different things for negative amounts.
///
/// | mode | 2.5 | 1.5 | 1.1 | −1.1 | −1.5 | −2.5 |
/// |---|---|---|---|---|---|---|
/// | `AwayFromZero` | 3 | 2 | 2 | −2 | −2 | −3 |
/// | `TowardZero` | 2 | 1 | 1 | −1 | −1 | −2 |
/// | `Ceiling` | 3 | 2 | 2 | −1 | −1 | −2 |
/// | `Floor` | 2 | 1 | 1 | −2 | −2 | −3 |
/// | `HalfAwayFromZero` | 3 | 2 | 1 | −1 | −2 | −3 |
/// | `HalfTowardZero` | 2 | 1 | 1 | −1 | −1 | −2 |
/// | `HalfEven` | 2 | 2 | 1 | −1 | −2 | −2 |
/// | `Exact` | error | error | error | error | error | error |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Any fraction goes to the next integer away from zero.
    AwayFromZero,
    /// Any fraction is cut off.
    TowardZero,
    /// Any fraction goes to the next greater integer.
    Ceiling,
    /// Any fraction goes to the next smaller integer.
    Floor,
    /// To the nearest; exactly half goes away from zero. What Indian trade calls "half up".
    HalfAwayFromZero,
    /// To the nearest; exactly half goes toward zero.
    HalfTowardZero,
    /// To the nearest; exactly half goes to the even neighbour (banker's rounding).
    HalfEven,
    /// No fraction is expected: one is an error, [`ArithmeticError::Inexact`](super::ArithmeticError::Inexact).
    Exact,
}

impl Rounding {
    /// All eight, for tests and for settings that list them.
    pub const ALL: [Self; 8] = [
        Self::AwayFromZero,
        Self::TowardZero,
        Self::Ceiling,
        Self::Floor,
        Self::HalfAwayFromZero,
        Self::HalfTowardZero,
        Self::HalfEven,
        Self::Exact,
    ];
}
