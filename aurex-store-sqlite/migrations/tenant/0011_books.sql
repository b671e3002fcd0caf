-- The books: what the day book and the returns read in order of date.

CREATE INDEX journal_entry_of_day ON journal_entry (tenant_id, effective, id);
CREATE INDEX invoice_of_day ON invoice (tenant_id, business_date, id);
CREATE INDEX bill_note_of_day ON bill_note (tenant_id, business_date, id);

-- What the planner is to think of them, as in 0006.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('journal_entry', 'journal_entry_of_day', '600000 600000 300 1'),
    ('invoice', 'invoice_of_day', '500000 500000 200 1'),
    ('bill_note', 'bill_note_of_day', '20000 20000 10 1');
