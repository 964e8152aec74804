-- The money that a change moved, for reports: the differences that it made to the invoice (struct invoice_money in
-- server/domain/invoice.h). Whole numbers of 1e-8 units, null if nothing moved.
ALTER TABLE transition ADD COLUMN account INTEGER;
ALTER TABLE transition ADD COLUMN paid INTEGER;          -- by the payer; below 0: to the payee of a payout
ALTER TABLE transition ADD COLUMN fee INTEGER;
ALTER TABLE transition ADD COLUMN refunded INTEGER;
ALTER TABLE transition ADD COLUMN charged_back INTEGER;
ALTER TABLE transition ADD COLUMN reserved INTEGER;      -- of a payout in progress
ALTER TABLE snapshot_transition ADD COLUMN account INTEGER;
ALTER TABLE snapshot_transition ADD COLUMN paid INTEGER;
ALTER TABLE snapshot_transition ADD COLUMN fee INTEGER;
ALTER TABLE snapshot_transition ADD COLUMN refunded INTEGER;
ALTER TABLE snapshot_transition ADD COLUMN charged_back INTEGER;
ALTER TABLE snapshot_transition ADD COLUMN reserved INTEGER;
CREATE INDEX transition_moved ON transition (account, at_ms)
WHERE coalesce(paid, fee, refunded, charged_back, reserved) IS NOT NULL;

-- Changes from before this file get what their invoices show: the last payment, all refunds at the time of the last one,
-- all chargebacks likewise, and the start and the end of a payout. What a forced change moved may be missing.
UPDATE transition SET account = i.account, paid = i.processed_amount, fee = nullif(i.processed_fee, 0)
FROM invoice AS i WHERE i.seq = transition.invoice AND i.seq < 1099511627776 AND i.processed_deposit IS NOT NULL
AND transition.seq = (SELECT max(seq) FROM transition AS t WHERE t.invoice = i.seq AND t.new IN (3, 12));
UPDATE transition SET account = i.account, refunded = i.refunded_amount
FROM invoice AS i WHERE i.seq = transition.invoice AND i.processed_deposit IS NOT NULL AND i.refunded_amount > 0
AND transition.seq = (SELECT max(seq) FROM transition AS t WHERE t.invoice = i.seq AND t.new IN (7, 8));
UPDATE transition SET account = i.account, charged_back = i.charged_back_amount
FROM invoice AS i WHERE i.seq = transition.invoice AND i.processed_deposit IS NOT NULL AND i.charged_back_amount > 0
AND transition.seq = (SELECT max(seq) FROM transition AS t WHERE t.invoice = i.seq AND t.new IN (10, 11));
UPDATE transition SET account = i.account, paid = i.fee - i.deposit, fee = nullif(i.fee, 0), reserved = i.deposit
FROM invoice AS i WHERE i.seq = transition.invoice AND i.seq >= 1099511627776
AND transition.seq = (SELECT min(seq) FROM transition AS t WHERE t.invoice = i.seq AND t.new = 2);
UPDATE transition SET account = i.account, paid = nullif(i.deposit - i.fee - ifnull(i.processed_amount, 0), 0),
fee = nullif(ifnull(i.processed_fee, 0) - i.fee, 0), reserved = -i.deposit
FROM invoice AS i WHERE i.seq = transition.invoice AND i.seq >= 1099511627776 AND i.status <> 2
AND transition.seq = (SELECT max(seq) FROM transition AS t WHERE t.invoice = i.seq AND t.old = 2);

-- The same for the changes in snapshots. Their seq is null if the snapshot came from a file.
UPDATE snapshot_transition SET paid = i.processed_amount, fee = nullif(i.processed_fee, 0)
FROM snapshot_invoice AS i WHERE i.snapshot = snapshot_transition.snapshot AND i.seq = snapshot_transition.invoice
AND i.seq < 1099511627776 AND i.processed_deposit IS NOT NULL
AND snapshot_transition.rowid = (SELECT max(rowid) FROM snapshot_transition AS t
WHERE t.snapshot = i.snapshot AND t.invoice = i.seq AND t.new IN (3, 12));
UPDATE snapshot_transition SET refunded = i.refunded_amount
FROM snapshot_invoice AS i WHERE i.snapshot = snapshot_transition.snapshot AND i.seq = snapshot_transition.invoice
AND i.processed_deposit IS NOT NULL AND i.refunded_amount > 0
AND snapshot_transition.rowid = (SELECT max(rowid) FROM snapshot_transition AS t
WHERE t.snapshot = i.snapshot AND t.invoice = i.seq AND t.new IN (7, 8));
UPDATE snapshot_transition SET charged_back = i.charged_back_amount
FROM snapshot_invoice AS i WHERE i.snapshot = snapshot_transition.snapshot AND i.seq = snapshot_transition.invoice
AND i.processed_deposit IS NOT NULL AND i.charged_back_amount > 0
AND snapshot_transition.rowid = (SELECT max(rowid) FROM snapshot_transition AS t
WHERE t.snapshot = i.snapshot AND t.invoice = i.seq AND t.new IN (10, 11));
UPDATE snapshot_transition SET paid = i.fee - i.deposit, fee = nullif(i.fee, 0), reserved = i.deposit
FROM snapshot_invoice AS i WHERE i.snapshot = snapshot_transition.snapshot AND i.seq = snapshot_transition.invoice
AND i.seq >= 1099511627776
AND snapshot_transition.rowid = (SELECT min(rowid) FROM snapshot_transition AS t
WHERE t.snapshot = i.snapshot AND t.invoice = i.seq AND t.new = 2);
UPDATE snapshot_transition SET paid = nullif(i.deposit - i.fee - ifnull(i.processed_amount, 0), 0),
fee = nullif(ifnull(i.processed_fee, 0) - i.fee, 0), reserved = -i.deposit
FROM snapshot_invoice AS i WHERE i.snapshot = snapshot_transition.snapshot AND i.seq = snapshot_transition.invoice
AND i.seq >= 1099511627776 AND i.status <> 2
AND snapshot_transition.rowid = (SELECT max(rowid) FROM snapshot_transition AS t
WHERE t.snapshot = i.snapshot AND t.invoice = i.seq AND t.old = 2);
