"""The command tests/mutants/run: its options, its results and its report."""
import argparse
import json
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import schemata
import trial

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = schemata.BUILD + "/results.json"
EQUIVALENT = "tests/mutants/equivalent.txt"
THRESHOLD = 0.95
# The seconds that a mutant gets in each round: most die soon, and the others would delay them.
ROUNDS = (60, 300, float("inf"))


def options():
    parser = argparse.ArgumentParser(prog="tests/mutants/run", allow_abbrev=False)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("files", nargs="*", metavar="FILE")
    given = parser.parse_args()
    given.files = [os.path.relpath(os.path.abspath(name)) for name in given.files]
    for name in given.files:
        if name not in schemata.source_files():
            parser.error(f"{name} is no source of server/{{{','.join(schemata.FOLDERS)}}}")
    return given


def equivalent():
    """{key: reason}. A line with a mutant, then indented lines with the reason."""
    found, key = {}, None
    with open(EQUIVALENT, encoding="utf-8") as file:
        for line in file:
            if line[0] in "#\n":
                continue
            if line[0] == " ":
                found[key] += line.strip() + " "
            else:
                key = line.strip()
                found[key] = ""
    return found


class Results:
    """What is known of tests and mutants, in a file that survives the run.

    tests: {name: {digest, seconds, end, reached: {key: whether}}}
    mutants: {key: {killed, by, digest, passed: {name: digest}}}, with the digest of the test that killed it
    """

    def __init__(self, fresh, tests):
        self.lock = threading.Lock()
        self.digests = {t.name: t.digest for t in tests}
        self.tests, self.mutants = {}, {}
        if not fresh and os.path.exists(RESULTS):
            with open(RESULTS, encoding="utf-8") as file:
                known = json.load(file)
            self.tests, self.mutants = known["tests"], known["mutants"]

    def save(self):
        with open(RESULTS + ".new", "w", encoding="utf-8") as file:
            json.dump({"tests": self.tests, "mutants": self.mutants}, file, indent=1)
        os.replace(RESULTS + ".new", RESULTS)

    def is_measured(self, test, sample):
        known = self.tests.get(test.name, {})
        return (known.get("digest") == test.digest and known["end"] == "passed"
                and all(m["key"] in known["reached"] for m in sample))

    def measured(self, test, sample, end, seconds, numbers):
        with self.lock:
            reached = {m["key"]: m["number"] in numbers for m in sample}
            self.tests[test.name] = {"digest": test.digest, "seconds": seconds, "end": end, "reached": reached}
            self.save()

    def tested(self, mutant, test, end):
        with self.lock:
            known = self.mutants.setdefault(mutant["key"], {"passed": {}})
            if end == "passed":
                known["passed"][test.name] = test.digest
            else:
                known.update(killed=end, by=test.name, digest=test.digest)
            self.save()

    def is_killed(self, mutant):
        """Whether a test killed it that is still the same."""
        known = self.mutants.get(mutant["key"], {})
        return "killed" in known and self.digests.get(known["by"]) == known["digest"]

    def kills(self, test, source):
        """How many mutants of a source a test has killed."""
        return sum(known.get("by") == test.name and key.startswith(source + " ")
                   for key, known in self.mutants.items())

    def reaching(self, mutant, tests):
        return [t for t in tests if self.tests.get(t.name, {}).get("end") == "passed"
                and self.tests[t.name]["reached"].get(mutant["key"])]

    def left(self, mutant, tests):
        """The tests that a mutant has still to meet: first the one that killed it before, then the unit tests, then
        what is fast or has killed others."""
        known = self.mutants.get(mutant["key"], {"passed": {}})
        todo = [t for t in self.reaching(mutant, tests) if known["passed"].get(t.name) != t.digest]

        def cost(test):
            kills = self.kills(test, mutant["file"])
            return known.get("by") != test.name, not test.is_unit, self.tests[test.name]["seconds"] / (1 + 2 * kills)

        with self.lock:
            return sorted(todo, key=cost)


