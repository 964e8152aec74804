-- Snapshots: named states of an account. They refer to the account by id, because a reset changes its number (see
-- leftover below).
CREATE TABLE snapshot (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    account      TEXT NOT NULL,              -- account.id
    name         TEXT NOT NULL,
    created_ms   INTEGER NOT NULL,           -- machine time
    invoices     INTEGER NOT NULL,           -- the number of its rows in snapshot_invoice
    settings     TEXT NOT NULL,              -- as account.settings
    clock_frozen INTEGER NOT NULL,
    clock_now_ms INTEGER NOT NULL,           -- account time when it was taken
    UNIQUE (account, name)
) STRICT;

-- The rows of snapshots. Each table has the number of the snapshot and then the columns of the table in its name, with
-- the same names. A later file that adds a column must add it to both tables; the server does not start if they differ.
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

-- Rows that are no longer reachable and are deleted a few at a time. A reset gives the account a new number, which
-- empties it at once. Deleting a snapshot deletes its row above at once. The other rows under the old number remain.
CREATE TABLE leftover (
    kind INTEGER NOT NULL,                   -- 0 rows of an account, 1 rows of a snapshot
    num  INTEGER NOT NULL,                   -- the account's number, the snapshot's seq
    PRIMARY KEY (kind, num)
) STRICT, WITHOUT ROWID;
