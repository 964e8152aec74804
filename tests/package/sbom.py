#!/usr/bin/env python3
"""sbom.py DOCUMENT PROGRAM: checks that DOCUMENT follows SPDX 2.3 and lists everything that PROGRAM is linked with.

One line for each thing that is wrong; exit status 1 if there was one.
"""
import hashlib
import json
import pathlib
import re
import subprocess
import sys

# Required and optional members, with the pattern of their text or the type of their value.
ID = r"SPDXRef-[A-Za-z0-9.-]+"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
LICENCE_ID = r"[A-Za-z0-9][A-Za-z0-9.-]*\+?"
LICENCE = rf"NOASSERTION|NONE|{LICENCE_ID}(?: (?:OR|AND|WITH) {LICENCE_ID})*"
DOCUMENT = {
    "spdxVersion": r"SPDX-2\.3",
    "dataLicense": r"CC0-1\.0",
    "SPDXID": r"SPDXRef-DOCUMENT",
    "name": r".+",
    "documentNamespace": r"https?://[^#\s]+",
    "creationInfo": dict,
    "packages": list,
    "relationships": list,
}
CREATION = {"created": TIME, "creators": list}
PACKAGE = {
    "name": r".+",
    "SPDXID": ID,
    "versionInfo": r".+",
    "packageFileName": r".+",
    "supplier": r"NOASSERTION|(?:Person|Organization): .+",
    "downloadLocation": r"NOASSERTION|NONE|https?://\S+",
    "filesAnalyzed": bool,
    "checksums": list,
    "sourceInfo": r".+",
    "licenseConcluded": LICENCE,
    "licenseDeclared": LICENCE,
    "copyrightText": r".+",
    "primaryPackagePurpose": r"APPLICATION|LIBRARY",
}
PACKAGE_MAY = {"homepage": r"https?://\S+", "externalRefs": list}
CHECKSUM = {"algorithm": r"SHA1|SHA256", "checksumValue": r"[0-9a-f]{40}|[0-9a-f]{64}"}
REFERENCE = {
    "referenceCategory": r"PACKAGE-MANAGER",
    "referenceType": r"purl",
    "referenceLocator": r"pkg:deb/debian/[a-z0-9.+-]+@[A-Za-z0-9.:~%-]+\?arch=[a-z0-9]+",
}
RELATIONSHIP = {
    "spdxElementId": ID,
    "relationshipType": r"DESCRIBES|STATIC_LINK|DYNAMIC_LINK",
    "relatedSpdxElement": ID,
}


def form(where, value, must, may=None):
    """Yields the mistakes in the members of an object."""
    known = must | (may or {})
    for name in sorted(set(must) - set(value)):
        yield f"{where}: {name} is missing"
    for name in sorted(set(value) - set(known)):
        yield f"{where}: {name} is not a member"
    for name in sorted(set(value) & set(known)):
        rule, given = known[name], value[name]
        if isinstance(rule, type):
            right = isinstance(given, rule)
        else:
            right = isinstance(given, str) and re.fullmatch(rule, given)
        if not right:
            yield f"{where}: {name} is {given!r}"


def forms(document):
    yield from form("the document", document, DOCUMENT)
    yield from form("creationInfo", document["creationInfo"], CREATION)
    for creator in document["creationInfo"]["creators"]:
        if not re.fullmatch(r"(?:Tool|Person|Organization): .+", creator):
            yield f"creator {creator!r}"
    for package in document["packages"]:
        where = package.get("SPDXID", "a package")
        yield from form(where, package, PACKAGE, PACKAGE_MAY)
        for checksum in package["checksums"]:
            yield from form(f"{where}, a checksum", checksum, CHECKSUM)
        for reference in package.get("externalRefs", []):
            yield from form(f"{where}, a reference", reference, REFERENCE)
    for relationship in document["relationships"]:
        yield from form("a relationship", relationship, RELATIONSHIP)


def references(document):
    ids = [package["SPDXID"] for package in document["packages"]]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"{twice} occurs twice"
    related = {one["relatedSpdxElement"] for one in document["relationships"]}
    for one in document["relationships"]:
        for end in ("spdxElementId", "relatedSpdxElement"):
            if one[end] not in [*ids, "SPDXRef-DOCUMENT"]:
                yield f"a relationship with {one[end]}, which does not exist"
    for lonely in sorted(set(ids) - related):
        yield f"{lonely}: nothing is linked with it"


def contents(document, program):
    """Yields the differences between the document and the program with its libraries."""
    main, *others = document["packages"]
    digest = hashlib.sha256(pathlib.Path(program).read_bytes()).hexdigest()
    if {"algorithm": "SHA256", "checksumValue": digest} not in main["checksums"]:
        yield f"{main['name']}: the checksum of another program"
    ldd = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    loaded = {pathlib.Path(path).resolve().name for path in re.findall(r"(/\S+) \(0x", ldd)}
    listed = {part["packageFileName"] for part in others if ".so" in part["packageFileName"]}
    for name in sorted(loaded ^ listed):
        yield f"{name}: {'not listed' if name in loaded else 'not loaded'}"
    # parts of every C program
    for name in ("libc.so.6", "Scrt1.o", "crtbeginS.o"):
        if name not in {part["packageFileName"] for part in others}:
            yield f"{name}: not listed"


def main(file, program):
    document = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))
    wrong = list(forms(document)) or [*references(document), *contents(document, program)]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
