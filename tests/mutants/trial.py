"""Runs one test against one mutant, in bounded time, and leaves no process behind."""
import contextlib
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

from schemata import BINARIES, SLOTS, digest

NOT_OK = re.compile(rb"^\s*not ok ", re.M)
FIRST_LIMIT_S = 900  # of a test whose time is not known yet

# As in tests/run. A mutant may allocate without end.
SANITIZERS = {
    "ASAN_OPTIONS": "exitcode=99:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1"
                    ":hard_rss_limit_mb=2000",
    "UBSAN_OPTIONS": "halt_on_error=1:exitcode=99",
}

stopping = threading.Event()  # ends all tests that run


@dataclass
class Test:
    """A unit test or a file of the API tests."""
    name: str
    command: list
    folder: str
    digest: str
    is_unit: bool


def read(name):
    with open(name, encoding="utf-8", errors="replace") as file:
        return file.read()


def unit_tests():
    run = subprocess.run(["meson", "introspect", "--tests", BINARIES], capture_output=True, text=True, check=True)
    for row in json.loads(run.stdout):
        if "unit" in str(row["suite"]):
            source = f"tests/unit/test_{row['name']}.c"
            yield Test(source, row["cmd"], os.path.abspath(BINARIES), digest(read(source)), True)


def api_tests():
    for folder in ("api", "lib"):
        for name in sorted(os.listdir("tests/" + folder)):
            if name.endswith(".test.js"):
                path = f"{folder}/{name}"
                yield Test("tests/" + path, ["node", "--test-reporter=tap", path], os.path.abspath("tests"),
                           digest(read("tests/" + path)), False)


def all_tests():
    return [*unit_tests(), *api_tests()]


def environment(tmp, number, reached):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MILKYPAY_", "MUTANT"))}
    env.update(SANITIZERS, TMPDIR=tmp, MILKYPAY_BIN=os.path.abspath(BINARIES + "/milkypay-mock"))
    env["MILKYPAY_TEST_PATIENCE"] = "0.5"  # what a mutant never does is waited for in vain
    if number:
        env["MUTANT"] = str(number)
    if reached:
        env["MUTANT_REACHED"] = reached
    return env


def left_behind(tmp):
    """The processes that a test started, directly or not: they have its TMPDIR."""
    mark = b"TMPDIR=" + tmp.encode()
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:
                if mark in file.read().split(b"\0"):
                    yield int(pid)


def end_all(process, tmp):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    while left := list(left_behind(tmp)):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def judge(process, is_unit, deadline):
    """Returns "passed", "failed" at the first test that failed, "hung" or "stopped"."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        line = b""
        while time.monotonic() < deadline:
            if stopping.is_set():
                return "stopped"
            if not selector.select(1):
                continue
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                break
            line = (line + piece)[-65536 - 4096:]
            if not is_unit and NOT_OK.search(line):
                return "failed"
            line = line[line.rfind(b"\n") + 1:]
    try:
        return "failed" if process.wait(max(0.1, deadline - time.monotonic())) else "passed"
    except subprocess.TimeoutExpired:
        return "hung"


def run(test, number=0, reached=None, seconds=FIRST_LIMIT_S):
    """Runs a test, against no mutant if `number` is 0. Returns its end and its seconds."""
    tmp = tempfile.mkdtemp(prefix="mutants-")
    began = time.monotonic()
    try:
        process = subprocess.Popen(test.command, cwd=test.folder, env=environment(tmp, number, reached),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        try:
            end = judge(process, test.is_unit, began + seconds)
        finally:
            end_all(process, tmp)
            process.stdout.close()
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    return end, round(time.monotonic() - began, 2)


def reach(test):
    """Runs a test without a mutant. Returns its end, its seconds and the numbers of the mutants that it passed."""
    with tempfile.NamedTemporaryFile(prefix="mutants-reached-") as file:
        file.truncate(SLOTS)
        end, seconds = run(test, reached=file.name)
        file.seek(0)
        return end, seconds, {match.start() for match in re.finditer(b"\1", file.read())}
