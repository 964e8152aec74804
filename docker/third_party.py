#!/usr/bin/env python3
"""third_party.py SBOM FOLDER: puts into FOLDER what has to go along with a program that others' libraries are linked into:
the copyright file of each package, the licences that those refer to, and a README with the sources to rebuild it from.

SBOM is what docker/sbom.py wrote of the program; what is linked at run time only is left out.
"""
import json
import pathlib
import re
import shutil
import sys

COMMON = pathlib.Path("/usr/share/common-licenses")
REFERENCE = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9.-]*[A-Za-z0-9])")

README = """\
What others wrote and is linked into this milkypay-mock
========================================================

PACKAGE.copyright is what Debian says of the authors and licences of a package, licences/ has the texts that those files
refer to. Some packages have further parts under other licences that are not linked: the licence of what is linked is
in the second column.

{table}

Some of these libraries are under the LGPL, which lets you change them and use the changed ones here. The source of
milkypay-mock is free and builds this same program, so that can be done as follows, on Debian 12:

1. `apt-get source PACKAGE=VERSION` with the names and versions of the third column gets their source, from
   snapshot.debian.org when the version is no longer in the archive; change it, build it, install its -dev package;
2. unpack the source tarball of milkypay-mock and run `docker/release --from` with it: its program is linked with yours.

Who passes this program on has to pass on these files, and to offer those sources, in the same way.
"""


def linked(sbom):
    """The SPDX packages inside the program, one for each Debian package."""
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
