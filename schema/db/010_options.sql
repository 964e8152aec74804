-- The `options` of a payment's order: a JSON object, null without. (A payout's stand in gateway_options.)
ALTER TABLE invoice ADD COLUMN options TEXT;
ALTER TABLE snapshot_invoice ADD COLUMN options TEXT;
