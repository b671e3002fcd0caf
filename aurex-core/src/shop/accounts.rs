//! The chart of accounts that a jeweller's workspace opens with, and how rules find their accounts in it.

use crate::chance::Entropy;
use crate::ledger::{Account, AccountId, AccountState, Class, Commodity};
use crate::measure::Metal;
use crate::money::Currency;
use crate::shop::parties::{PartyId, PartyKind};
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
    /// What a customer owes.
    Receivable,
    /// What is owed to a supplier or a goldsmith.
    Payable,
    /// Central tax paid on what was bought.
    InputCgst,
    /// State tax paid on what was bought.
    InputSgst,
    /// Integrated tax paid on what was bought.
    InputIgst,
    /// Old metal as it was taken in, at cost.
    OldMetalCost(Metal),
    /// Old metal as it was taken in, by fine weight.
    OldMetalFine(Metal),
    /// Metal of ours in a goldsmith's hands, at cost.
    HoldingCost(Metal),
    /// Metal of ours in a goldsmith's hands, by fine weight.
    HoldingFine(Metal),
    /// What melting and making lost or gained.
    MetalDifference,
    /// Stock written off.
    StockWrittenOff,
    /// What customers paid ahead.
    Advances,
    /// Central tax paid on what was bought, as far as it was used against tax owed.
    UsedCgst,
    /// State tax paid on what was bought, as far as it was used against tax owed.
    UsedSgst,
    /// Integrated tax paid on what was bought, as far as it was used against tax owed.
    UsedIgst,
    /// What no document posts to.
    Office(Office),
}

crate::codes! {
    /// Accounts that journal vouchers alone post to.
    pub enum Office {
        /// Furniture, safes, machines.
        FixedAssets = "fixed_assets",
        /// Deposits given, and what is paid before its time.
        Deposits = "deposits",
        /// Money borrowed.
        Loans = "loans",
        /// Expenses that are owed.
        ExpensesPayable = "expenses_payable",
        /// Tax that was deducted from what others were paid, and is owed to the government.
        DeductedTax = "deducted_tax",
        /// What the owner brought in.
        Capital = "capital",
        /// What the owner took out.
        Drawings = "drawings",
        /// Interest, commission and what else is earned beside the counter.
        OtherIncome = "other_income",
        /// Rent.
        Rent = "rent",
        /// Salaries and wages.
        Salaries = "salaries",
        /// Electricity, water, telephone.
        Utilities = "utilities",
        /// Charges of banks and card companies, and interest.
        BankCharges = "bank_charges",
        /// Advertising.
        Advertising = "advertising",
        /// Hallmarking and assaying.
        Hallmarking = "hallmarking",
        /// Repairs and upkeep.
        Repairs = "repairs",
        /// Depreciation.
        Depreciation = "depreciation",
        /// What fits nowhere else.
        OtherExpenses = "other_expenses",
    }
}

/// Which side of an account a journal voucher may stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByHand {
    /// Both.
    Both,
    /// Debits only: input tax on an expense is claimed by hand, and used from another account.
    Debits,
    /// None: documents alone say what is on it.
    Never,
}

