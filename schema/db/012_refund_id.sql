-- The id of a refund, by which GET /refunds/{id} finds it. Earlier refunds get a random one.
ALTER TABLE refund ADD COLUMN id TEXT;
UPDATE refund SET id = 'ref_' || hex(randomblob(8));
CREATE INDEX refund_by_id ON refund (id);
ALTER TABLE snapshot_refund ADD COLUMN id TEXT;
UPDATE snapshot_refund SET id = 'ref_' || hex(randomblob(8));
