#!/usr/bin/env python3
"""sbom.py PROGRAM MAP: prints what PROGRAM is linked with, as SPDX 2.3 in JSON.

The linker's MAP lists the linked archives and objects; the loader and their headers give the shared libraries. Debian's
package data and docker/licences.txt describe them. The same program on the same machine gives the same bytes: the time
is SOURCE_DATE_EPOCH, or else that of the program.
"""
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

LICENCES = pathlib.Path(__file__).with_name("licences.txt")
MEMBER = re.compile(r"(/\S+\.a)\(\S+\)")  # a linked member of an archive
OBJECT = re.compile(r"LOAD (/\S+\.o)")  # the start files of the C library and the compiler
LOADED = re.compile(r"\s(?:\S+ => )?(/\S+) \(0x")
FIELDS = ["Package", "Version", "Architecture", "source:Package", "source:Version", "Homepage"]
NEEDED = re.compile(r"\(NEEDED\).*\[(.+)\]")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"}).stdout


# ---------------------------------------------------------------------- linked files


def inside(link_map):
    """The system's archives and objects in the program. Those of the build have relative paths and do not count."""
    lines = pathlib.Path(link_map).read_text(encoding="utf-8").splitlines()
    found = {match[1] for line in lines for pattern in (MEMBER, OBJECT) if (match := pattern.match(line))}
    return sorted({os.path.realpath(file) for file in found})


def needed(file):
    return NEEDED.findall(output("readelf", "-d", file))


def shared(program):
    """The shared libraries that the loader finds: {soname: path}."""
    found = {pathlib.Path(path).name: os.path.realpath(path) for path in LOADED.findall(output("ldd", program))}
    return dict(sorted(found.items()))


# ---------------------------------------------------------------------- Debian's package data


def read_licences():
    rows = [line.split() for line in LICENCES.read_text(encoding="ascii").splitlines() if line and line[0] != "#"]
    licences = {}
    for source, *licence in rows:
        licences.setdefault(source, []).append([word.replace("_", " ") for word in licence])
    return licences


def spellings(file):
    """The possible paths of a file for dpkg: below / or below /usr, which are the same."""
    return (file, file.removeprefix("/usr") if file.startswith("/usr/") else "/usr" + file)


def read_packages(files):
    """dpkg's fields of the package of each file: {file: {field: value}}."""
    asked = [path for file in files for path in spellings(file)]
    found = subprocess.run(["dpkg-query", "-S", *asked], capture_output=True, text=True, check=False).stdout
    owners = {path: package for package, path in re.findall(r"^(\S+): (/.*)$", found, flags=re.M)}
    packages = {}
    for file in files:
        name = next((owners[path] for path in spellings(file) if path in owners), None)
        if name is None:
            raise SystemExit(f"sbom.py: {file}: of no Debian package")
        packages[file] = name
    form = "\t".join(f"${{{field}}}" for field in FIELDS)
    rows = output("dpkg-query", "-W", "-f", f"${{binary:Package}}\t{form}\n", *sorted(set(packages.values())))
    known = {row[0]: dict(zip(FIELDS, row[1:])) for row in (line.split("\t") for line in rows.splitlines())}
    return {file: known.get(name) or known[name.split(":")[0]] for file, name in packages.items()}


def copyright_of(package):
    """The text of the copyright file of a package."""
    return (pathlib.Path("/usr/share/doc") / package / "copyright").read_text(encoding="utf-8")


def licence_of(source, package, licences):
    if source not in licences:
        raise SystemExit(f"sbom.py: {LICENCES}: no line for {source}")
    text = " ".join(copyright_of(package).lower().split())
    for expression, words in licences[source]:
        if words.lower() in text:
            return expression
    raise SystemExit(f'sbom.py: {LICENCES}: {source}: "{words}" is not in its copyright file')


def checksums(file):
    data = pathlib.Path(file).read_bytes()
    return [
        {"algorithm": name.upper(), "checksumValue": hashlib.new(name, data).hexdigest()} for name in ("sha1", "sha256")
    ]


def spdx_id(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]", "-", name)


def component(file, known, licences):
    """A file of the system as an SPDX package: the part of a Debian package that is linked."""
    package, version, source = known["Package"], known["Version"], known["source:Package"]
    purl = f"pkg:deb/debian/{package}@{version.replace('+', '%2B')}?arch={known['Architecture']}"
    return {
        "name": package,
        "SPDXID": spdx_id(f"{package}-{pathlib.Path(file).name}"),
        "versionInfo": version,
        "packageFileName": pathlib.Path(file).name,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        **({"homepage": known["Homepage"]} if known["Homepage"] else {}),
        "filesAnalyzed": False,
        "checksums": checksums(file),
        "sourceInfo": f"built from the Debian source package {source} {known['source:Version']}",
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licence_of(source, package, licences),
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "LIBRARY",
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
        ],
    }


# ---------------------------------------------------------------------- the document


def main_package(program):
    name, version = output(program, "--version").splitlines()[0].split()
    return {
        "name": name,
        "SPDXID": spdx_id(name),
        "versionInfo": version,
        "packageFileName": pathlib.Path(program).name,
        "supplier": "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "checksums": checksums(program),
        "sourceInfo": output(program, "--version").splitlines()[1],
        "licenseConcluded": "MIT",
        "licenseDeclared": "MIT",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
    }


def relate(one, kind, other):
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def document(program, link_map):
    archives, libraries = inside(link_map), shared(program)
    files = [*archives, *libraries.values()]
    packages, licences = read_packages(files), read_licences()
    described = {file: component(file, packages[file], licences) for file in files}
    main = main_package(program)
    links = [relate("SPDXRef-DOCUMENT", "DESCRIBES", main["SPDXID"])]
    links += [relate(main["SPDXID"], "STATIC_LINK", described[file]["SPDXID"]) for file in archives]
    for one, file in [(main, program), *((described[file], file) for file in libraries.values())]:
        for soname in sorted(needed(file)):
            links.append(relate(one["SPDXID"], "DYNAMIC_LINK", described[libraries[soname]]["SPDXID"]))
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"{main['name']}-{main['versionInfo']}",
        "packages": [main, *described.values()],
        "relationships": links,
    }


def main(program, link_map):
    content = document(program, link_map)
    time = int(os.environ.get("SOURCE_DATE_EPOCH") or os.stat(program).st_mtime)
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    content["documentNamespace"] = f"https://spdx.org/spdxdocs/{content['name']}-{digest[:32]}"
    content["creationInfo"] = {
        "created": datetime.datetime.fromtimestamp(time, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "creators": ["Tool: milkypay-mock-sbom"],
    }
    json.dump(content, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
