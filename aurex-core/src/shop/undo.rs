//! How what the shop's actions did is taken back: the books, the stock and the balances are then what they were before.

use crate::rbac::Undo;

const NUMBER: &str = "both papers and their numbers";
const ANEW: &str = "a paper of its own, with a number of its own";
const WRITTEN_OFF: &str = "opening stock is never unsaid: what was described wrongly is described anew, what is not there is written off";

const NEVER_DELETED: &str = "whoever is recorded is never deleted: the papers name them";

/// A row for each of the shop's actions that change something. The conformance kit walks every row with an undo
/// (`store/conformance/undo.rs`): a row without a walk fails there.
pub const UNDOS: &[Undo] = &[
    Undo::again(
        "rate.post",
        "the rate that was replaced, in the board's history; bills keep the rate they were made with",
    ),
    Undo::never("customer.record", "a customer is never deleted: their data is erased when they ask for it"),
    Undo::again("customer.change", "bills keep the name and address that they were made with"),
    Undo::again("party.open_balance", "both entries, one for each side"),
    Undo::never("item.record", WRITTEN_OFF),
    Undo::again("item.describe", "the words before, in the log"),
    Undo::never("lot.record", WRITTEN_OFF),
    Undo::by(
        "booking.make",
        "booking.cancel",
        "its papers and their numbers; what was paid ahead with it is paid back by itself",
    ),
    Undo::by("booking.cancel", "booking.make", ANEW),
    Undo::by("advance.take", "advance.reverse", NUMBER),
    Undo::by("advance.reverse", "advance.take", ANEW),
    Undo::by("invoice.issue", "invoice.cancel", NUMBER),
    Undo::by("invoice.cancel", "invoice.issue", ANEW),
    Undo::by("receipt.record", "receipt.reverse", NUMBER),
    Undo::by("receipt.reverse", "receipt.record", ANEW),
    Undo::by("credit_note.issue", "credit_note.cancel", NUMBER),
    Undo::by("credit_note.cancel", "credit_note.issue", ANEW),
    Undo::by("debit_note.issue", "debit_note.cancel", NUMBER),
    Undo::by("debit_note.cancel", "debit_note.issue", ANEW),
    Undo::by("refund.pay", "refund.reverse", NUMBER),
    Undo::by("refund.reverse", "refund.pay", ANEW),
    Undo::by("books.lock", "books.unlock", "both in the log, with the reason for the way back"),
    Undo::by("books.unlock", "books.lock", "what was posted meanwhile into the days that were open"),
    Undo::by("journal_voucher.record", "journal_voucher.reverse", NUMBER),
    Undo::by("journal_voucher.reverse", "journal_voucher.record", ANEW),
    Undo::never("supplier.record", NEVER_DELETED),
    Undo::again("supplier.change", "vouchers keep what they were made with, in the log"),
    Undo::never("goldsmith.record", NEVER_DELETED),
    Undo::again("goldsmith.change", "vouchers keep what they were made with, in the log"),
    Undo::by("old_metal.buy", "old_metal.cancel", NUMBER),
    Undo::by("old_metal.cancel", "old_metal.buy", ANEW),
    Undo::by("purchase.record", "metal.cancel", NUMBER),
    Undo::by("goldsmith.issue", "metal.cancel", NUMBER),
    Undo::by("goldsmith.receive", "metal.cancel", NUMBER),
    Undo::by("metal.melt", "metal.cancel", NUMBER),
    Undo::by("stock.write_off", "metal.cancel", NUMBER),
    Undo::by(
        "metal.cancel",
        "goldsmith.issue",
        "or whichever of the five it cancelled: a paper of its own, with a number of its own",
    ),
    Undo::by("payment.record", "payment.reverse", NUMBER),
    Undo::by("payment.reverse", "payment.record", ANEW),
];
