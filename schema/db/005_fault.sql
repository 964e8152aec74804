-- The effects of faults on callbacks (server/domain/fault.h has the numbers). The faults themselves are in memory only.
ALTER TABLE callback ADD COLUMN fault INTEGER NOT NULL DEFAULT 0; -- the fault of the next attempt, 0 for none
ALTER TABLE callback ADD COLUMN extra INTEGER NOT NULL DEFAULT 0; -- additional attempts of duplicates; not retries
ALTER TABLE attempt ADD COLUMN fault INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN request_body TEXT;                 -- null: the body of the callback
-- The snapshot tables (004) must have the same columns.
ALTER TABLE snapshot_callback ADD COLUMN fault INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_callback ADD COLUMN extra INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_attempt ADD COLUMN fault INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_attempt ADD COLUMN request_body TEXT;
