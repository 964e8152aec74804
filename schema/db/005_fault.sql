-- Faults that callbacks meet (server/domain/fault.h has the numbers). The faults themselves live in memory only.
ALTER TABLE callback ADD COLUMN fault INTEGER NOT NULL DEFAULT 0; -- what the coming attempt has met, 0 nothing
ALTER TABLE callback ADD COLUMN extra INTEGER NOT NULL DEFAULT 0; -- attempts made beside those of the plan: duplicates
ALTER TABLE attempt ADD COLUMN fault INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN request_body TEXT;                 -- null: the callback's
-- Their snapshots (004) have every column of theirs.
ALTER TABLE snapshot_callback ADD COLUMN fault INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_callback ADD COLUMN extra INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_attempt ADD COLUMN fault INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_attempt ADD COLUMN request_body TEXT;
