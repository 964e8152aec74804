#!/usr/bin/env python3
"""fresh.py OUT.db FILE.sql...: runs the FILEs in an empty database and writes it to OUT.db.

The result is compiled into the server as the content of every new database. Running the files at each start would take
as long as the rest of the start.
"""
import contextlib
import pathlib
import sqlite3
import sys

MARK = 0x4D696C6B  # "Milk": marks a database of this server


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
