"""Measures the server and other mock servers in one run, and prints how many times as fast it is.

Every round measures all of them, each second round in the opposite order. The ratios are those of
one round, so that a machine that is busy for a while slows both sides; shown are the median and
the lowest and highest. The processor time of a request depends less on other programs. Start it by
tests/bench/peers.
"""
import argparse
import http.client
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from urllib.parse import urlencode

import bench
from bench import Failed

CONNECTIONS = 32
READ = 1000  # resources that are read in turn
MOST_WARM = 15  # rounds of warm-up; a busy machine is slow to compile Java
BOUND_S = 900
STRIPE = "stripe-stateful-mock"
TARGETS = {"GET": 8, "POST": 6}  # times the peer that keeps state


def ask(server, method, path, body=None):
    """The text of the response, which must be a success."""
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    connection.request(method, path, body, {"Authorization": server.auth, "Content-Type": server.kind})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    if response.status >= 300:
        raise Failed(f"{server.name}: {method} {path}: {response.status} {text[:500]}")
    return text


class Ours(bench.Server):
    name, about = "this server", "payment invoices"
    create, kind, health, auth = "/payment-invoices", "application/json", "/_mock/health", ""
    body = json.dumps(bench.INVOICE)
    in_file = False

    def __init__(self, *options):
        super().__init__(*options, file=self.in_file)

    def prepare(self):
        account = self.account()
        self.auth = account["auth"]
        return bench.fill(self, account, READ)


class OursInFile(Ours):
    name, in_file = "this server, --db FILE", True


class Stripe(bench.Process):
    """Its own command listens on all addresses, so this starts its library on loopback."""
    about = "charges, in memory"
    create, kind, health = "/v1/charges", "application/x-www-form-urlencoded", "/"
    auth = "Basic c2tfdGVzdF9wZWVyOg=="  # sk_test_peer
    body = urlencode({
        "amount": 10000, "currency": "usd", "source": "tok_visa", "description": "Invoice Example",
        "receipt_email": "somename@domain.com", "metadata[reference_id]": "REFERENCE",
        "metadata[key1]": "value1", "metadata[key2]": "value2"})

    def __init__(self, folder):
        self.name = version(folder, STRIPE)
        super().__init__("node", "-e", """
            const server = require(process.argv[1]).createExpressApp().listen(0, '127.0.0.1', () =>
                console.log(`listening on http://127.0.0.1:${server.address().port}`));
            """, os.path.join(folder, "node_modules", STRIPE))

    def prepare(self):
        return [json.loads(ask(self, "POST", self.create, self.body))["id"] for _ in range(READ)]


class WireMock(bench.Process):
    """Serves two stubs with the bodies of our server: a create, and any id."""
    about = "two stubs with the same bodies: no state, no journal"
    create, kind, health, auth, body = Ours.create, Ours.kind, "/__admin/health", "", Ours.body
    BODIES = {"GET": "{}", "POST": "{}"}

    def __init__(self, folder):
        self.name = version(folder, "wiremock")
        root = tempfile.mkdtemp(dir=bench.FOLDER)
        os.mkdir(os.path.join(root, "mappings"))
        with open(os.path.join(root, "mappings", "stubs.json"), "w", encoding="utf-8") as file:
            json.dump({"mappings": [
                self.stub("GET", 200, urlPathPattern=self.create + "/[A-Za-z0-9_]+"),
                self.stub("POST", 201, urlPath=self.create)]}, file)
        # Its journal fills the memory, and with a limit it is many times slower.
        super().__init__("java", "-jar", jar(folder), "--port", "0", "--bind-address", "127.0.0.1", "--root-dir",
                         root, "--disable-banner", "--no-request-journal")

    def stub(self, method, status, **where):
        return {"request": {"method": method, **where},
                "response": {"status": status, "headers": {"Content-Type": self.kind}, "body": self.BODIES[method]}}

    def read_url(self):
        for line in self.process.stdout:
            if found := re.match(r"port: +(\d+)$", line):
                return f"http://127.0.0.1:{found[1]}"
        raise Failed(f"{self.name} did not start: {self.tail()}")

    def prepare(self):
        return [f"cpi_{number:016}" for number in range(READ)]


def version(folder, package):
    with open(os.path.join(folder, "node_modules", package, "package.json"), encoding="utf-8") as file:
        return f"{package} {json.load(file)['version']}"


def jar(folder):
    build = os.path.join(folder, "node_modules", "wiremock", "build")
    return os.path.join(build, next(name for name in os.listdir(build) if name.endswith(".jar")))


