-- The guards. A table of facts takes rows of the file's own tenant only, and only while an entry is being appended;
-- rows that never change are never changed; nothing is deleted. A guard on UPDATE alone would miss INSERT OR REPLACE,
-- which deletes without asking the delete guards, so append-only tables also refuse to insert what is there.

CREATE TRIGGER audit_entry_insert BEFORE INSERT ON audit_entry
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'audit_entry is written with an entry of its own tenant');
END;
CREATE TRIGGER audit_entry_anew BEFORE INSERT ON audit_entry
WHEN EXISTS (SELECT 1 FROM audit_entry WHERE tenant_id = NEW.tenant_id AND seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'a row of audit_entry is already there');
END;
CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'audit_entry never changes');
END;
CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'audit_entry is never deleted from');
END;
CREATE TRIGGER audit_opening_insert BEFORE INSERT ON audit_opening
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'audit_opening is written with an entry of its own tenant');
END;
CREATE TRIGGER audit_opening_anew BEFORE INSERT ON audit_opening
WHEN EXISTS (SELECT 1 FROM audit_opening WHERE tenant_id = NEW.tenant_id AND seq = NEW.seq AND slot = NEW.slot)
BEGIN
    SELECT RAISE(ABORT, 'a row of audit_opening is already there');
END;
CREATE TRIGGER audit_opening_update BEFORE UPDATE ON audit_opening
WHEN NEW.tenant_id <> OLD.tenant_id OR NEW.seq <> OLD.seq OR NEW.slot <> OLD.slot OR NEW.name <> OLD.name
    OR OLD.slot = 0 OR OLD.salt IS NULL OR NEW.salt IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
    -- The entry that is being appended is the last one, and it is an erasure.
    OR coalesce((SELECT action FROM audit_entry WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1), '')
        NOT IN ('personal.erase', 'personal.expire')
BEGIN
    SELECT RAISE(ABORT, 'audit_opening changes by erasure alone');
END;
CREATE TRIGGER audit_opening_delete BEFORE DELETE ON audit_opening
BEGIN
    SELECT RAISE(ABORT, 'audit_opening is never deleted from');
END;
CREATE TRIGGER idempotency_key_insert BEFORE INSERT ON idempotency_key
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'idempotency_key is written with an entry of its own tenant');
END;
CREATE TRIGGER idempotency_key_anew BEFORE INSERT ON idempotency_key
WHEN EXISTS (
    SELECT 1 FROM idempotency_key
    WHERE tenant_id = NEW.tenant_id AND holder = NEW.holder AND action = NEW.action AND key = NEW.key
)
BEGIN
    SELECT RAISE(ABORT, 'a row of idempotency_key is already there');
END;
CREATE TRIGGER idempotency_key_update BEFORE UPDATE ON idempotency_key
BEGIN
    SELECT RAISE(ABORT, 'idempotency_key never changes');
END;

CREATE TRIGGER workspace_insert BEFORE INSERT ON workspace
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'workspace is written with an entry of its own tenant');
END;
CREATE TRIGGER workspace_update BEFORE UPDATE ON workspace
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'workspace is written with an entry of its own tenant');
END;
CREATE TRIGGER workspace_delete BEFORE DELETE ON workspace
BEGIN
    SELECT RAISE(ABORT, 'workspace is never deleted from');
END;

CREATE TRIGGER member_insert BEFORE INSERT ON member
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'member is written with an entry of its own tenant');
END;
CREATE TRIGGER member_update BEFORE UPDATE ON member
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'member is written with an entry of its own tenant');
END;
CREATE TRIGGER member_delete BEFORE DELETE ON member
BEGIN
    SELECT RAISE(ABORT, 'member is never deleted from');
END;

CREATE TRIGGER credential_insert BEFORE INSERT ON credential
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'credential is written with an entry of its own tenant');
END;
CREATE TRIGGER credential_update BEFORE UPDATE ON credential
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'credential is written with an entry of its own tenant');
END;
CREATE TRIGGER credential_delete BEFORE DELETE ON credential
BEGIN
    SELECT RAISE(ABORT, 'credential is never deleted from');
END;

CREATE TRIGGER session_insert BEFORE INSERT ON session
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'session is written with an entry of its own tenant');
END;
CREATE TRIGGER session_update BEFORE UPDATE ON session
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'session is written with an entry of its own tenant');
END;
CREATE TRIGGER session_delete BEFORE DELETE ON session
BEGIN
    SELECT RAISE(ABORT, 'session is never deleted from');
END;

