//! The chart of accounts that a jeweller's workspace opens with, and how rules find their accounts in it.

use crate::chance::Entropy;
use crate::ledger::{Account, AccountId, AccountState, Class, Commodity};
use crate::measure::Metal;
use crate::money::Currency;
use crate::shop::parties::PartyId;
use crate::shop::receipts::PaymentMode;
use crate::tenancy::Id as _;
use crate::text::{Label, Name};
use crate::time::Timestamp;

/// What an account is for. The text form stands in the account's `purpose` column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Cash in hand.
    Cash,
    /// The bank.
    Bank,
    /// UPI on its way to the bank.
    Upi,
    /// Card payments on their way to the bank.
    Card,
    /// Cheques in hand.
    Cheques,
    /// Owned metal at cost.
    StockCost(Metal),
    /// Owned metal by fine weight.
    StockFine(Metal),
    /// The other side of owned metal.
    Conversion(Metal),
    /// Central tax owed.
    Cgst,
    /// State tax owed.
    Sgst,
    /// Integrated tax owed.
    Igst,
    /// Where opening balances come from.
    Opening,
    /// Metal sold.
    MetalSales,
    /// Making charged.
    Making,
    /// Stones sold.
    Stones,
    /// Other charges.
    OtherCharges,
    /// Discounts given.
    Discounts,
    /// Round-off at the foot of bills.
    RoundOff,
    /// Cost of what was sold.
    CostOfGoods,
    /// What a party owes.
    Receivable,
    /// What customers paid ahead.
    Advances,
}

impl For {
    /// The text form.
    pub fn purpose(self) -> String {
        match self {
            Self::Cash => "cash".to_owned(),
            Self::Bank => "bank".to_owned(),
            Self::Upi => "upi".to_owned(),
            Self::Card => "card".to_owned(),
            Self::Cheques => "cheques".to_owned(),
            Self::StockCost(metal) => format!("stock_cost.{}", metal.code()),
            Self::StockFine(metal) => format!("stock_fine.{}", metal.code()),
            Self::Conversion(metal) => format!("conversion.{}", metal.code()),
            Self::Cgst => "cgst".to_owned(),
            Self::Sgst => "sgst".to_owned(),
            Self::Igst => "igst".to_owned(),
            Self::Opening => "opening".to_owned(),
            Self::MetalSales => "metal_sales".to_owned(),
            Self::Making => "making".to_owned(),
            Self::Stones => "stones".to_owned(),
            Self::OtherCharges => "other_charges".to_owned(),
            Self::Discounts => "discounts".to_owned(),
            Self::RoundOff => "round_off".to_owned(),
            Self::CostOfGoods => "cost_of_goods".to_owned(),
            Self::Receivable => "receivable".to_owned(),
            Self::Advances => "advances".to_owned(),
        }
    }

    /// Where money of this mode goes.
    pub const fn taking(mode: PaymentMode) -> Self {
        match mode {
            PaymentMode::Cash => Self::Cash,
            PaymentMode::CashDeposit | PaymentMode::Bank => Self::Bank,
            PaymentMode::Upi => Self::Upi,
            PaymentMode::Card => Self::Card,
            PaymentMode::ChequeAccountPayee | PaymentMode::ChequeOther => Self::Cheques,
            PaymentMode::Advance => Self::Advances,
        }
    }
}

impl For {
    /// Where money that is paid out in this mode comes from. A cheque of ours is drawn on the bank, and cash that is paid
    /// into somebody's bank comes out of the drawer.
    pub const fn paying(mode: PaymentMode) -> Self {
        match mode {
            PaymentMode::Cash | PaymentMode::CashDeposit => Self::Cash,
            PaymentMode::Bank | PaymentMode::ChequeAccountPayee | PaymentMode::ChequeOther => Self::Bank,
            PaymentMode::Upi => Self::Upi,
            PaymentMode::Card => Self::Card,
            PaymentMode::Advance => Self::Advances,
        }
    }
}

/// The accounts known to a decision.
#[derive(Debug, Clone, Copy)]
pub struct Chart<'a>(pub &'a [Account]);

/// The workspace lacks an account that it was opened with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the chart of accounts has no account for {0}")]
pub struct NoSuchAccount(pub String);

