-- The `options` of a payment's order: a JSON object or null. The options of a payout are in gateway_options.
ALTER TABLE invoice ADD COLUMN options TEXT;
ALTER TABLE snapshot_invoice ADD COLUMN options TEXT;
