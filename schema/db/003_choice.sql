-- An invoice of the payment page has no service (null) until the payer chooses one. SQLite cannot remove NOT NULL from
-- a column, so a new column replaces it. This works whatever other columns the table has.
ALTER TABLE invoice ADD COLUMN chosen TEXT;
UPDATE invoice SET chosen = service;
ALTER TABLE invoice DROP COLUMN service;
ALTER TABLE invoice RENAME COLUMN chosen TO service;
ALTER TABLE invoice ADD COLUMN look TEXT; -- JSON: the appearance that the order asked for, or null
