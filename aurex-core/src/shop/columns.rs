//! The shop's identifiers as fields of a record.

use super::bookings::LineLock;
use super::identifiers::{Gstin, Hsn, Huid, Phone, StateCode};
use super::pricing::{MakingMassBase, MakingMetalBase, Wastage};
use crate::audit::{Column, Malformed, Value};
use crate::measure::Ratio;

macro_rules! identifier_columns {
    ($($T:ty),*) => {$(
        impl Column for $T {
            fn to_value(&self) -> Value {
                Value::Text(self.as_str().to_owned())
            }
            fn from_value(value: Value) -> Result<Self, Malformed> {
                String::from_value(value).and_then(|text| Self::parse(&text).map_err(|_| Malformed))
            }
        }
    )*};
}
identifier_columns!(Gstin, Hsn, Huid, Phone);

impl Column for StateCode {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        String::from_value(value).and_then(|text| Self::parse(&text).map_err(|_| Malformed))
    }
}

impl Column for MakingMassBase {
    fn to_value(&self) -> Value {
        Value::Text(self.code().to_owned())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        String::from_value(value).and_then(|code| Self::from_code(&code).ok_or(Malformed))
    }
}

impl Column for MakingMetalBase {
    fn to_value(&self) -> Value {
        Value::Text(self.code().to_owned())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        String::from_value(value).and_then(|code| Self::from_code(&code).ok_or(Malformed))
    }
}

impl Column for Wastage {
    fn to_value(&self) -> Value {
        let (kind, ratio) = match self {
            Self::OnMass(ratio) => ("on_mass", ratio),
            Self::OnValue(ratio) => ("on_value", ratio),
        };
        Value::List(vec![Value::Text(kind.to_owned()), ratio.to_value()])
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        let Value::List(parts) = value else { return Err(Malformed) };
        let [kind, ratio]: [Value; 2] = parts.try_into().map_err(|_| Malformed)?;
        let ratio = Ratio::from_value(ratio)?;
        match String::from_value(kind)?.as_str() {
            "on_mass" => Ok(Self::OnMass(ratio)),
            "on_value" => Ok(Self::OnValue(ratio)),
            _ => Err(Malformed),
        }
    }
}

impl Column for LineLock {
    fn to_value(&self) -> Value {
        Value::List(vec![
            self.booking.to_value(),
            self.mass.to_value(),
            self.rate_amount.to_value(),
            self.rate_per.to_value(),
            self.value.to_value(),
        ])
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        let Value::List(parts) = value else { return Err(Malformed) };
        let [booking, mass, rate_amount, rate_per, value]: [Value; 5] =
            parts.try_into().map_err(|_| Malformed)?;
        Ok(Self {
            booking: Column::from_value(booking)?,
            mass: Column::from_value(mass)?,
            rate_amount: Column::from_value(rate_amount)?,
            rate_per: Column::from_value(rate_per)?,
            value: Column::from_value(value)?,
        })
    }
}

impl Column for super::pricing::Making {
    fn to_value(&self) -> Value {
        let kind = |kind: &str| Value::Text(kind.to_owned());
        Value::List(match self {
            Self::PercentOfMetal { ratio, base } => {
                vec![kind("percent_of_metal"), ratio.to_value(), base.to_value()]
            }
            Self::PerMass { amount, per, base } => {
                vec![kind("per_mass"), amount.to_value(), per.to_value(), base.to_value()]
            }
            Self::PerPiece { amount, pieces } => {
                vec![kind("per_piece"), amount.to_value(), pieces.to_value()]
            }
            Self::Fixed { amount } => vec![kind("fixed"), amount.to_value()],
        })
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        let Value::List(parts) = value else { return Err(Malformed) };
        let mut parts = parts.into_iter();
        let mut next = || parts.next().ok_or(Malformed);
        let making = match String::from_value(next()?)?.as_str() {
            "percent_of_metal" => Self::PercentOfMetal {
                ratio: Column::from_value(next()?)?,
                base: Column::from_value(next()?)?,
            },
            "per_mass" => Self::PerMass {
                amount: Column::from_value(next()?)?,
                per: Column::from_value(next()?)?,
                base: Column::from_value(next()?)?,
            },
            "per_piece" => {
                Self::PerPiece { amount: Column::from_value(next()?)?, pieces: Column::from_value(next()?)? }
            }
            "fixed" => Self::Fixed { amount: Column::from_value(next()?)? },
            _ => return Err(Malformed),
        };
        if next().is_ok() { Err(Malformed) } else { Ok(making) }
    }
}