CREATE TRIGGER api_token_insert BEFORE INSERT ON api_token
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'api_token is written with an entry of its own tenant');
END;
CREATE TRIGGER api_token_update BEFORE UPDATE ON api_token
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'api_token is written with an entry of its own tenant');
END;
CREATE TRIGGER api_token_delete BEFORE DELETE ON api_token
BEGIN
    SELECT RAISE(ABORT, 'api_token is never deleted from');
END;

CREATE TRIGGER custom_role_insert BEFORE INSERT ON custom_role
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'custom_role is written with an entry of its own tenant');
END;
CREATE TRIGGER custom_role_update BEFORE UPDATE ON custom_role
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'custom_role is written with an entry of its own tenant');
END;
CREATE TRIGGER custom_role_delete BEFORE DELETE ON custom_role
BEGIN
    SELECT RAISE(ABORT, 'custom_role is never deleted from');
END;

CREATE TRIGGER second_factor_insert BEFORE INSERT ON second_factor
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'second_factor is written with an entry of its own tenant');
END;
CREATE TRIGGER second_factor_update BEFORE UPDATE ON second_factor
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'second_factor is written with an entry of its own tenant');
END;
CREATE TRIGGER second_factor_delete BEFORE DELETE ON second_factor
BEGIN
    SELECT RAISE(ABORT, 'second_factor is never deleted from');
END;

CREATE TRIGGER pin_insert BEFORE INSERT ON pin
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'pin is written with an entry of its own tenant');
END;
CREATE TRIGGER pin_update BEFORE UPDATE ON pin
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'pin is written with an entry of its own tenant');
END;
CREATE TRIGGER pin_delete BEFORE DELETE ON pin
BEGIN
    SELECT RAISE(ABORT, 'pin is never deleted from');
END;

CREATE TRIGGER till_insert BEFORE INSERT ON till
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'till is written with an entry of its own tenant');
END;
CREATE TRIGGER till_update BEFORE UPDATE ON till
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'till is written with an entry of its own tenant');
END;
CREATE TRIGGER till_delete BEFORE DELETE ON till
BEGIN
    SELECT RAISE(ABORT, 'till is never deleted from');
END;

CREATE TRIGGER link_insert BEFORE INSERT ON link
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'link is written with an entry of its own tenant');
END;
CREATE TRIGGER link_update BEFORE UPDATE ON link
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'link is written with an entry of its own tenant');
END;
CREATE TRIGGER link_delete BEFORE DELETE ON link
BEGIN
    SELECT RAISE(ABORT, 'link is never deleted from');
END;

CREATE TRIGGER approval_insert BEFORE INSERT ON approval
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'approval is written with an entry of its own tenant');
END;
CREATE TRIGGER approval_update BEFORE UPDATE ON approval
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'approval is written with an entry of its own tenant');
END;
CREATE TRIGGER approval_delete BEFORE DELETE ON approval
BEGIN
    SELECT RAISE(ABORT, 'approval is never deleted from');
END;

CREATE TRIGGER mail_insert BEFORE INSERT ON mail
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'mail is written with an entry of its own tenant');
END;
CREATE TRIGGER mail_anew BEFORE INSERT ON mail
WHEN EXISTS (SELECT 1 FROM mail WHERE tenant_id = NEW.tenant_id AND id = NEW.id)
    -- What replaces a row asks here first, an erasure too, and is looked at again below.
    AND (NEW.recipient IS NOT NULL OR NEW.content <> x''
        OR coalesce((SELECT action FROM audit_entry WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1), '')
            NOT IN ('personal.erase', 'personal.expire'))
BEGIN
    SELECT RAISE(ABORT, 'a row of mail is already there');
END;
CREATE TRIGGER mail_update BEFORE UPDATE ON mail
WHEN NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.member IS NOT OLD.member
    OR NEW.queued_at <> OLD.queued_at OR NEW.recipient IS NOT NULL OR NEW.content <> x''
    OR NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
    OR coalesce((SELECT action FROM audit_entry WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1), '')
        NOT IN ('personal.erase', 'personal.expire')
BEGIN
    SELECT RAISE(ABORT, 'mail changes by erasure alone');
END;
CREATE TRIGGER mail_delete BEFORE DELETE ON mail
BEGIN
    SELECT RAISE(ABORT, 'mail is never deleted from');
END;

CREATE TRIGGER account_insert BEFORE INSERT ON account
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'account is written with an entry of its own tenant');
END;
CREATE TRIGGER account_update BEFORE UPDATE ON account
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'account is written with an entry of its own tenant');
END;
CREATE TRIGGER account_delete BEFORE DELETE ON account
BEGIN
    SELECT RAISE(ABORT, 'account is never deleted from');
END;

