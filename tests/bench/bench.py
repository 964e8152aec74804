"""The benchmark: figures of the server and their ratios to a bare libmicrohttpd, on loopback.

Every rate is taken in rounds, each right after one of `hello` with as many connections, so that
a machine that is busy for a while slows both; the medians are shown. Start it by tests/bench/run.
"""
import argparse
import base64
import http.client
import json
import os
import re
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build")
PUBLIC_KEY = "pk_test_ClSQHi2T9WXuFa76WcwwBB6rspRpg6ANM69cS9zNOJy"
HOUR_MS = 3600 * 1000

INVOICE = {"data": {"type": "payment-invoices", "attributes": {
    "reference_id": "REFERENCE", "amount": 100, "currency": "USD",
    "service": "payment_card_usd_hpp", "flow": "charge", "test_mode": True,
    "description": "Invoice Example",
    "gateway_options": {"cardgate": {"tokenize": False}},
    "customer": {"reference_id": "1203515", "email": "somename@domain.com", "name": "John Wick",
                 "phone": "+380987654321", "metadata": {"key1": "value1", "key2": "value2"}},
    "metadata": {"key": "value"}, "return_url": "https://example.com",
    "return_urls": {"success": "https://example.com/1", "pending": "https://example.com/2",
                    "fail": "https://example.com/3"}}}}
PREREQUEST = {"public_key": PUBLIC_KEY, "currency": "USD"}


class Failed(Exception):
    pass


