#!/usr/bin/env python3
"""fresh.py OUT.db FILE.sql...: writes the database that the FILEs make of nothing, as a new one begins.

Running them at each start would cost more than all the rest of it.
"""
import contextlib
import pathlib
import sqlite3
import sys

MARK = 0x4D696C6B  # "Milk": the database is ours


def main(out, *files):
    pathlib.Path(out).unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(out)) as database:
        for file in files:
            database.executescript(pathlib.Path(file).read_text(encoding="utf-8"))
        database.executescript("PRAGMA application_id = %d; PRAGMA user_version = %d; VACUUM" % (MARK, len(files)))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