impl<'a> Chart<'a> {
    /// The workspace's account for a purpose.
    ///
    /// # Errors
    /// [`NoSuchAccount`] when there is none.
    pub fn of(self, purpose: For) -> Result<&'a Account, NoSuchAccount> {
        self.find(purpose, None)
    }

    /// A party's own account.
    ///
    /// # Errors
    /// [`NoSuchAccount`] when there is none.
    pub fn receivable(self, party: PartyId) -> Result<&'a Account, NoSuchAccount> {
        self.find(For::Receivable, Some(party.uuid()))
    }

    fn find(self, purpose: For, party: Option<uuid::Uuid>) -> Result<&'a Account, NoSuchAccount> {
        let purpose = purpose.purpose();
        self.0
            .iter()
            .find(|account| account.purpose.as_str() == purpose && account.party == party)
            .ok_or(NoSuchAccount(purpose))
    }
}

/// A new party's account in the workspace's currency.
pub fn receivable(
    party: PartyId,
    currency: Currency,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Account, crate::text::TextError> {
    Ok(Account {
        id: AccountId::new(now, entropy),
        code: Label::new(format!("P-{}", party.uuid().simple()))?,
        name: Name::new("Customer account")?,
        class: Class::Asset,
        commodity: Commodity::Currency(currency),
        purpose: Label::new(For::Receivable.purpose())?,
        party: Some(party.uuid()),
        state: AccountState::Open,
        opened_at: now,
    })
}

/// The chart that a workspace opens with.
///
/// # Errors
/// None in practice: every name below is a constant that fits.
pub fn opening_chart(
    currency: Currency,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Vec<Account>, crate::text::TextError> {
    use Class::{Asset, Equity, Expense, Income, Liability};
    let money = Commodity::Currency(currency);
    let mut rows = vec![
        ("1000", "Cash in hand", Asset, money, For::Cash),
        ("1010", "Bank", Asset, money, For::Bank),
        ("1020", "UPI in clearing", Asset, money, For::Upi),
        ("1030", "Cards in clearing", Asset, money, For::Card),
        ("1040", "Cheques in hand", Asset, money, For::Cheques),
        ("2000", "Customer advances", Liability, money, For::Advances),
        ("2100", "CGST payable", Liability, money, For::Cgst),
        ("2110", "SGST payable", Liability, money, For::Sgst),
        ("2120", "IGST payable", Liability, money, For::Igst),
        ("3000", "Opening balances", Equity, money, For::Opening),
        ("4000", "Sales of metal", Income, money, For::MetalSales),
        ("4010", "Making charges", Income, money, For::Making),
        ("4020", "Sales of stones", Income, money, For::Stones),
        ("4030", "Other charges", Income, money, For::OtherCharges),
        ("4090", "Round-off", Income, money, For::RoundOff),
        ("5000", "Cost of goods sold", Expense, money, For::CostOfGoods),
        ("5090", "Discounts given", Expense, money, For::Discounts),
    ];
    let metals = [
        (Metal::Gold, ["1300", "6100", "6900"], ["Gold at cost", "Gold in stock", "Gold conversion"]),
        (Metal::Silver, ["1310", "6110", "6910"], ["Silver at cost", "Silver in stock", "Silver conversion"]),
        (
            Metal::Platinum,
            ["1320", "6120", "6920"],
            ["Platinum at cost", "Platinum in stock", "Platinum conversion"],
        ),
    ];
    for (metal, [cost, fine, conversion], [cost_name, fine_name, conversion_name]) in metals {
        let by_weight = Commodity::Metal(metal);
        rows.push((cost, cost_name, Asset, money, For::StockCost(metal)));
        rows.push((fine, fine_name, Asset, by_weight, For::StockFine(metal)));
        rows.push((conversion, conversion_name, Equity, by_weight, For::Conversion(metal)));
    }
    rows.into_iter()
        .map(|(code, name, class, commodity, purpose)| {
            Ok(Account {
                id: AccountId::new(now, entropy),
                code: Label::new(code)?,
                name: Name::new(name)?,
                class,
                commodity,
                purpose: Label::new(purpose.purpose())?,
                party: None,
                state: AccountState::Open,
                opened_at: now,
            })
        })
        .collect()
}