class Process:
    """A server that prints its URL when it listens."""

    def __init__(self, *command):
        self.log = tempfile.TemporaryFile(dir=FOLDER)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log,
                                        text=True)
        self.pid = self.process.pid
        try:
            self.url = self.read_url()
        except BaseException:
            self.stop()
            raise
        self.address = urlsplit(self.url).hostname, urlsplit(self.url).port

    def read_url(self):
        """The URL in the first line, as the servers of this project print it."""
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.process.wait()
            raise Failed(f"{self.process.args[0]} did not start: {self.tail() or line}")
        return line.split()[-1]

    def tail(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-2000:]

    def call(self, method, path, body=None, timeout=30):
        connection = http.client.HTTPConnection(*self.address, timeout=timeout)
        connection.request(method, path, json.dumps(body) if body is not None else None)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        if response.status >= 300:
            shown = text[:500].decode(errors="replace")
            raise Failed(f"{method} {path}: {response.status} {shown}")
        return json.loads(text)

    def resident(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Server(Process):
    """The server under test with a new database file. No invoice settles by itself within an hour."""
    made = 0

    def __init__(self, *options, file=True):
        Server.made += 1
        database = ["--db", os.path.join(FOLDER, f"{Server.made}.db")] if file else []
        super().__init__(os.path.join(BUILD, "milkypay-mock"), "--listen", "127.0.0.1:0", *database,
                         "--settle-after", "1h", "--first-callback-delay", "0", "--log-level", "error", *options)

    def account(self, **settings):
        account = self.call("POST", "/_mock/accounts", settings)
        login = f"{account['id']}:{account['api_key']}"
        account["auth"] = "Basic " + base64.b64encode(login.encode()).decode()
        return account

    def stored(self):
        return self.call("GET", "/_mock/health")["invoices"]


class Sink(Process):
    def __init__(self, *options):
        super().__init__(os.path.join(BUILD, "tests", "bench", "sink"), *options)

    def count(self):
        return self.call("GET", "/")["count"]

    def wait_count(self, wanted, limit):
        """Waits until the count is reached and returns the time."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if self.count() >= wanted:
                return time.monotonic()
            time.sleep(0.01)
        raise Failed(f"the sink got {self.count()} callbacks of {wanted} in {limit} s")


def wrk(url, connections, seconds, script=None, **variables):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    command += ["-s", os.path.join(HERE, script)] if script else []
    wrk.runs += 1
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False,
                          env={**os.environ, "BENCH_RUN": f"bench-{wrk.runs}", **variables})
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if not rate:
        raise Failed(f"wrk: {done.stdout}{done.stderr}")
    troubles = re.findall(r"(?:Socket errors|Non-2xx).*", done.stdout)
    for trouble in troubles:
        print(f"  ! {url}: {trouble.strip()}")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", done.stdout).groups()
    unit_ms = {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]
    requests = int(re.search(r"(\d+) requests in", done.stdout).group(1))
    return {"rate": float(rate.group(1)), "p99": float(number) * unit_ms, "requests": requests,
            "troubles": troubles}


wrk.runs = 0


def fill(server, account, count, sample_every=1):
    """Creates this number of invoices over 32 connections, 16 requests at a time. Returns some of the ids."""
    fill.runs += 1
    body = json.dumps(INVOICE).replace("REFERENCE", f"fill-{fill.runs}-NNNNNNNNNN")
    request = (f"POST /payment-invoices HTTP/1.1\r\nHost: 127.0.0.1\r\n"
               f"Authorization: {account['auth']}\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
    before, after = request.split(b"NNNNNNNNNN")
    sent, got, ids = 0, 0, []
    selector = selectors.DefaultSelector()

    def send(key):
        nonlocal sent
        n = min(16, count - sent)
        if n:
            key.data["wanted"] = n
            numbers = range(sent, sent + n)
            key.fileobj.sendall(b"".join(before + b"%010d" % i + after for i in numbers))
            sent += n
        return n

    for _ in range(32):
        connection = socket.create_connection(server.address)
        send(selector.register(connection, selectors.EVENT_READ, {"text": b"", "wanted": 0}))
    while got < count:
        ready = selector.select(30)
        if not ready:
            raise Failed(f"no answer for 30 s after {got} of {count} invoices")
        for key, _ in ready:
            chunk = key.fileobj.recv(1 << 18)
            if not chunk:
                raise Failed(f"the server closed a connection after {got} of {count} invoices")
            text, at = key.data["text"] + chunk, 0
            while (end := text.find(b"\r\n\r\n", at)) >= 0:
                head = text[at:end]
                body_end = end + 4 + int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))
                if len(text) < body_end:
                    break
                if not head.startswith(b"HTTP/1.1 201"):
                    raise Failed(f"an invoice was answered {text[at:body_end][:1000]}")
                if got % sample_every == 0:
                    found = re.search(rb'"id":"(cpi_\w+)"', text[end:body_end])
                    ids.append(found.group(1).decode())
                at = body_end
                got += 1
                key.data["wanted"] -= 1
            key.data["text"] = text[at:]
            if not key.data["wanted"] and not send(key):
                selector.unregister(key.fileobj)
                key.fileobj.close()
    return ids


fill.runs = 0


def table_row(what, figure, target="", met=None, ratio=None, p99=None):
    ratio = "" if ratio is None else f"{ratio:.2f}"
    p99 = "" if p99 is None else f"{p99:.1f}"
    verdict = {None: "", True: "ok", False: "MISSED"}[met]
    row = f"{what:<50} {figure:>10} {ratio:>8} {p99:>8}  {target:<15} {verdict}"
    print(row.rstrip(), flush=True)


class Bench:
    def __init__(self, quick):
        self.rounds, self.seconds = (1, 2) if quick else (3, 4)
        self.many = 20000 if quick else 100000
        self.burst = 4000 if quick else 20000
        self.hellos = {32: [], 500: []}
        self.hello = Process(os.path.join(BUILD, "tests", "bench", "hello"))

    def beside_hello(self, connections, measure):
        """Medians of the rate, of its ratio to the rate of hello, and of the 99th percentile."""
        rates, ratios, p99s = [], [], []
        for _ in range(self.rounds):
            limit = wrk(self.hello.url, connections, max(1, self.seconds // 2))["rate"]
            self.hellos[connections].append(limit)
            result = measure()
            rates.append(result["rate"])
            ratios.append(result["rate"] / limit)
            p99s.append(result["p99"])
        return statistics.median(rates), statistics.median(ratios), statistics.median(p99s)

    def rate_row(self, what, connections, measure, target=None):
        rate, ratio, p99 = self.beside_hello(connections, measure)
        if target:
            table_row(what, f"{rate:,.0f}/s", f">= {target} x hello", ratio >= target, ratio, p99)
        else:
            table_row(what, f"{rate:,.0f}/s", ratio=ratio, p99=p99)
        return rate, ratio

    def post(self, server, account, connections):
        return wrk(server.url + "/payment-invoices", connections, self.seconds, "post.lua",
                   BENCH_AUTH=account["auth"], BENCH_BODY=json.dumps(INVOICE))

    def get(self, server, account, paths, connections=32):
        with tempfile.NamedTemporaryFile("w", dir=FOLDER) as file:
            file.write("".join(path + "\n" for path in paths))
            file.flush()
            return wrk(server.url, connections, self.seconds, "get.lua",
                       BENCH_AUTH=account["auth"], BENCH_PATHS=file.name)

    def creating(self):
        with Server() as server, Sink("--stall") as stalled:
            account = server.account(callback_url=stalled.url + "/callback")
            at_32, _ = self.rate_row("POST invoice, 32 connections, receiver stalled", 32,
                                     lambda: self.post(server, account, 32), 0.15)
            at_500, ratio, p99 = self.beside_hello(
                500, lambda: self.post(server, account, 500))
            table_row("POST invoice, 500 connections, receiver stalled", f"{at_500:,.0f}/s",
                      ">= 0.8 x at 32", at_500 >= 0.8 * at_32, ratio, p99)

    def creating_and_calling(self):
        posted = []

        def measure():
            before, began = sink.count(), time.monotonic()
            result = self.post(server, account, 32)
            posted.append(result["rate"])
            made = server.stored() - before
            result["rate"] = made / (sink.wait_count(before + made, 300) - began)
            return result

        with Server() as server, Sink() as sink:
            account = server.account(callback_url=sink.url + "/callback")
            self.rate_row("POST invoice, 32, until all callbacks have arrived", 32, measure, 0.07)
            table_row("  ... the POSTs alone, while callbacks go out",
                      f"{statistics.median(posted):,.0f}/s")

        with Server() as server, Sink() as sink:
            account = server.account(callback_url=sink.url + "/callback")
            fill(server, account, 100)
            sink.wait_count(100, 30)
            rates = []
            for _ in range(self.rounds):
                before = sink.count()
                os.kill(sink.pid, signal.SIGSTOP)
                try:
                    fill(server, account, self.burst)
                finally:
                    os.kill(sink.pid, signal.SIGCONT)
                began = time.monotonic()
                rates.append(self.burst / (sink.wait_count(before + self.burst, 300) - began))
            rate = statistics.median(rates)
            table_row("callbacks into a fast receiver, nothing else", f"{rate:,.0f}/s",
                      ">= 3,000/s", rate >= 3000)

    def journaling(self):
        """The cost of the journal: measures two servers in turn, with and without it."""
        with Server() as on, Server("--journal", "off") as off:
            sides = [(server, server.account()) for server in (on, off)]
            paths = [["/payment-invoices/" + i for i in fill(*side, 1000)] for side in sides]
            posts, gets = [], []
            for _ in range(max(3, self.rounds)):
                a, b = (self.post(*side, 32)["rate"] for side in sides)
                posts.append(a / b)
                a, b = (self.get(*side, some)["rate"] for side, some in zip(sides, paths))
                gets.append(a / b)
            for what, ratios in (("POST", posts), ("GET", gets)):
                ratio = statistics.median(ratios)
                table_row(f"{what} with the journal against without it", f"{ratio:.2f} x",
                          ">= 0.85 x", ratio >= 0.85)

    def reading(self):
        with Server() as server:
            account = server.account()
            ids = fill(server, account, 1000)
            one = ["/payment-invoices/" + i for i in ids]
            page = ["/payment-invoices"]
            self.rate_row("GET invoice by id, 32", 32,
                          lambda: self.get(server, account, one), 0.35)
            self.rate_row("GET list of 20, 32", 32, lambda: self.get(server, account, page))
            self.rate_row("POST prerequest, 32", 32, lambda: wrk(
                server.url + "/public-api/payment-prerequest", 32, self.seconds, "post.lua",
                BENCH_AUTH="", BENCH_BODY=json.dumps(PREREQUEST)))

    def starting(self):
        self.start_row("start to the first 200", BUILD, 30)
        static = os.path.join(ROOT, "build-static")
        if os.path.exists(os.path.join(static, "milkypay-mock")):
            self.start_row("start to the first 200, mostly static build", static, 20)

    @staticmethod
    def start_row(name, build, most):
        times = []
        for _ in range(20):
            began = time.monotonic()
            with Process(os.path.join(build, "milkypay-mock"), "--listen", "127.0.0.1:0",
                         "--log-level", "error") as server:
                server.call("GET", "/_mock/health")
                times.append((time.monotonic() - began) * 1000)
        median = statistics.median(times)
        figure = f"{min(times):.0f}-{median:.0f} ms"  # on a busy machine the median is much higher
        table_row(name, figure, f"<= {most} ms", median <= most)

    def remembering(self):
        with Server() as server:
            server.call("GET", "/_mock/health")
            idle = server.resident()
            table_row("resident, idle", f"{idle:.1f} MB", "<= 15 MB", idle <= 15)
            account = server.account(settle_after_ms=HOUR_MS // 6)
            fill(server, account, self.many, 1000)
            pending = server.resident()
            table_row(f"resident, {self.many:,} pending timers", f"{pending:.1f} MB",
                      "<= 60 MB", pending <= 60)
            began = time.monotonic()
            answer = server.call("POST", f"/_mock/clock/advance?account={account['id']}",
                                 {"seconds": 601, "timeout": "10m"}, timeout=660)
            took = time.monotonic() - began
            table_row(f"advance over {self.many:,} due invoices", f"{took:.1f} s")
            if not answer["complete"]:
                print("  ! the advance was not complete")
            after = server.resident()
            table_row(f"resident, {self.many:,} settled invoices", f"{after:.1f} MB",
                      "<= 60 MB", after <= 60)

    def growing(self, most=1000000):
        with Server() as server:
            account = server.account(lifetime_s=172800)
            ids = fill(server, account, 1000)
            figures = {}
            for stored in (1000, most):
                if server.stored() < stored:
                    ids = fill(server, account, stored - server.stored(), 1000)
                paths = ["/payment-invoices/" + i for i in ids]
                for what, measure in (("GET", lambda p=paths: self.get(server, account, p)),
                                      ("POST", lambda: self.post(server, account, 32))):
                    row = f"{what} at {stored:,} stored, 32"
                    figures[what, stored] = self.rate_row(row, 32, measure)[1]
            for what in ("GET", "POST"):
                growth = figures[what, most] / figures[what, 1000]
                table_row(f"{what} at {most:,} against at 1,000", f"{growth:.2f} x",
                          ">= 0.8 x", growth >= 0.8)

    def run(self, long):
        print(f"{'':<50} {'figure':>10} {'x hello':>8} {'99 % ms':>8}  target")
        self.creating()
        self.creating_and_calling()
        self.reading()
        self.journaling()
        self.starting()
        self.remembering()
        if long:
            self.growing()
        for connections, rates in self.hellos.items():
            if rates:
                table_row(f"hello, {connections} connections, median of {len(rates)}",
                          f"{statistics.median(rates):,.0f}/s")


def main():
    global FOLDER
    parser = argparse.ArgumentParser(prog="tests/bench/run",
                                     description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="one short round, under a minute")
    parser.add_argument("--long", action="store_true", help="also at 1,000,000 stored invoices")
    options = parser.parse_args()
    # beside the build, because /tmp may be in memory
    FOLDER = tempfile.mkdtemp(prefix="bench-", dir=BUILD)
    bench = None
    try:
        bench = Bench(options.quick)
        bench.run(options.long)
    except (Failed, OSError) as error:
        print(f"tests/bench/run: {error}", file=sys.stderr)
        return 1
    finally:
        if bench:
            bench.hello.__exit__()
        shutil.rmtree(FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
