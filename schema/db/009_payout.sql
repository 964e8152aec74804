-- Payouts are rows of invoice whose numbers begin at 2^40 (server/domain/invoice.h): a number says what it is. A reference
-- is unique among payments and among payouts, each for themselves.
DROP INDEX invoice_by_reference;
CREATE UNIQUE INDEX invoice_by_reference ON invoice (account, reference_id, seq >= 1099511627776);
