-- Every return of money has a refund, also one that no call requested. Earlier changes get theirs here: the id and the
-- reference are random, and a snapshot has those of the account if it still has the refund.
ALTER TABLE refund ADD COLUMN unrequested INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_refund ADD COLUMN unrequested INTEGER NOT NULL DEFAULT 0;

INSERT INTO refund (invoice, account, reference_id, amount, status, created_ms, finished_ms, id, unrequested)
SELECT t.invoice, t.account, lower(hex(randomblob(16))), t.refunded, 1, t.at_ms, t.at_ms, 'ref_' || hex(randomblob(8)), 1
FROM transition AS t WHERE t.refunded > 0 AND NOT EXISTS
(SELECT 1 FROM refund AS r WHERE r.invoice = t.invoice AND r.status = 1 AND r.finished_ms = t.at_ms);

INSERT INTO snapshot_refund (snapshot, invoice, account, reference_id, amount, status, created_ms, finished_ms, id, unrequested)
SELECT t.snapshot, t.invoice, t.account, ifnull(r.reference_id, lower(hex(randomblob(16)))), t.refunded, 1, t.at_ms, t.at_ms,
ifnull(r.id, 'ref_' || hex(randomblob(8))), 1
FROM snapshot_transition AS t LEFT JOIN refund AS r
ON r.invoice = t.invoice AND r.finished_ms = t.at_ms AND r.amount = t.refunded AND r.unrequested
WHERE t.refunded > 0 AND NOT EXISTS
(SELECT 1 FROM snapshot_refund AS s WHERE s.snapshot = t.snapshot AND s.invoice = t.invoice AND s.status = 1
AND s.finished_ms = t.at_ms);
