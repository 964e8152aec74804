#!/usr/bin/env python3
"""embed.py OUT.c ROOT FILE...: writes FILEs as the table of server/base/embedded.h, named by their paths under the folder
of OUT.c when they were made there, else under ROOT.

Files that browsers load are also there in gzip. ASSETS_VERSION is a digest of all assets, for names that are never reused.

String literals, because compilers read them many times faster than lists of numbers, and because they end in a NUL.
"""
import gzip
import hashlib
import pathlib
import sys

# \? keeps ??/ from looking like a trigraph; octal escapes always have three digits, so a digit may follow them.
ESCAPES = {byte: "\\%03o" % byte for byte in range(256) if not 0x20 <= byte < 0x7F}
ESCAPES.update({ord("\t"): "\\t", ord("\n"): "\\n", ord('"'): '\\"', ord("\\"): "\\\\", ord("?"): "\\?"})
TABLE = [ESCAPES.get(byte, chr(byte)) for byte in range(256)]
ASSETS = "server/web/assets/"
LOADED = {ASSETS: (".css", ".js", ".svg"), "server/docs/": (".html", ".json")}  # what browsers get as it is
CHUNK = 4096  # bytes of a line of OUT.c, for editors


def literal(data):
    chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)] or [b""]
    return "\n".join('     "%s"' % "".join(TABLE[byte] for byte in chunk) for chunk in chunks)


def name_of(file, made, root):
    path = pathlib.Path(file).resolve()
    return path.relative_to(made if path.is_relative_to(made) else root).as_posix()


def zipped(name, data):
    """Without a time, so that equal files make equal programs; b"" if it is not loaded by browsers or not smaller."""
    if not any(name.startswith(folder) and name.endswith(endings) for folder, endings in LOADED.items()):
        return b""
    small = gzip.compress(data, 9, mtime=0)
    return small if len(small) < len(data) else b""


def row(name, data):
    small = zipped(name, data)
    etag = hashlib.sha256(data).hexdigest()[:16]
    gz = "\n%s,\n     %d" % (literal(small), len(small)) if small else " NULL, 0"
    return '    {"%s",\n%s,\n     %d, "\\"%s\\"",%s},\n' % (name, literal(data), len(data), etag, gz)


def main(out, root, *files):
    rows, assets = [], hashlib.sha256()
    made, root = pathlib.Path(out).resolve().parent, pathlib.Path(root).resolve()
    for file in files:
        data = pathlib.Path(file).read_bytes()
        name = name_of(file, made, root)
        rows.append(row(name, data))
        if name.startswith(ASSETS):
            assets.update(data)
    pathlib.Path(out).write_text(
        '#include "base/embedded.h"\n\n'
        "const struct embedded_file embedded_files[] = {\n%s};\n\n"
        "const size_t embedded_count = %d;\n\n"
        'const char embedded_assets_version[] = "%s";\n' % ("".join(rows), len(rows), assets.hexdigest()[:12]),
        encoding="ascii",
    )


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
