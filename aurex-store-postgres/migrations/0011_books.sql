-- The books: what the day book and the returns read in order of date.

CREATE INDEX journal_entry_of_day ON aurex.journal_entry (tenant_id, effective, id);
CREATE INDEX invoice_of_day ON aurex.invoice (tenant_id, business_date, id);
CREATE INDEX bill_note_of_day ON aurex.bill_note (tenant_id, business_date, id);