/// Which side of `account` a journal voucher may stand on. Never on those whose balance is the sum of something else that
/// is kept: stock, what goldsmiths hold, advances; nor on what is sold, because returns are made of bills and notes.
pub fn by_hand(account: &Account) -> ByHand {
    let of_metal = |metal| {
        [
            For::StockCost(metal),
            For::StockFine(metal),
            For::Conversion(metal),
            For::OldMetalCost(metal),
            For::OldMetalFine(metal),
            For::HoldingCost(metal),
            For::HoldingFine(metal),
        ]
    };
    let of_documents = [
        For::Advances,
        For::MetalSales,
        For::Making,
        For::Stones,
        For::OtherCharges,
        For::CostOfGoods,
        For::MetalDifference,
        For::StockWrittenOff,
    ];
    let input = [For::InputCgst, For::InputSgst, For::InputIgst];
    if Metal::ALL.into_iter().flat_map(of_metal).chain(of_documents).any(|kept| kept.is_of(account)) {
        ByHand::Never
    } else if input.into_iter().any(|claimed| claimed.is_of(account)) {
        ByHand::Debits
    } else {
        ByHand::Both
    }
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
            Self::Payable => "payable".to_owned(),
            Self::InputCgst => "input_cgst".to_owned(),
            Self::InputSgst => "input_sgst".to_owned(),
            Self::InputIgst => "input_igst".to_owned(),
            Self::OldMetalCost(metal) => format!("old_metal_cost.{}", metal.code()),
            Self::OldMetalFine(metal) => format!("old_metal_fine.{}", metal.code()),
            Self::HoldingCost(metal) => format!("holding_cost.{}", metal.code()),
            Self::HoldingFine(metal) => format!("holding_fine.{}", metal.code()),
            Self::MetalDifference => "metal_difference".to_owned(),
            Self::StockWrittenOff => "stock_written_off".to_owned(),
            Self::UsedCgst => "used_cgst".to_owned(),
            Self::UsedSgst => "used_sgst".to_owned(),
            Self::UsedIgst => "used_igst".to_owned(),
            Self::Office(office) => office.code().to_owned(),
        }
    }

    /// Whether an account is for this.
    pub fn is_of(self, account: &Account) -> bool {
        account.purpose.as_str() == self.purpose()
    }

    /// Where money that is paid out in this mode comes from. A cheque of ours is drawn on the bank, and cash that is paid
    /// into somebody's bank comes out of the drawer. Old metal and advances are none: nothing is paid out in them.
    pub const fn paying(mode: PaymentMode) -> Option<Self> {
        match mode {
            PaymentMode::Cash | PaymentMode::CashDeposit => Some(Self::Cash),
            PaymentMode::Bank | PaymentMode::ChequeAccountPayee | PaymentMode::ChequeOther => {
                Some(Self::Bank)
            }
            PaymentMode::Upi => Some(Self::Upi),
            PaymentMode::Card => Some(Self::Card),
            PaymentMode::OldMetal | PaymentMode::Advance => None,
        }
    }

    /// Where money of this mode goes. Old metal is none: its purchase posts it.
    pub const fn taking(mode: PaymentMode) -> Option<Self> {
        match mode {
            PaymentMode::Cash => Some(Self::Cash),
            PaymentMode::CashDeposit | PaymentMode::Bank => Some(Self::Bank),
            PaymentMode::Upi => Some(Self::Upi),
            PaymentMode::Card => Some(Self::Card),
            PaymentMode::ChequeAccountPayee | PaymentMode::ChequeOther => Some(Self::Cheques),
            PaymentMode::Advance => Some(Self::Advances),
            PaymentMode::OldMetal => None,
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

    /// An account of a party's own.
    ///
    /// # Errors
    /// [`NoSuchAccount`] when there is none.
    pub fn of_party(self, purpose: For, party: PartyId) -> Result<&'a Account, NoSuchAccount> {
        self.find(purpose, Some(party.uuid()))
    }

    fn find(self, purpose: For, party: Option<uuid::Uuid>) -> Result<&'a Account, NoSuchAccount> {
        let purpose = purpose.purpose();
        self.0
            .iter()
            .find(|account| account.purpose.as_str() == purpose && account.party == party)
            .ok_or(NoSuchAccount(purpose))
    }
}

