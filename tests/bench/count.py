"""Counts the instructions of a request with callgrind, and compares them with counts.json.

A count says the same on a busy machine as on an idle one, so a change that makes a path slower is
seen where a measured time would not show it. The table holds for the versions of the libraries
and of the compiler that it names; with others nothing is compared. Start it by
tests/bench/run --count; --update writes the table.
"""
import base64
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit
import http.client

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.path.join(HERE, "..", "..", "build", "milkypay-mock")
TABLE = os.path.join(HERE, "counts.json")
MOST = 1.03  # of the table's count; compilers' layout and the clock move it by less than 1 %
FEW, MANY = 100, 400  # the difference of two runs leaves out the start and the first requests
START_S = 120
LOGIN = b"coma_Demo4DocsAccount:demoApiKeyForLocalDevelopmentAndCiOnly_0001"
ORDER = {"data": {"type": "payment-invoices", "attributes": {
    "service": "payment_card_usd_hpp", "currency": "USD", "amount": 100, "test_mode": True}}}

# The C library and OpenSSL choose their code by processor; this is what nearly all processors have.
CHOSEN_BY = {"adx", "avx", "avx2", "avx512f", "avx512ifma", "bmi2", "sha_ni", "ssse3"}
PINNED = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-ERMS,-FSRM,-AVX512F,-AVX512VL",
          "OPENSSL_ia32cap": "~0x200000200000000:~0x0"}


def versions():
    """What the counts depend on, beside the server: {"gcc": .., "jansson": ..}."""
    about = subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=True)
    found = dict(line.split(" ", 1) for line in about.stdout.splitlines()[2:])
    gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True)
    libc = os.confstr("CS_GNU_LIBC_VERSION").split()[-1]
    return {**found, "gcc": gcc.stdout.strip(), "libc": libc, "processor": processor()}


def processor():
    """The machine and its extensions that OpenSSL chooses by, beyond those that are pinned."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = set(file.read().split())
    return " ".join([os.uname().machine, *sorted(flags & CHOSEN_BY)])


class Counted:
    """A server under callgrind, on a database file."""

    def __init__(self, folder):
        ready = os.path.join(folder, "ready")
        self.process = subprocess.Popen(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", BINARY,
             "--listen", "127.0.0.1:0", "--db", os.path.join(folder, "mock.db"), "--seed", "7",
             "--ready-file", ready, "--log-level", "error", "--settle-after", "1h"],
            env={**os.environ, **PINNED}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        end = time.monotonic() + START_S
        while not (os.path.exists(ready) and os.path.getsize(ready)):
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit(f"the server did not start: {self.process.communicate()[1]}")
            time.sleep(0.05)
        with open(ready, encoding="utf-8") as file:
            url = urlsplit(file.read().strip())
        self.connection = http.client.HTTPConnection(url.hostname, url.port)

    def call(self, method, path, body=None):
        headers = {"Authorization": "Basic " + base64.b64encode(LOGIN).decode()}
        self.connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 201):
            sys.exit(f"{method} {path} was answered with {answer.status}: {text[:200]}")
        return json.loads(text)

    def stop(self):
        """Ends it and returns its instructions."""
        self.process.send_signal(signal.SIGTERM)
        log = self.process.communicate()[1]
        return int(re.search(r"Collected : (\d+)", log).group(1))


def create(server):
    return server.call("POST", "/payment-invoices", ORDER)["data"]["id"]


def get(server, invoice):
    server.call("GET", "/payment-invoices/" + invoice)


def listed(server, _):
    server.call("GET", "/payment-invoices?page[size]=20")


KINDS = {"create an invoice": lambda server, _: create(server), "get an invoice": get,
         "list 20 invoices": listed}


def instructions(request, times):
    with tempfile.TemporaryDirectory() as folder:
        server = Counted(folder)
        invoices = [create(server) for _ in range(20)]
        for _ in range(times):
            request(server, invoices[0])
        return server.stop()


def start():
    with tempfile.TemporaryDirectory() as folder:
        return Counted(folder).stop()


def counts():
    yield "start and stop", start()
    for kind, request in KINDS.items():
        difference = instructions(request, MANY) - instructions(request, FEW)
        yield kind, difference // (MANY - FEW)


def main():
    with open(TABLE, encoding="utf-8") as file:
        table = json.load(file)
    now = versions()
    comparable = table["versions"] == now
    measured = {}
    results = {"ok": 0, "FAIL": 0, "skip": 0}
    for kind, count in counts():
        measured[kind] = count
        said = table["instructions"].get(kind)
        result = ("skip" if not comparable else
                  "ok" if said and count <= said * MOST else "FAIL")
        results[result] += 1
        print(f"{result:4} {kind}: {count:,} instructions, {said or 0:,} in the table", flush=True)
    if not comparable:
        other = [name for name in now if table["versions"].get(name) != now[name]]
        print("skip: not compared, because other versions than in the table: " + ", ".join(other))
    if "--update" in sys.argv:
        with open(TABLE, "w", encoding="utf-8") as file:
            json.dump({"versions": now, "instructions": measured}, file, indent=2)
            file.write("\n")
    print(f"{results['ok']} ok, {results['FAIL']} failed, {results['skip']} skipped")
    sys.exit(results["FAIL"] > 0)


main()
