-- The time at which an invoice failed or expired (account time). Bodies of the profile 2024 show it.
ALTER TABLE invoice ADD COLUMN failed_ms INTEGER;
ALTER TABLE snapshot_invoice ADD COLUMN failed_ms INTEGER;
UPDATE invoice SET failed_ms = (SELECT max(at_ms) FROM transition AS t
    WHERE t.invoice = invoice.seq AND t.new = invoice.status)
    WHERE status IN (1, 4); -- expired, process_failed
UPDATE snapshot_invoice SET failed_ms = (SELECT max(at_ms) FROM snapshot_transition AS t
    WHERE t.snapshot = snapshot_invoice.snapshot AND t.invoice = snapshot_invoice.seq
    AND t.new = snapshot_invoice.status)
    WHERE status IN (1, 4);
