#!/usr/bin/env python3
"""Prints the content of databases that no server has open, one line of JSON for each.

Usage: database.py FILE .... Leftover rows of accounts that were reset or deleted are not printed.
"""
import json
import sqlite3
import sys

INVOICES = """
SELECT i.seq, i.id, a.id, i.reference_id, i.status, i.seq >= 1 << 40 FROM invoice AS i JOIN account AS a ON a.num = i.account
"""
CALLBACKS = """
SELECT c.invoice, c.transition, c.state, c.signature, c.attempts, c.body,
    (SELECT count(*) FROM attempt WHERE callback = c.seq AND code = 200), c.url
FROM callback AS c JOIN account AS a ON a.num = c.account ORDER BY c.seq
"""
TWICE = """
SELECT a.id || ' ' || i.reference_id FROM invoice AS i JOIN account AS a ON a.num = i.account
GROUP BY i.account, i.seq >= 1 << 40, i.reference_id HAVING count(*) > 1
UNION ALL SELECT id FROM invoice GROUP BY id HAVING count(*) > 1
"""
STATES = ["queued", "sending", "done", "failed", "dropped"]


def contents(db):
    invoices = {}
    for seq, ident, account, reference, status, payout in db.execute(INVOICES):
        invoices[seq] = {"id": ident, "account": account, "reference_id": reference, "status": status,
                         "payout": bool(payout), "transitions": [], "callbacks": [], "refunds": []}
    for seq, old, new in db.execute("SELECT invoice, old, new FROM transition ORDER BY seq"):
        if seq in invoices:
            invoices[seq]["transitions"].append([old, new])
    for seq, reference in db.execute("SELECT invoice, reference_id FROM refund ORDER BY seq"):
        if seq in invoices:
            invoices[seq]["refunds"].append(reference)
    for seq, number, state, signature, attempts, body, answered, url in db.execute(CALLBACKS):
        if seq in invoices:
            invoices[seq]["callbacks"].append({
                "transition": number, "state": STATES[state], "signature": signature, "attempts": attempts,
                "answered": answered, "status": json.loads(body)["data"]["attributes"]["status"], "url": url})
    return {"invoices": list(invoices.values()), "twice": [row[0] for row in db.execute(TWICE)]}


def main():
    for file in sys.argv[1:]:
        db = sqlite3.connect(f"file:{file}?mode=rw", uri=True)
        sound = [row[0] for row in db.execute("PRAGMA integrity_check")]
        print(json.dumps({"integrity": "; ".join(sound), **contents(db)}))
        db.close()


main()
