//! JSON, written from whole numbers: a figure never passes through a float on its way to the portal.

use super::document::EInvoiceRefusal;
use crate::money::{Currency, Money, print_decimal};

/// The greatest amount of a line, 999,999,999,999.99 rupees, in paise; a total may have two digits more, which no bill of ours
/// can have.
const MOST: i64 = 99_999_999_999_999;

/// An object in the making. A field that does not fit is a refusal that names it.
#[derive(Default)]
pub(super) struct Object(String);

impl Object {
    fn put(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(name.rsplit('.').next().unwrap_or(name));
        self.0.push_str("\":");
        self.0.push_str(value);
        self
    }

    /// A text of so many characters, by its path in the schema. The schema knows neither quotes nor backslashes within texts:
    /// they become what looks most like them.
    pub(super) fn text(self, path: &'static str, value: &str, least: usize, most: usize) -> Fits<Self> {
        let value: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = value.replace('"', "'").replace('\\', "/");
        if !(least..=most).contains(&value.chars().count()) || value.contains(char::is_control) {
            return Err(EInvoiceRefusal::Field { field: path });
        }
        Ok(self.put(path, &format!("\"{value}\"")))
    }

    /// An amount in rupees that is not negative.
    pub(super) fn amount(self, path: &'static str, value: Money) -> Fits<Self> {
        let fits = value.currency() == Currency::INR && (0..=MOST).contains(&value.minor());
        let text = print_decimal(value.minor(), 2, None);
        if fits { Ok(self.put(path, &text)) } else { Err(EInvoiceRefusal::Field { field: path }) }
    }

    /// A count of units of 10^−`decimals` between bounds.
    pub(super) fn number(self, path: &'static str, units: i64, decimals: u32, most: i64) -> Fits<Self> {
        self.between(path, units, decimals, 0, most)
    }

    /// The same with a lower bound of its own.
    pub(super) fn between(
        self,
        path: &'static str,
        units: i64,
        decimals: u32,
        least: i64,
        most: i64,
    ) -> Fits<Self> {
        if !(least..=most).contains(&units) {
            return Err(EInvoiceRefusal::Field { field: path });
        }
        Ok(self.put(path, &print_decimal(units, decimals, None)))
    }

    /// An object within.
    pub(super) fn object(self, name: &str, inner: Self) -> Self {
        let inner = inner.done();
        self.put(name, &inner)
    }

    /// A list within.
    pub(super) fn list(self, name: &str, inner: Vec<Self>) -> Self {
        let inner: Vec<String> = inner.into_iter().map(Self::done).collect();
        self.put(name, &format!("[{}]", inner.join(",")))
    }

    /// The text of it.
    pub(super) fn done(self) -> String {
        format!("{{{}}}", self.0)
    }
}

/// What fits into the schema, or the field that does not.
pub(super) type Fits<T> = Result<T, EInvoiceRefusal>;