class Side:
    """A started server with its resources and its figures."""

    def __init__(self, server):
        self.server = server
        ids = server.prepare()
        self.creates = len(ids)
        self.rates = {"GET": [], "POST": []}
        self.costs = {"GET": [], "POST": []}
        self.paths = os.path.join(bench.FOLDER, f"paths-{server.pid}")
        with open(self.paths, "w", encoding="ascii") as file:
            file.writelines(f"{server.create}/{each}\n" for each in ids)
        self.bodies = {"GET": ask(server, "GET", f"{server.create}/{ids[0]}"),
                       "POST": ask(server, "POST", server.create, server.body)}

    def processor_s(self):
        with open(f"/proc/{self.server.pid}/stat", encoding="utf-8") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def measure(self, method, seconds):
        """The requests per second, and the server's processor time for one in microseconds."""
        server, before = self.server, self.processor_s()
        if method == "GET":
            result = bench.wrk(server.url, CONNECTIONS, seconds, "get.lua", BENCH_AUTH=server.auth,
                               BENCH_PATHS=self.paths)
        else:
            result = bench.wrk(server.url + server.create, CONNECTIONS, seconds, "post.lua", BENCH_AUTH=server.auth,
                               BENCH_BODY=server.body, BENCH_TYPE=server.kind)
            self.creates += result["requests"]
        if result["troubles"]:
            raise Failed(f"{server.name}: {method} by wrk: {result['troubles'][0]}")
        return result["rate"], (self.processor_s() - before) * 1e6 / result["requests"]

    def warm(self, method, seconds):
        """Until two rounds in a row are not faster than the best before."""
        best, since = 0, 0
        for _ in range(MOST_WARM):
            rate, _ = self.measure(method, seconds)
            since = 0 if rate > best * 1.05 else since + 1
            best = max(best, rate)
            if since == 2:
                return


def start_ms(make, times):
    """The median time from the start of the program to its first 200."""
    took = []
    for _ in range(times):
        began = time.monotonic()
        with make() as server:
            ask(server, "GET", server.health)
            took.append((time.monotonic() - began) * 1000)
    return statistics.median(took)


def rounds(sides, method, count, seconds):
    for side in sides:
        side.warm(method, seconds)
    for number in range(count):
        for side in sides[::-1 if number % 2 else 1]:
            rate, cost = side.measure(method, seconds)
            side.rates[method].append(rate)
            side.costs[method].append(cost)


def spread(upper, lower):
    """The median of the ratios of the rounds, and how it is shown."""
    found = [a / b for a, b in zip(upper, lower)]
    median = statistics.median(found)
    return median, f"{median:.1f} x ({min(found):.1f}-{max(found):.1f})"


def show_rates(sides, method):
    print(f"\n{method:<28} {'per second':>10} {'processor':>10} {'body':>8}")
    for side in sides:
        rate, cost = statistics.median(side.rates[method]), statistics.median(side.costs[method])
        size = len(side.bodies[method])
        print(f"{side.server.name:<28} {rate:>10,.0f} {cost:>7,.0f} us {size:>6,} B")
    print(f"  {'':<54} {'rate':<18} processor time")
    for peer in sides[2:]:
        for ours in sides[:2]:
            median, rate = spread(ours.rates[method], peer.rates[method])
            _, cost = spread(peer.costs[method], ours.costs[method])
            target = ""
            if isinstance(peer.server, Stripe):
                target = f"target {TARGETS[method]} x: {'ok' if median >= TARGETS[method] else 'MISSED'}"
            print(f"  {ours.server.name + ' : ' + peer.server.name:<54} {rate:<18} {cost:<18} {target}".rstrip())


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        processor = re.search(r"model name\s*: (.*)|$", file.read())[1] or os.uname().machine
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr.splitlines()[0]
    return f"{processor}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; node {node}; {java}"


def run(folder, quick):
    count, seconds, starts = (3, 1, 1) if quick else (10, 2, 5)
    print(machine())
    print(f"wrk, {CONNECTIONS} kept connections, {count} rounds of {seconds} s; medians (lowest-highest)")
    print("The journal of this server is on. The other servers keep nothing on disk, and WireMock has no journal here.")
    with ExitStack() as stack:
        makes = [Ours, OursInFile, lambda: Stripe(folder), lambda: WireMock(folder)]
        times, sides = [], []
        for make in makes:
            if sides:
                WireMock.BODIES = sides[0].bodies
            times.append(start_ms(make, starts))
            sides.append(Side(stack.enter_context(make())))
        for method in ("GET", "POST"):
            rounds(sides, method, count, seconds)
            show_rates(sides, method)
        print(f"\n{'':<28} {'first 200':>10} {'resident':>10} {'creates':>10}   what it serves")
        for side, took in zip(sides, times):
            server, made = side.server, f"{side.creates:,}"
            print(f"{server.name:<28} {took:>7,.0f} ms {server.resident():>7,.0f} MB {made:>10}   {server.about}")
    print("WireMock keeps no state: it answers every create with one body, and every read with another.")


def stop(number, _):
    raise Failed(f"took more than {BOUND_S} s" if number == signal.SIGALRM else "stopped by a signal")


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/peers", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="three short rounds, about a minute")
    options = parser.parse_args()
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop)
    signal.alarm(BOUND_S)
    bench.FOLDER = tempfile.mkdtemp(prefix="peers-", dir=bench.BUILD)
    try:
        run(options.folder, options.quick)
    except (Failed, OSError, http.client.HTTPException) as error:
        print(f"tests/bench/peers: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(bench.FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