CREATE TRIGGER journal_entry_insert BEFORE INSERT ON journal_entry
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'journal_entry is written with an entry of its own tenant');
END;
CREATE TRIGGER journal_entry_anew BEFORE INSERT ON journal_entry
WHEN EXISTS (SELECT 1 FROM journal_entry WHERE tenant_id = NEW.tenant_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'a row of journal_entry is already there');
END;
CREATE TRIGGER journal_entry_reverses_anew BEFORE INSERT ON journal_entry
WHEN EXISTS (SELECT 1 FROM journal_entry WHERE tenant_id = NEW.tenant_id AND reverses = NEW.reverses)
BEGIN
    SELECT RAISE(ABORT, 'a row of journal_entry is already there');
END;
CREATE TRIGGER journal_entry_update BEFORE UPDATE ON journal_entry
BEGIN
    SELECT RAISE(ABORT, 'journal_entry never changes');
END;
CREATE TRIGGER journal_entry_delete BEFORE DELETE ON journal_entry
BEGIN
    SELECT RAISE(ABORT, 'journal_entry is never deleted from');
END;

CREATE TRIGGER posting_insert BEFORE INSERT ON posting
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'posting is written with an entry of its own tenant');
END;
CREATE TRIGGER posting_anew BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM posting WHERE tenant_id = NEW.tenant_id AND entry = NEW.entry AND line = NEW.line)
BEGIN
    SELECT RAISE(ABORT, 'a row of posting is already there');
END;
CREATE TRIGGER posting_update BEFORE UPDATE ON posting
BEGIN
    SELECT RAISE(ABORT, 'posting never changes');
END;
CREATE TRIGGER posting_delete BEFORE DELETE ON posting
BEGIN
    SELECT RAISE(ABORT, 'posting is never deleted from');
END;

CREATE TRIGGER series_insert BEFORE INSERT ON series
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'series is written with an entry of its own tenant');
END;
CREATE TRIGGER series_update BEFORE UPDATE ON series
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'series is written with an entry of its own tenant');
END;
CREATE TRIGGER series_delete BEFORE DELETE ON series
BEGIN
    SELECT RAISE(ABORT, 'series is never deleted from');
END;

CREATE TRIGGER business_insert BEFORE INSERT ON business
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'business is written with an entry of its own tenant');
END;
CREATE TRIGGER business_update BEFORE UPDATE ON business
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'business is written with an entry of its own tenant');
END;
CREATE TRIGGER business_delete BEFORE DELETE ON business
BEGIN
    SELECT RAISE(ABORT, 'business is never deleted from');
END;

CREATE TRIGGER rate_insert BEFORE INSERT ON rate
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'rate is written with an entry of its own tenant');
END;
CREATE TRIGGER rate_anew BEFORE INSERT ON rate
WHEN EXISTS (SELECT 1 FROM rate WHERE tenant_id = NEW.tenant_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'a row of rate is already there');
END;
CREATE TRIGGER rate_update BEFORE UPDATE ON rate
BEGIN
    SELECT RAISE(ABORT, 'rate never changes');
END;
CREATE TRIGGER rate_delete BEFORE DELETE ON rate
BEGIN
    SELECT RAISE(ABORT, 'rate is never deleted from');
END;

CREATE TRIGGER party_insert BEFORE INSERT ON party
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'party is written with an entry of its own tenant');
END;
CREATE TRIGGER party_update BEFORE UPDATE ON party
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'party is written with an entry of its own tenant');
END;
CREATE TRIGGER party_delete BEFORE DELETE ON party
BEGIN
    SELECT RAISE(ABORT, 'party is never deleted from');
END;

CREATE TRIGGER item_insert BEFORE INSERT ON item
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'item is written with an entry of its own tenant');
END;
CREATE TRIGGER item_update BEFORE UPDATE ON item
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'item is written with an entry of its own tenant');
END;
CREATE TRIGGER item_delete BEFORE DELETE ON item
BEGIN
    SELECT RAISE(ABORT, 'item is never deleted from');
END;

CREATE TRIGGER lot_insert BEFORE INSERT ON lot
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'lot is written with an entry of its own tenant');
END;
CREATE TRIGGER lot_update BEFORE UPDATE ON lot
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'lot is written with an entry of its own tenant');
END;
CREATE TRIGGER lot_delete BEFORE DELETE ON lot
BEGIN
    SELECT RAISE(ABORT, 'lot is never deleted from');
END;

