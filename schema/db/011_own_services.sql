-- The changes of an account's services: a JSON object by the kind of invoice of objects by code, or null.
ALTER TABLE account ADD COLUMN services TEXT;
ALTER TABLE snapshot ADD COLUMN services TEXT;
