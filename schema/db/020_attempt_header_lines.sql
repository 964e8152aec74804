-- The header lines of a response as they came, where an object of headers cannot show them: a name given twice, a folded
-- line. Else null.
ALTER TABLE attempt ADD COLUMN response_lines TEXT;
-- The snapshot tables (004) must have the same columns.
ALTER TABLE snapshot_attempt ADD COLUMN response_lines TEXT;
