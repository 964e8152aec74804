-- The id of a refund, by which GET /refunds/{id} finds it. Earlier refunds get a random one, the
-- same in snapshots if the account still has the refund.
ALTER TABLE refund ADD COLUMN id TEXT;
UPDATE refund SET id = 'ref_' || hex(randomblob(8));
CREATE INDEX refund_by_id ON refund (id);
ALTER TABLE snapshot_refund ADD COLUMN id TEXT;
UPDATE snapshot_refund SET id = ifnull((SELECT id FROM refund WHERE refund.invoice = snapshot_refund.invoice
AND refund.reference_id = snapshot_refund.reference_id), 'ref_' || hex(randomblob(8)));
