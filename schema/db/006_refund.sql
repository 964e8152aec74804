-- Refunds and chargebacks. An invoice can have several refunds, one after the other.
ALTER TABLE invoice ADD COLUMN refunded_ms INTEGER;         -- time of the last successful refund
ALTER TABLE invoice ADD COLUMN charged_back_amount INTEGER; -- the sum of all chargebacks so far
ALTER TABLE invoice ADD COLUMN charged_back_ms INTEGER;     -- time of the last chargeback
ALTER TABLE snapshot_invoice ADD COLUMN refunded_ms INTEGER;
ALTER TABLE snapshot_invoice ADD COLUMN charged_back_amount INTEGER;
ALTER TABLE snapshot_invoice ADD COLUMN charged_back_ms INTEGER;

-- Refunds requested by the merchant. An invoice has at most one pending refund, and is then refund_pending.
CREATE TABLE refund (
    seq          INTEGER PRIMARY KEY,
    invoice      INTEGER NOT NULL,
    account      INTEGER NOT NULL,
    reference_id TEXT NOT NULL,
    amount       INTEGER NOT NULL,
    description  TEXT,
    status       INTEGER NOT NULL,           -- 0 pending, 1 done, 2 failed
    created_ms   INTEGER NOT NULL,           -- account time
    finished_ms  INTEGER                     -- null while pending
) STRICT;
CREATE UNIQUE INDEX refund_by_reference ON refund (account, reference_id);
CREATE INDEX refund_by_invoice ON refund (invoice);
CREATE TABLE snapshot_refund AS SELECT 0 AS snapshot, * FROM refund WHERE false;
CREATE INDEX snapshot_refund_by_invoice ON snapshot_refund (snapshot, invoice);

-- What uses a queued outcome: 0 a new invoice, 1 a refund.
ALTER TABLE outcome ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_outcome ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
