//! For stores that stand around another: every read handed on, so that only what is different has to be written.

/// Implements every read of the ports for a type by handing it to the reader or writer in one of its fields.
///
/// A store around another (it counts, journals, fails on purpose) has a writer of its own and nothing of its own to say
/// about reads. `reads_through!(Mine, inner)` hands each to `self.inner`; `reads_through!(Mine, inner, gate)` hands each
/// call's future to `self.gate.call(…)`, an `async fn call<T>(&self, name: &'static str, inner: impl Future<Output =
/// Read<T>> + Send) -> Read<T>`.
///
/// ```
/// use aurex_core::store::{Reader, Writer};
///
/// struct Counted {
///     inner: Box<dyn Writer>,
/// }
/// aurex_core::reads_through!(Counted, inner);
///
/// fn is_a_reader<R: Reader>() {}
/// is_a_reader::<Counted>();
/// ```
#[macro_export]
macro_rules! reads_through {
    ($Wrapper:ty, $inner:ident $(, $gate:ident)?) => {
        $crate::reads_through! { @rooms $Wrapper, $inner, [$($gate)?];
            WorkspaceReads {
                workspace() -> $crate::tenancy::Workspace;
            }
            MemberReads {
                member(id: $crate::tenancy::MemberId) -> Option<$crate::identity::member::Member>;
                member_by_email(email: &$crate::text::Email) -> Option<$crate::identity::member::Member>;
                members(page: $crate::store::PageRequest<$crate::tenancy::MemberId>)
                    -> $crate::store::Page<$crate::identity::member::Member, $crate::tenancy::MemberId>;
                credential(member: $crate::tenancy::MemberId) -> Option<$crate::identity::member::Credential>;
                session(id: $crate::tenancy::SessionId) -> Option<$crate::identity::member::Session>;
                open_sessions(member: $crate::tenancy::MemberId) -> Vec<$crate::identity::member::Session>;
                api_token(id: $crate::tenancy::ApiTokenId) -> Option<$crate::identity::member::ApiToken>;
                api_tokens(
                    of: Option<$crate::tenancy::MemberId>,
                    page: $crate::store::PageRequest<$crate::tenancy::ApiTokenId>
                ) -> $crate::store::Page<$crate::identity::member::ApiToken, $crate::tenancy::ApiTokenId>;
            }
            AccessReads {
                second_factor(member: $crate::tenancy::MemberId) -> Option<$crate::identity::member::SecondFactor>;
                pin(member: $crate::tenancy::MemberId) -> Option<$crate::identity::member::Pin>;
                custom_role(id: $crate::tenancy::CustomRoleId) -> Option<$crate::identity::roles::CustomRole>;
                custom_roles() -> Vec<$crate::identity::roles::CustomRole>;
                till(id: $crate::tenancy::TillId) -> Option<$crate::identity::tills::Till>;
                tills() -> Vec<$crate::identity::tills::Till>;
                sessions_on(till: $crate::tenancy::TillId) -> Vec<$crate::identity::member::Session>;
                link(id: $crate::tenancy::LinkId) -> Option<$crate::identity::links::Link>;
                open_links(member: $crate::tenancy::MemberId) -> Vec<$crate::identity::links::Link>;
                approval(id: $crate::tenancy::ApprovalId) -> Option<$crate::identity::approvals::Approval>;
                approvals(
                    state: Option<$crate::identity::approvals::ApprovalState>,
                    page: $crate::store::PageRequest<$crate::tenancy::ApprovalId>
                ) -> $crate::store::Page<$crate::identity::approvals::Approval, $crate::tenancy::ApprovalId>;
                mails(page: $crate::store::PageRequest<$crate::tenancy::MailId>)
                    -> $crate::store::Page<$crate::identity::mails::Mail, $crate::tenancy::MailId>;
            }
            LedgerReads {
                accounts_for(party: Option<$crate::store::PartyUuid>) -> Vec<$crate::ledger::Account>;
                account(id: $crate::ledger::AccountId) -> Option<$crate::ledger::Account>;
                accounts(page: $crate::store::PageRequest<$crate::ledger::AccountId>)
                    -> $crate::store::Page<$crate::ledger::Account, $crate::ledger::AccountId>;
                balances(of: &[$crate::ledger::AccountId]) -> Vec<$crate::ledger::Balance>;
                postings(
                    account: $crate::ledger::AccountId,
                    from: Option<$crate::time::Date>,
                    to: Option<$crate::time::Date>,
                    page: $crate::store::PageRequest<$crate::store::PostingKey>
                ) -> $crate::store::Page<$crate::store::PostingLine, $crate::store::PostingKey>;
                balance_before(account: $crate::ledger::AccountId, date: $crate::time::Date)
                    -> Option<$crate::ledger::Balance>;
                trial_balance(as_of: Option<$crate::time::Date>)
                    -> Vec<($crate::ledger::Account, $crate::ledger::Balance)>;
                journal(id: $crate::ledger::JournalEntryId)
                    -> Option<($crate::ledger::JournalEntry, Vec<$crate::ledger::Posting>)>;
            }
            AuditReads {
                head() -> $crate::audit::Head;
                entries(filter: &$crate::store::AuditFilter, page: $crate::store::PageRequest<u64>)
                    -> $crate::store::Page<$crate::store::StoredEntry, u64>;
                leaves(from: u64, to: u64) -> Vec<$crate::audit::tree::Hash>;
                entry_bytes(from: u64, to: u64) -> Vec<Vec<u8>>;
                kept_key(lookup: &$crate::store::LookupKey) -> Option<$crate::store::KeptKey>;
                facts(table: &str) -> Vec<$crate::store::Fact>;
                all_balances() -> Vec<$crate::ledger::Balance>;
            }
            InspectReads {
                raw_rows(table: &str, after: Option<&[$crate::store::Cell]>, limit: u16)
                    -> Vec<$crate::store::RawRow>;
            }
        }
        $crate::domain_reads_through! { $Wrapper, $inner, [$($gate)?] }

        impl $crate::store::Reader for $Wrapper {
            fn tenant(&self) -> $crate::tenancy::TenantId {
                self.$inner.tenant()
            }
        }
    };
    (@rooms $Wrapper:ty, $inner:ident, $gate:tt; $($Room:ident $reads:tt)*) => {
        $($crate::reads_through! { @room $Wrapper, $inner, $gate; $Room $reads })*
    };
    (@room $Wrapper:ty, $inner:ident, [];
        $Room:ident { $($read:ident ($($arg:ident: $Arg:ty),*) -> $Answer:ty;)* }) => {
        #[$crate::store::async_trait]
        impl $crate::store::$Room for $Wrapper {
            $(async fn $read(&mut self, $($arg: $Arg),*) -> $crate::store::Read<$Answer> {
                self.$inner.$read($($arg),*).await
            })*
        }
    };
    (@room $Wrapper:ty, $inner:ident, [$gate:ident];
        $Room:ident { $($read:ident ($($arg:ident: $Arg:ty),*) -> $Answer:ty;)* }) => {
        #[$crate::store::async_trait]
        impl $crate::store::$Room for $Wrapper {
            $(async fn $read(&mut self, $($arg: $Arg),*) -> $crate::store::Read<$Answer> {
                self.$gate.call(stringify!($read), self.$inner.$read($($arg),*)).await
            })*
        }
    };
}

