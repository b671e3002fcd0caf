//! Money, weights and purities as fields of a record.

use super::record::Column;
use super::value::{Malformed, Value};
use crate::measure::{FineMass, Fineness, Mass, Metal, Rate, RateBasis, RateKind, Ratio, StoneMass};
use crate::money::{Currency, Money};

impl Column for Money {
    fn to_value(&self) -> Value {
        Value::Money(*self)
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        if let Value::Money(money) = value { Ok(money) } else { Err(Malformed) }
    }
}

/// Types that are one integer.
macro_rules! measured_columns {
    ($($T:ty: $get:ident, $make:expr;)*) => {$(
        impl Column for $T {
            fn to_value(&self) -> Value {
                self.$get().to_value()
            }
            fn from_value(value: Value) -> Result<Self, Malformed> {
                Column::from_value(value).and_then($make)
            }
        }
    )*};
}

measured_columns! {
    Mass: mg, |n: i64| Self::new(n).map_err(|_| Malformed);
    StoneMass: mct, |n: i64| Self::new(n).map_err(|_| Malformed);
    FineMass: ng, |n: i64| Self::new(n).map_err(|_| Malformed);
    Fineness: ppm, |n: u32| Self::new(n).map_err(|_| Malformed);
    Ratio: ppm, |n: i32| Ok(Self::from_ppm(n));
}

/// Types that are one of a few codes.
macro_rules! coded_columns {
    ($($T:ty: $make:expr;)*) => {$(
        impl Column for $T {
            fn to_value(&self) -> Value {
                Value::Text(self.code().to_owned())
            }
            fn from_value(value: Value) -> Result<Self, Malformed> {
                String::from_value(value).and_then($make)
            }
        }
    )*};
}

coded_columns! {
    Metal: |code: String| Self::from_code(&code).map_err(|_| Malformed);
    RateKind: |code: String| Self::from_code(&code).ok_or(Malformed);
    RateBasis: |code: String| Self::from_code(&code).ok_or(Malformed);
    Currency: |code: String| Self::from_code(&code).map_err(|_| Malformed);
}

impl Column for Rate {
    fn to_value(&self) -> Value {
        Value::List(vec![self.amount().to_value(), self.per().to_value(), self.fineness().to_value()])
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        let Value::List(parts) = value else { return Err(Malformed) };
        let [amount, per, fineness]: [Value; 3] = parts.try_into().map_err(|_| Malformed)?;
        Self::new(Money::from_value(amount)?, Mass::from_value(per)?, Fineness::from_value(fineness)?)
            .map_err(|_| Malformed)
    }
}
