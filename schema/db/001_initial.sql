-- The first schema. Each file of this folder runs once, in the order of the numbers; PRAGMA user_version counts the
-- files that a database has run. To change the schema, add a file. Times are unix milliseconds. Times marked "account
-- time" follow the account's clock, which a test may freeze or move. Amounts are whole numbers of 1e-8 units.

-- Keys and counters of the server itself.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Merchant accounts.
CREATE TABLE account (
    num             INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,    -- coma_..., the login of the private API
    api_key         TEXT NOT NULL,           -- its password
    public_key      TEXT NOT NULL UNIQUE,    -- pk_test_...
    public_live_key TEXT NOT NULL UNIQUE,    -- pk_live_...
    secret_key      TEXT NOT NULL,           -- signs callbacks of test invoices
    secret_live_key TEXT NOT NULL,           -- signs callbacks of live ones
    settings        TEXT NOT NULL,           -- JSON object
    clock_frozen    INTEGER NOT NULL,        -- 1: the clock is stopped at clock_now_ms
    clock_offset_ms INTEGER NOT NULL,        -- added to the machine's time while the clock runs
    clock_now_ms    INTEGER NOT NULL,
    made_ms         INTEGER NOT NULL         -- machine time
) STRICT;

-- Outcomes queued for the next invoices of an account, first in, first out.
CREATE TABLE outcome (
    seq     INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    text    TEXT NOT NULL                    -- STATUS[:RESOLUTION][@DELAY],...
) STRICT;
CREATE INDEX outcome_by_account ON outcome (account);

-- Payment invoices. seq is the order of insertion, and the order of lists.
CREATE TABLE invoice (
    seq              INTEGER PRIMARY KEY,
    account          INTEGER NOT NULL,
    id               TEXT NOT NULL,          -- cpi_..., the encrypted row number, so it needs no index
    session          TEXT NOT NULL,          -- cgi_..., the same for the card session
    reference_id     TEXT NOT NULL,
    service          TEXT NOT NULL,
    currency         TEXT NOT NULL,
    description      TEXT,
    descriptor       TEXT,
    test_mode        INTEGER NOT NULL,
    flow             INTEGER NOT NULL,       -- 0 charge, 1 verify
    source           INTEGER NOT NULL,       -- 0 merchant_api, 1 platform_public_api
    status           INTEGER NOT NULL,       -- server/domain/status.h
    been             INTEGER NOT NULL,       -- bit set of all statuses so far, including the current one
    resolution       TEXT NOT NULL,
    amount           INTEGER NOT NULL,
    payment_amount   INTEGER NOT NULL,
    fee              INTEGER NOT NULL,
    deposit          INTEGER NOT NULL,
    processed_amount INTEGER,
    processed_fee    INTEGER,
    processed_deposit INTEGER,
    refunded_amount  INTEGER,
    created_ms       INTEGER NOT NULL,       -- account time, like the times below
    updated_ms       INTEGER NOT NULL,
    expires_ms       INTEGER NOT NULL,
    processed_ms     INTEGER,
    made_ms          INTEGER NOT NULL,       -- machine time of created_ms
    metadata         TEXT NOT NULL,          -- JSON in the platform's spelling, like all JSON here
    customer         TEXT,
    customer_id      TEXT,                   -- cus_...
    gateway_options  TEXT,
    service_fields   TEXT,
    payload          TEXT,
    callback_logs    TEXT NOT NULL,          -- derived from the rows of callback, so that a read needs one row only
    callback_url     TEXT,
    return_url       TEXT,
    return_success   TEXT,
    return_fail      TEXT,
    return_pending   TEXT,
    locale           TEXT,
    base_url         TEXT NOT NULL,          -- the start of absolute URLs in its bodies
    plan             TEXT NOT NULL,          -- the remaining steps of the outcome
    plan_due_ms      INTEGER,                -- time of the first of these steps
    due_ms           INTEGER,                -- time of the next timer: a step or the expiry
    attempts         INTEGER NOT NULL        -- attempts of the payer
) STRICT;
CREATE UNIQUE INDEX invoice_by_reference ON invoice (account, reference_id);
CREATE INDEX invoice_by_account ON invoice (account);
CREATE INDEX invoice_due ON invoice (account, due_ms) WHERE due_ms IS NOT NULL;

-- Changes of an invoice's status after its creation.
CREATE TABLE transition (
    seq        INTEGER PRIMARY KEY,
    invoice    INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,             -- account time
    wall_ms    INTEGER NOT NULL,             -- machine time
    old        INTEGER NOT NULL,
    new        INTEGER NOT NULL,
    resolution TEXT NOT NULL,
    cause      TEXT NOT NULL                 -- timer, expiry, payer, command
) STRICT;
CREATE INDEX transition_by_invoice ON transition (invoice);

-- The outbox. A callback is inserted in the same transaction as the change that it reports.
CREATE TABLE callback (
    seq        INTEGER PRIMARY KEY,
    invoice    INTEGER NOT NULL,
    account    INTEGER NOT NULL,
    transition INTEGER NOT NULL,             -- the reported status
    state      INTEGER NOT NULL,             -- 0 queued, 1 sending, 2 done, 3 failed, 4 dropped
    queued_ms  INTEGER NOT NULL,             -- account time
    due_ms     INTEGER,                      -- next attempt; null while sending and after the end
    attempts   INTEGER NOT NULL,
    ended_ms   INTEGER,                      -- end of the last attempt, account time
    code       INTEGER NOT NULL,             -- HTTP status of the last attempt; 0: no response
    manual     INTEGER NOT NULL,             -- 1: the next attempt was requested by a call of the control API
    test_mode  INTEGER NOT NULL,
    url        TEXT NOT NULL,
    signature  TEXT NOT NULL,
    body       TEXT NOT NULL,                -- the body of every attempt without the signature of its token, which is
    body_cut   INTEGER NOT NULL              -- computed again and inserted at body_cut; it is a third of the size
) STRICT;
CREATE INDEX callback_by_invoice ON callback (invoice);
CREATE INDEX callback_by_account ON callback (account);
CREATE INDEX callback_due ON callback (account, due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX callback_sending ON callback (account) WHERE state = 1;

-- Every attempt to deliver a callback, with the bytes of the exchange.
CREATE TABLE attempt (
    callback         INTEGER NOT NULL,
    number           INTEGER NOT NULL,       -- from 1
    at_ms            INTEGER NOT NULL,       -- account time
    wall_ms          INTEGER NOT NULL,       -- machine time
    took_ms          INTEGER NOT NULL,
    code             INTEGER NOT NULL,       -- 0: no response
    error            TEXT,
    request_headers  TEXT NOT NULL,          -- JSON object
    response_headers TEXT,
    response_body    BLOB,
    PRIMARY KEY (callback, number)
) STRICT, WITHOUT ROWID;
