-- An invoice of the payment page has no service until the payer chooses one: null. SQLite cannot take NOT NULL off a
-- column, so another one takes its place, which keeps every other column whatever there is of them.
ALTER TABLE invoice ADD COLUMN chosen TEXT;
UPDATE invoice SET chosen = service;
ALTER TABLE invoice DROP COLUMN service;
ALTER TABLE invoice RENAME COLUMN chosen TO service;
ALTER TABLE invoice ADD COLUMN look TEXT; -- JSON: what the page was asked to look like, null: nothing was asked
