-- Payouts are rows of invoice with numbers from 2^40 on (server/domain/invoice.h), so the number tells the kind. A
-- reference is unique among the payments of an account, and separately among its payouts.
DROP INDEX invoice_by_reference;
CREATE UNIQUE INDEX invoice_by_reference ON invoice (account, reference_id, seq >= 1099511627776);