class Run:
    def __init__(self, given, tests):
        self.given = given
        self.deadline = time.monotonic() + 60 * given.minutes
        self.results = Results(given.fresh, tests)
        self.done, self.total = 0, 0

    def say(self, text):
        self.done += 1
        print(f"[{self.done}/{self.total}] {text}", flush=True)

    def is_late(self):
        return time.monotonic() > self.deadline

    def each(self, what, rows):
        """Calls `what` with each row, some at the same time."""
        self.done, self.total = 0, len(rows)
        pool = ThreadPoolExecutor(self.given.jobs)
        try:
            for future in [pool.submit(what, row) for row in rows]:
                future.result()
        except BaseException:
            trial.stopping.set()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def measure(self, test, sample):
        if not self.is_late():
            end, seconds, numbers = trial.reach(test)
            if end == "stopped":
                return
            self.results.measured(test, sample, end, seconds, numbers)
            self.say(f"{test.name} {end} in {seconds} s and reaches {len(numbers)}")

    def attack(self, mutant, tests, seconds):
        """Runs the tests that a mutant has not met until one fails, for some time."""
        enough = time.monotonic() + seconds
        while not self.results.is_killed(mutant) and not self.is_late() and time.monotonic() < enough:
            left = self.results.left(mutant, tests)
            if not left:
                break
            # a busy machine may need more than it needed before
            limit = 30 + 4 * self.results.tests[left[0].name]["seconds"]
            end, _ = trial.run(left[0], mutant["number"], seconds=limit)
            if end == "stopped":
                return
            self.results.tested(mutant, left[0], end)
        self.say(f"{self.verdict(mutant, tests)}: {mutant['key']}")

    def verdict(self, mutant, tests):
        if self.results.is_killed(mutant):
            known = self.results.mutants[mutant["key"]]
            return f"killed by {known['by']}" + (", which hung" if known["killed"] == "hung" else "")
        if not self.results.reaching(mutant, tests):
            return "NOT REACHED"
        return "not finished" if self.results.left(mutant, tests) else "SURVIVED"

    def report(self, sample, tests):
        """Prints what is left. Returns whether enough was killed."""
        verdicts = {m["key"]: self.verdict(m, tests) for m in sample}
        print()
        for start in ("not finished", "NOT REACHED", "SURVIVED"):
            for key in sorted(k for k, v in verdicts.items() if v == start):
                print(f"{start}: {key}")
        for name, known in sorted(self.results.tests.items()):
            if known["end"] != "passed":
                print(f"not used, because it {known['end']} without a mutant: {name}")
        killed = sum(v.startswith("killed") for v in verdicts.values())
        open_ones = sum(v == "not finished" for v in verdicts.values())
        judged = len(sample) - open_ones
        if open_ones:
            print(f"{open_ones} are not finished: start the command again")
        print(f"{killed} of {judged} killed")
        return judged and not open_ones and killed >= THRESHOLD * judged


def chosen(given):
    """Returns the sample without the equivalent ones, or None after a message."""
    mutants = schemata.all_candidates(schemata.source_files())
    named, keys = equivalent(), {m["key"] for m in mutants}
    for key in named.keys() - keys:
        print(f"{EQUIVALENT} names a mutant that does not exist: {key}")
    if named.keys() - keys:
        return None
    if given.files:
        mutants = [m for m in mutants if m["file"] in given.files]
    sample = schemata.sample(mutants, given.n, given.seed)
    real = [m for m in sample if m["key"] not in named]
    print(f"{len(sample)} of {len(mutants)} mutants, {len(sample) - len(real)} of them equivalent", flush=True)
    return real


def stop(number, _frame):
    """Ends the run once; timeout(1) sends its signal twice."""
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, signal.SIG_IGN)
    sys.exit(128 + number)


def main():
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, stop)
    given = options()
    os.makedirs(schemata.BUILD, exist_ok=True)
    sample = chosen(given)
    if given.list and sample:
        print("\n".join(f"{m['number']:7d} {m['key']}" for m in sample))
        return 0
    if not sample or not schemata.build(sample):
        return 1
    tests = trial.all_tests()
    run = Run(given, tests)
    new = [t for t in tests if not run.results.is_measured(t, sample)]
    run.each(lambda test: run.measure(test, sample), new)
    if run.is_late():
        print("the tests are not all measured: start the command again\n0 of 0 killed")
        return 1
    for seconds in ROUNDS:
        left = [m for m in sample if not run.results.is_killed(m) and run.results.left(m, tests)]
        run.each(lambda mutant, seconds=seconds: run.attack(mutant, tests, seconds), left)
    return 0 if run.report(sample, tests) else 1


if __name__ == "__main__":
    sys.exit(main())