CREATE TRIGGER stock_movement_insert BEFORE INSERT ON stock_movement
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'stock_movement is written with an entry of its own tenant');
END;
CREATE TRIGGER stock_movement_anew BEFORE INSERT ON stock_movement
WHEN EXISTS (SELECT 1 FROM stock_movement WHERE tenant_id = NEW.tenant_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'a row of stock_movement is already there');
END;
CREATE TRIGGER stock_movement_update BEFORE UPDATE ON stock_movement
BEGIN
    SELECT RAISE(ABORT, 'stock_movement never changes');
END;
CREATE TRIGGER stock_movement_delete BEFORE DELETE ON stock_movement
BEGIN
    SELECT RAISE(ABORT, 'stock_movement is never deleted from');
END;

CREATE TRIGGER invoice_insert BEFORE INSERT ON invoice
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'invoice is written with an entry of its own tenant');
END;
CREATE TRIGGER invoice_update BEFORE UPDATE ON invoice
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'invoice is written with an entry of its own tenant');
END;
CREATE TRIGGER invoice_delete BEFORE DELETE ON invoice
BEGIN
    SELECT RAISE(ABORT, 'invoice is never deleted from');
END;

CREATE TRIGGER invoice_line_insert BEFORE INSERT ON invoice_line
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'invoice_line is written with an entry of its own tenant');
END;
CREATE TRIGGER invoice_line_anew BEFORE INSERT ON invoice_line
WHEN EXISTS (SELECT 1 FROM invoice_line WHERE tenant_id = NEW.tenant_id AND invoice = NEW.invoice AND line = NEW.line)
BEGIN
    SELECT RAISE(ABORT, 'a row of invoice_line is already there');
END;
CREATE TRIGGER invoice_line_update BEFORE UPDATE ON invoice_line
BEGIN
    SELECT RAISE(ABORT, 'invoice_line never changes');
END;
CREATE TRIGGER invoice_line_delete BEFORE DELETE ON invoice_line
BEGIN
    SELECT RAISE(ABORT, 'invoice_line is never deleted from');
END;

CREATE TRIGGER receipt_insert BEFORE INSERT ON receipt
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'receipt is written with an entry of its own tenant');
END;
CREATE TRIGGER receipt_update BEFORE UPDATE ON receipt
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'receipt is written with an entry of its own tenant');
END;
CREATE TRIGGER receipt_delete BEFORE DELETE ON receipt
BEGIN
    SELECT RAISE(ABORT, 'receipt is never deleted from');
END;

CREATE TRIGGER settlement_insert BEFORE INSERT ON settlement
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'settlement is written with an entry of its own tenant');
END;
CREATE TRIGGER settlement_anew BEFORE INSERT ON settlement
WHEN EXISTS (SELECT 1 FROM settlement WHERE tenant_id = NEW.tenant_id AND receipt = NEW.receipt AND line = NEW.line)
BEGIN
    SELECT RAISE(ABORT, 'a row of settlement is already there');
END;
CREATE TRIGGER settlement_update BEFORE UPDATE ON settlement
BEGIN
    SELECT RAISE(ABORT, 'settlement never changes');
END;
CREATE TRIGGER settlement_delete BEFORE DELETE ON settlement
BEGIN
    SELECT RAISE(ABORT, 'settlement is never deleted from');
END;

CREATE TRIGGER balance_insert BEFORE INSERT ON balance
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'balance is written with an entry of its own tenant');
END;
CREATE TRIGGER balance_update BEFORE UPDATE ON balance
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'balance is written with an entry of its own tenant');
END;
CREATE TRIGGER balance_delete BEFORE DELETE ON balance
BEGIN
    SELECT RAISE(ABORT, 'balance is never deleted from');
END;

CREATE TRIGGER lot_on_hand_insert BEFORE INSERT ON lot_on_hand
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'lot_on_hand is written with an entry of its own tenant');
END;
CREATE TRIGGER lot_on_hand_update BEFORE UPDATE ON lot_on_hand
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'lot_on_hand is written with an entry of its own tenant');
END;
CREATE TRIGGER lot_on_hand_delete BEFORE DELETE ON lot_on_hand
BEGIN
    SELECT RAISE(ABORT, 'lot_on_hand is never deleted from');
END;

CREATE TRIGGER invoice_settled_insert BEFORE INSERT ON invoice_settled
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'invoice_settled is written with an entry of its own tenant');
END;
CREATE TRIGGER invoice_settled_update BEFORE UPDATE ON invoice_settled
WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN
    SELECT RAISE(ABORT, 'invoice_settled is written with an entry of its own tenant');
END;
CREATE TRIGGER invoice_settled_delete BEFORE DELETE ON invoice_settled
BEGIN
    SELECT RAISE(ABORT, 'invoice_settled is never deleted from');
END;
