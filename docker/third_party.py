#!/usr/bin/env python3
"""third_party.py SBOM FOLDER: writes to FOLDER the files that must accompany a program with linked libraries: the
copyright file of each package, the licences that these refer to, and a README with the sources for a rebuild.

SBOM is the output of docker/sbom.py for the program. Shared libraries are left out.
"""
import json
import pathlib
import re
import shutil
import sys

COMMON = pathlib.Path("/usr/share/common-licenses")
REFERENCE = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9.-]*[A-Za-z0-9])")

README = """\
Libraries of other authors that are linked into this milkypay-mock
===================================================================

PACKAGE.copyright lists the authors and licences of a Debian package. licences/ has the licence texts that these files
refer to. Some packages also have parts under other licences, which are not linked. The second column has the licence
of the linked part.

{table}

Some of these libraries are under the LGPL, which allows you to change them and to use this program with the changed
libraries. The source of milkypay-mock is free and builds the same program. On Debian:

1. Get the source of the library with `apt-get source PACKAGE=VERSION`. The third column has the names and versions. Use
   snapshot.debian.org if the archive no longer has the version. Change the source, build it, and install its -dev package.
2. Unpack the source tarball of milkypay-mock and run `docker/release --from` with it. This links your library.

If you pass this program on, you must also pass on these files and offer these sources in the same way.
"""


def linked(sbom):
    """The SPDX packages linked into the program, one per Debian package."""
    parts = {part["SPDXID"]: part for part in sbom["packages"]}
    inside = [parts[r["relatedSpdxElement"]] for r in sbom["relationships"] if r["relationshipType"] == "STATIC_LINK"]
    return {part["name"]: part for part in sorted(inside, key=lambda part: part["name"])}


def table(packages):
    rows = [("package", "licence", "source")]
    for name, part in packages.items():
        source = part["sourceInfo"].removeprefix("built from the Debian source package ")
        rows.append((name, part["licenseDeclared"], source.replace(" ", "=")))
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"{a:{first}}  {b:{second}}  {c}" for a, b, c in rows)


def main(sbom_file, folder):
    packages = linked(json.loads(pathlib.Path(sbom_file).read_text(encoding="utf-8")))
    folder = pathlib.Path(folder)
    (folder / "licences").mkdir(parents=True)
    wanted = set()
    for name in packages:
        text = (pathlib.Path("/usr/share/doc") / name / "copyright").read_text(encoding="utf-8")
        (folder / f"{name}.copyright").write_text(text, encoding="utf-8")
        wanted |= set(REFERENCE.findall(text))
    for licence in sorted(wanted):
        if (COMMON / licence).exists():
            shutil.copyfile(COMMON / licence, folder / "licences" / licence)
    (folder / "README").write_text(README.format(table=table(packages)), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
