-- Accounts that were deleted or emptied during a run whose report shows them: kind 2, with the account's id and name.
ALTER TABLE leftover ADD COLUMN id TEXT;
ALTER TABLE leftover ADD COLUMN name TEXT;
