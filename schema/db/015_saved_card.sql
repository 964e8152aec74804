-- The stored card that the payer of an order with a token is offered: JSON, as payload, or null. And the `context` of a
-- payout's order: a JSON object or null.
ALTER TABLE invoice ADD COLUMN saved_card TEXT;
ALTER TABLE invoice ADD COLUMN context TEXT;
ALTER TABLE snapshot_invoice ADD COLUMN saved_card TEXT;
ALTER TABLE snapshot_invoice ADD COLUMN context TEXT;
