-- Snapshots: named states of an account. The account stands here by its id, because its number changes (leftover below).
CREATE TABLE snapshot (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    account      TEXT NOT NULL,              -- account.id
    name         TEXT NOT NULL,
    created_ms   INTEGER NOT NULL,           -- machine time
    invoices     INTEGER NOT NULL,           -- how many rows snapshot_invoice has of it
    settings     TEXT NOT NULL,              -- as account.settings
    clock_frozen INTEGER NOT NULL,
    clock_now_ms INTEGER NOT NULL,           -- account time when it was taken
    UNIQUE (account, name)
) STRICT;

-- Its rows: the columns of the table that each is named after, in that table's words, behind the snapshot's number. A file
-- after this one that gives such a table a column gives it to both; a server that finds them unlike does not start.
CREATE TABLE snapshot_invoice AS SELECT 0 AS snapshot, * FROM invoice WHERE false;
CREATE TABLE snapshot_transition AS SELECT 0 AS snapshot, * FROM transition WHERE false;
CREATE TABLE snapshot_callback AS SELECT 0 AS snapshot, * FROM callback WHERE false;
CREATE TABLE snapshot_attempt AS SELECT 0 AS snapshot, * FROM attempt WHERE false;
CREATE TABLE snapshot_outcome AS SELECT 0 AS snapshot, * FROM outcome WHERE false;
CREATE INDEX snapshot_invoice_by_snapshot ON snapshot_invoice (snapshot);
CREATE INDEX snapshot_invoice_by_seq ON snapshot_invoice (seq);
CREATE INDEX snapshot_transition_by_invoice ON snapshot_transition (snapshot, invoice);
CREATE INDEX snapshot_callback_by_invoice ON snapshot_callback (snapshot, invoice);
CREATE INDEX snapshot_callback_by_seq ON snapshot_callback (seq);
CREATE INDEX snapshot_attempt_by_callback ON snapshot_attempt (snapshot, callback);
CREATE INDEX snapshot_outcome_by_snapshot ON snapshot_outcome (snapshot);

-- Rows that nobody can see any more and that go a few at a time. An account that is reset gets a new number, which empties
-- it at once; a snapshot that is deleted loses its row above. What bears the old number is left over.
CREATE TABLE leftover (
    kind INTEGER NOT NULL,                   -- 0 rows of an account, 1 rows of a snapshot
    num  INTEGER NOT NULL,                   -- the account's number, the snapshot's seq
    PRIMARY KEY (kind, num)
) STRICT, WITHOUT ROWID;