/// A customer's account in the workspace's currency.
///
/// # Errors
/// None in practice: every name here is a constant that fits.
pub fn receivable(
    party: PartyId,
    currency: Currency,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Account, crate::text::TextError> {
    let own = Own { party, now, entropy };
    own.account("P-", "Customer account", Class::Asset, Commodity::Currency(currency), For::Receivable)
}

/// The accounts that somebody of this kind is recorded with: a customer's and a supplier's in money; a goldsmith's
/// besides for what he holds of each metal, at cost and by fine weight.
///
/// # Errors
/// None in practice: every name here is a constant that fits.
pub fn accounts_of_party(
    kind: PartyKind,
    party: PartyId,
    currency: Currency,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Vec<Account>, crate::text::TextError> {
    let (own, money) = (Own { party, now, entropy }, Commodity::Currency(currency));
    let payable = |name| own.account("P-", name, Class::Liability, money, For::Payable);
    match kind {
        PartyKind::Customer => Ok(vec![receivable(party, currency, now, entropy)?]),
        PartyKind::Supplier => Ok(vec![payable("Supplier account")?]),
        PartyKind::Goldsmith => {
            let mut accounts = vec![payable("Goldsmith account")?];
            for metal in Metal::ALL {
                let (cost, fine) = (format!("HC-{}-", metal.code()), format!("HF-{}-", metal.code()));
                let (at_cost, by_weight) = (For::HoldingCost(metal), For::HoldingFine(metal));
                let weighed = Commodity::Metal(metal);
                accounts.push(own.account(
                    &cost,
                    "With a goldsmith, at cost",
                    Class::Asset,
                    money,
                    at_cost,
                )?);
                accounts.push(own.account(&fine, "With a goldsmith", Class::Asset, weighed, by_weight)?);
            }
            Ok(accounts)
        }
    }
}

/// What the accounts of one party have in common.
struct Own<'a> {
    party: PartyId,
    now: Timestamp,
    entropy: &'a dyn Entropy,
}

impl Own<'_> {
    fn account(
        &self,
        code: &str,
        name: &str,
        class: Class,
        commodity: Commodity,
        purpose: For,
    ) -> Result<Account, crate::text::TextError> {
        Ok(Account {
            id: AccountId::new(self.now, self.entropy),
            code: Label::new(format!("{code}{}", self.party.uuid().simple()))?,
            name: Name::new(name)?,
            class,
            commodity,
            purpose: Label::new(purpose.purpose())?,
            party: Some(self.party.uuid()),
            state: AccountState::Open,
            opened_at: self.now,
        })
    }
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
    let rows = vec![
        ("1000", "Cash in hand", Asset, money, For::Cash),
        ("1010", "Bank", Asset, money, For::Bank),
        ("1020", "UPI in clearing", Asset, money, For::Upi),
        ("1030", "Cards in clearing", Asset, money, For::Card),
        ("1040", "Cheques in hand", Asset, money, For::Cheques),
        ("1200", "Input CGST", Asset, money, For::InputCgst),
        ("1210", "Input SGST", Asset, money, For::InputSgst),
        ("1220", "Input IGST", Asset, money, For::InputIgst),
        ("1250", "CGST credit used", Asset, money, For::UsedCgst),
        ("1260", "SGST credit used", Asset, money, For::UsedSgst),
        ("1270", "IGST credit used", Asset, money, For::UsedIgst),
        ("1400", "Furniture and equipment", Asset, money, For::Office(Office::FixedAssets)),
        ("1450", "Deposits and prepayments", Asset, money, For::Office(Office::Deposits)),
        ("2000", "Customer advances", Liability, money, For::Advances),
        ("2100", "CGST payable", Liability, money, For::Cgst),
        ("2110", "SGST payable", Liability, money, For::Sgst),
        ("2120", "IGST payable", Liability, money, For::Igst),
        ("2200", "Loans", Liability, money, For::Office(Office::Loans)),
        ("2300", "Expenses payable", Liability, money, For::Office(Office::ExpensesPayable)),
        ("2310", "Tax deducted, payable", Liability, money, For::Office(Office::DeductedTax)),
        ("3000", "Opening balances", Equity, money, For::Opening),
        ("3100", "Owner's capital", Equity, money, For::Office(Office::Capital)),
        ("3110", "Drawings", Equity, money, For::Office(Office::Drawings)),
        ("4000", "Sales of metal", Income, money, For::MetalSales),
        ("4010", "Making charges", Income, money, For::Making),
        ("4020", "Sales of stones", Income, money, For::Stones),
        ("4030", "Other charges", Income, money, For::OtherCharges),
        ("4090", "Round-off", Income, money, For::RoundOff),
        ("4100", "Other income", Income, money, For::Office(Office::OtherIncome)),
        ("5000", "Cost of goods sold", Expense, money, For::CostOfGoods),
        ("5020", "Melting and making differences", Expense, money, For::MetalDifference),
        ("5030", "Stock written off", Expense, money, For::StockWrittenOff),
        ("5090", "Discounts given", Expense, money, For::Discounts),
        ("5100", "Rent", Expense, money, For::Office(Office::Rent)),
        ("5110", "Salaries and wages", Expense, money, For::Office(Office::Salaries)),
        ("5120", "Electricity and telephone", Expense, money, For::Office(Office::Utilities)),
        ("5130", "Bank charges and interest", Expense, money, For::Office(Office::BankCharges)),
        ("5140", "Advertising", Expense, money, For::Office(Office::Advertising)),
        ("5150", "Hallmarking and assaying", Expense, money, For::Office(Office::Hallmarking)),
        ("5160", "Repairs and upkeep", Expense, money, For::Office(Office::Repairs)),
        ("5170", "Depreciation", Expense, money, For::Office(Office::Depreciation)),
        ("5190", "Other expenses", Expense, money, For::Office(Office::OtherExpenses)),
    ];
    let metals = [
        (Metal::Gold, "Gold", ["1300", "1350", "6100", "6150", "6900"]),
        (Metal::Silver, "Silver", ["1310", "1360", "6110", "6160", "6910"]),
        (Metal::Platinum, "Platinum", ["1320", "1370", "6120", "6170", "6920"]),
    ];
    let mut rows: Vec<_> = rows
        .into_iter()
        .map(|(code, name, class, of, purpose)| (code, name.to_owned(), class, of, purpose))
        .collect();
    for (metal, name, [cost, old_cost, fine, old_fine, conversion]) in metals {
        let by_weight = Commodity::Metal(metal);
        rows.push((cost, format!("{name} at cost"), Asset, money, For::StockCost(metal)));
        rows.push((
            old_cost,
            format!("Old {} at cost", metal.code()),
            Asset,
            money,
            For::OldMetalCost(metal),
        ));
        rows.push((fine, format!("{name} in stock"), Asset, by_weight, For::StockFine(metal)));
        rows.push((
            old_fine,
            format!("Old {} in stock", metal.code()),
            Asset,
            by_weight,
            For::OldMetalFine(metal),
        ));
        rows.push((conversion, format!("{name} conversion"), Equity, by_weight, For::Conversion(metal)));
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
