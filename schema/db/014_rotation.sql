-- Keys of an account that were replaced: a JSON list, oldest first, or null. And the keys of an account when a snapshot
-- was taken: a JSON object, or null in older and in imported snapshots.
ALTER TABLE account ADD COLUMN old_keys TEXT;
ALTER TABLE snapshot ADD COLUMN keys TEXT;