/// The domains' part of [`reads_through!`]: the shop's, where core is built with it.
#[cfg(feature = "shop")]
#[doc(hidden)]
#[macro_export]
macro_rules! domain_reads_through {
    ($Wrapper:ty, $inner:ident, $gate:tt) => {
        $crate::reads_through! { @rooms $Wrapper, $inner, $gate;
            BusinessReads {
                business() -> $crate::shop::business::Business;
            }
            RateReads {
                current_rate(key: $crate::store::RateKey, date: $crate::time::Date)
                    -> Option<$crate::shop::rates::PostedRate>;
                rate_board(date: $crate::time::Date) -> Vec<$crate::shop::rates::PostedRate>;
                rate_history(
                    filter: $crate::store::RateFilter,
                    page: $crate::store::PageRequest<$crate::shop::rates::RateId>
                ) -> $crate::store::Page<$crate::shop::rates::PostedRate, $crate::shop::rates::RateId>;
                posted_rate(id: $crate::shop::rates::RateId) -> Option<$crate::shop::rates::PostedRate>;
            }
            PartyReads {
                party(id: $crate::shop::parties::PartyId) -> Option<$crate::shop::parties::Party>;
                parties(
                    kind: $crate::shop::parties::PartyKind,
                    words: Option<&str>,
                    page: $crate::store::PageRequest<$crate::shop::parties::PartyId>
                ) -> $crate::store::Page<$crate::shop::parties::Party, $crate::shop::parties::PartyId>;
            }
            StockReads {
                item(id: $crate::shop::stock::ItemId) -> Option<$crate::shop::stock::Item>;
                item_by_tag(tag: &$crate::text::Label) -> Option<$crate::shop::stock::Item>;
                item_by_huid(huid: &str) -> Option<$crate::shop::stock::Item>;
                items(state: Option<$crate::shop::stock::ItemState>, page: $crate::store::PageRequest<$crate::shop::stock::ItemId>)
                    -> $crate::store::Page<$crate::shop::stock::Item, $crate::shop::stock::ItemId>;
                lot(id: $crate::shop::stock::LotId)
                    -> Option<($crate::shop::stock::Lot, $crate::shop::stock::OnHand)>;
                lots(page: $crate::store::PageRequest<$crate::shop::stock::LotId>)
                    -> $crate::store::Page<
                        ($crate::shop::stock::Lot, $crate::shop::stock::OnHand),
                        $crate::shop::stock::LotId
                    >;
                movements(entry: $crate::ledger::JournalEntryId) -> Vec<$crate::shop::stock::StockMovement>;
                movements_of(
                    goods: $crate::store::GoodsId,
                    page: $crate::store::PageRequest<$crate::shop::stock::MovementId>
                ) -> $crate::store::Page<$crate::store::PostedMovement, $crate::shop::stock::MovementId>;
            }
            MetalReads {
                metal_voucher(id: $crate::shop::metal::MetalVoucherId)
                    -> Option<$crate::shop::metal::WholeMetalVoucher>;
                metal_vouchers(
                    filter: $crate::store::MetalVoucherFilter,
                    page: $crate::store::PageRequest<$crate::shop::metal::MetalVoucherId>
                ) -> $crate::store::Page<
                    $crate::shop::metal::MetalVoucher,
                    $crate::shop::metal::MetalVoucherId
                >;
                purchase_of_bill(
                    party: $crate::shop::parties::PartyId,
                    number: &$crate::text::Label,
                    year: i32
                ) -> Option<$crate::shop::metal::MetalVoucher>;
                payment(id: $crate::shop::payments::PaymentId) -> Option<$crate::shop::payments::OutgoingPayment>;
                payments(
                    to: Option<$crate::shop::parties::PartyId>,
                    page: $crate::store::PageRequest<$crate::shop::payments::PaymentId>
                ) -> $crate::store::Page<$crate::shop::payments::OutgoingPayment, $crate::shop::payments::PaymentId>;
                cash_paid(to: $crate::shop::parties::PartyId, date: $crate::time::Date) -> i64;
                old_metal_open(of: $crate::shop::parties::PartyId) -> i64;
                exchange_given_back(of: $crate::shop::parties::PartyId) -> i64;
            }
            BillReads {
                known_for_bill(needs: &$crate::store::BillNeeds) -> $crate::store::BillKnown;
                series(kind: $crate::ledger::SeriesKind, prefix: &$crate::text::Label, year: i32)
                    -> Option<$crate::ledger::Series>;
                invoice(id: $crate::shop::invoices::InvoiceId) -> Option<$crate::shop::invoices::Bill>;
                invoice_parties(id: $crate::shop::invoices::InvoiceId)
                    -> Option<$crate::shop::invoices::InvoiceParties>;
                bills_saying(
                    party: $crate::shop::parties::PartyId,
                    page: $crate::store::PageRequest<$crate::shop::invoices::InvoiceId>
                ) -> $crate::store::Page<
                    $crate::shop::invoices::InvoiceParties,
                    $crate::shop::invoices::InvoiceId
                >;
                invoices(
                    filter: $crate::store::InvoiceFilter,
                    page: $crate::store::PageRequest<$crate::shop::invoices::InvoiceId>
                ) -> $crate::store::Page<
                    ($crate::shop::invoices::Invoice, $crate::money::Money),
                    $crate::shop::invoices::InvoiceId
                >;
                receipt(id: $crate::shop::receipts::ReceiptId)
                    -> Option<$crate::shop::receipts::ReceiptWithSettlements>;
                settled_by_booking(
                    invoice: $crate::shop::invoices::InvoiceId,
                    booking: $crate::shop::bookings::BookingId
                ) -> i64;
                cash_of_days(from: $crate::time::Date, to: $crate::time::Date, most: u32)
                    -> Vec<$crate::shop::cash::CashOfDay>;
                cash_taken(of: &$crate::shop::cash::CashQuestion) -> $crate::shop::cash::CashTaken;
                receipts(
                    of: Option<$crate::shop::parties::PartyId>,
                    page: $crate::store::PageRequest<$crate::shop::receipts::ReceiptId>
                ) -> $crate::store::Page<$crate::shop::receipts::PaymentReceipt, $crate::shop::receipts::ReceiptId>;
            }
            BookingReads {
                booking(id: $crate::shop::bookings::BookingId) -> Option<$crate::shop::bookings::Booking>;
                bookings(
                    filter: $crate::store::BookingFilter,
                    page: $crate::store::PageRequest<$crate::shop::bookings::BookingId>
                ) -> $crate::store::Page<$crate::shop::bookings::Booking, $crate::shop::bookings::BookingId>;
                advance(id: $crate::shop::bookings::AdvanceId) -> Option<$crate::shop::bookings::Advance>;
                advances(
                    filter: $crate::store::AdvanceFilter,
                    page: $crate::store::PageRequest<$crate::shop::bookings::AdvanceId>
                ) -> $crate::store::Page<$crate::shop::bookings::Advance, $crate::shop::bookings::AdvanceId>;
            }
            NoteReads {
                note(id: $crate::shop::notes::BillNoteId) -> Option<$crate::shop::notes::NoteWithLines>;
                notes_against(invoice: $crate::shop::invoices::InvoiceId)
                    -> Vec<$crate::shop::notes::NoteWithLines>;
                notes(
                    filter: $crate::store::NoteFilter,
                    page: $crate::store::PageRequest<$crate::shop::notes::BillNoteId>
                ) -> $crate::store::Page<$crate::shop::notes::BillNote, $crate::shop::notes::BillNoteId>;
                refund(id: $crate::shop::refunds::RefundId) -> Option<$crate::shop::refunds::Refund>;
                refunds_of(note: $crate::shop::notes::BillNoteId) -> Vec<$crate::shop::refunds::Refund>;
                refunds(
                    of: Option<$crate::shop::parties::PartyId>,
                    page: $crate::store::PageRequest<$crate::shop::refunds::RefundId>
                ) -> $crate::store::Page<$crate::shop::refunds::Refund, $crate::shop::refunds::RefundId>;
            }
            BooksReads {
                sums_of(from: Option<$crate::time::Date>, to: Option<$crate::time::Date>)
                    -> Vec<($crate::ledger::Account, $crate::ledger::Balance)>;
                sum_through(account: $crate::ledger::AccountId, key: $crate::store::PostingKey) -> i64;
                day_book(
                    from: $crate::time::Date,
                    to: $crate::time::Date,
                    page: $crate::store::PageRequest<$crate::store::EntryKey>
                ) -> $crate::store::Page<$crate::store::DayEntry, $crate::store::EntryKey>;
                aged(
                    currency: $crate::money::Currency,
                    as_of: $crate::time::Date,
                    page: $crate::store::PageRequest<$crate::shop::parties::PartyId>
                ) -> $crate::store::Page<$crate::store::AgedSums, $crate::shop::parties::PartyId>;
                counter_sales(
                    home: $crate::shop::identifiers::StateCode,
                    from: $crate::time::Date,
                    to: $crate::time::Date
                ) -> $crate::store::CounterSales;
                declared_bills(
                    home: $crate::shop::identifiers::StateCode,
                    from: $crate::time::Date,
                    to: $crate::time::Date,
                    page: $crate::store::PageRequest<$crate::store::DocumentKey>
                ) -> $crate::store::Page<$crate::store::TaxDocument, $crate::store::DocumentKey>;
                taxed_notes(
                    from: $crate::time::Date,
                    to: $crate::time::Date,
                    page: $crate::store::PageRequest<$crate::store::DocumentKey>
                ) -> $crate::store::Page<$crate::store::TaxDocument, $crate::store::DocumentKey>;
                journal_voucher(id: $crate::shop::vouchers::JournalVoucherId)
                    -> Option<$crate::shop::vouchers::JournalVoucher>;
                journal_vouchers(page: $crate::store::PageRequest<$crate::shop::vouchers::JournalVoucherId>)
                    -> $crate::store::Page<
                        $crate::shop::vouchers::JournalVoucher,
                        $crate::shop::vouchers::JournalVoucherId
                    >;
            }
        }
    };
}

/// The domains' part of [`reads_through!`]: none, where core is built without the shop.
#[cfg(not(feature = "shop"))]
#[doc(hidden)]
#[macro_export]
macro_rules! domain_reads_through {
    ($Wrapper:ty, $inner:ident, $gate:tt) => {};
}
