-- The change of an account's balance since its opening balance, which is a setting. One row per currency that has ever
-- changed. Amounts are whole numbers of 1e-8 units and may be negative.
CREATE TABLE balance (
    account  INTEGER NOT NULL,
    currency TEXT NOT NULL,
    active   INTEGER NOT NULL,
    pending  INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    PRIMARY KEY (account, currency)
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot_balance AS SELECT 0 AS snapshot, * FROM balance WHERE false;
CREATE INDEX snapshot_balance_by_snapshot ON snapshot_balance (snapshot);

-- Payments made before this table existed. Rows that await deletion (004) belong to no account and do not count.
INSERT INTO balance
SELECT account, currency, sum(processed_deposit - ifnull(refunded_amount, 0)), 0, 0 FROM invoice
WHERE processed_deposit IS NOT NULL AND account IN (SELECT num FROM account) GROUP BY account, currency;
INSERT INTO snapshot_balance
SELECT snapshot, account, currency, sum(processed_deposit - ifnull(refunded_amount, 0)), 0, 0 FROM snapshot_invoice
WHERE processed_deposit IS NOT NULL GROUP BY snapshot, account, currency;

-- Orders in another currency than that of the service. Null until a service is chosen.
ALTER TABLE invoice ADD COLUMN service_amount INTEGER;  -- the amount in the service's currency
ALTER TABLE invoice ADD COLUMN exchange_rate INTEGER;   -- units of the service's currency per unit of the invoice's
ALTER TABLE snapshot_invoice ADD COLUMN service_amount INTEGER;
ALTER TABLE snapshot_invoice ADD COLUMN exchange_rate INTEGER;
UPDATE invoice SET service_amount = amount, exchange_rate = 100000000 WHERE service IS NOT NULL;
UPDATE snapshot_invoice SET service_amount = amount, exchange_rate = 100000000 WHERE service IS NOT NULL;
