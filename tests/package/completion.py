#!/usr/bin/env python3
"""completion.py BUILD: types command lines into bash, zsh and fish with BUILD's completions, and checks what they make
of them. The last line is `N ok, N failed`; exit status 1 when a check failed.
"""
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

# The typed text, and the completed text when there is only one completion.
TYPED = [
    ("milkypay-mock --log-l", "milkypay-mock --log-level"),
    ("milkypay-mock --log-level d", "milkypay-mock --log-level debug "),
    ("milkypay-mock --log-level=d", "milkypay-mock --log-level=debug "),
    ("milkypay-mock --callback-allow p", "milkypay-mock --callback-allow private "),
    ("milkypay-mock --db sho", "milkypay-mock --db shop.db "),
    ("milkypay-mock --fixtures fi", "milkypay-mock --fixtures fixtures/"),
    ("milkypay-mock ex", "milkypay-mock exec "),
    ("milkypay-mock hea", "milkypay-mock healthcheck "),
    ("milkypay-mock comp", "milkypay-mock compare "),
    ("milkypay-mock compare --format j", "milkypay-mock compare --format json "),
    ("milkypay-mock compare --cre", "milkypay-mock compare --create "),
    ("milkypay-mock compare sho", "milkypay-mock compare shop.db "),
    ("milkypay-mock exec --str", "milkypay-mock exec --strict "),
    ("milkypay-mock exec --strict -- ls sho", "milkypay-mock exec --strict -- ls shop.db "),
]
PATIENCE_S = 30
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


class Shell:
    """An interactive shell on a terminal, in which the test types Tab like a person."""

    def __init__(self, command, folder, prepare):
        self.said = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, os.environ | {"TERM": "dumb", "PS1": "$ ", "HOME": str(folder)})
        self.type(prepare + "; echo REA''DY\n")
        if not self.hears("READY\r\n"):
            raise SystemExit(f"completion.py: {command[0]} does not start: {self.said!r}")

    def type(self, keys):
        self.said = ""
        os.write(self.terminal, keys.encode())

    def hears(self, words):
        """Waits until the terminal shows the words."""
        end = time.monotonic() + PATIENCE_S
        while words not in self.said and time.monotonic() < end:
            if select.select([self.terminal], [], [], 0.2)[0]:
                self.said += os.read(self.terminal, 65536).decode(errors="replace").replace("\a", "")
        return words in self.said

    def completes(self, typed, becomes):
        self.type(typed + "\t")
        good = self.hears(becomes)
        said = self.said
        self.type("\x15")  # empties the line
        return good, said

    def end(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


def bash(build, folder):
    prepare = f"source {BASH_COMPLETION}; source {build}/milkypay-mock"
    return Shell(["bash", "--norc", "--noprofile", "-i"], folder, prepare).completes


def zsh(build, folder):
    shutil.copy(build / "_milkypay-mock", folder)
    prepare = f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; bindkey '^I' complete-word"
    return Shell(["zsh", "-f", "-i"], folder, prepare).completes


def fish(build, folder):
    """fish redraws its terminal too much to be read there, but it can list its candidates. fish 4 also lists those that
    only contain the letters; Tab uses them only if no candidate begins with the typed word."""

    def completes(typed, becomes):
        program = f"source {build}/milkypay-mock.fish; complete --do-complete '{typed}'"
        said = subprocess.run(
            ["fish", "--no-config", "-c", program], cwd=folder, capture_output=True, text=True, check=False
        ).stdout
        words = [line.split("\t")[0] for line in said.splitlines()]
        begin = [word for word in words if word.startswith(typed.split()[-1])]
        return (begin or words) == [becomes.split()[-1]], said

    return completes


def main(build):
    build = pathlib.Path(build).resolve() / "server" / "cli"
    good = bad = 0
    for shell in (bash, zsh, fish):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name).resolve()
            (folder / "shop.db").touch()
            (folder / "fixtures").mkdir()
            completes = shell(build, folder)
            for typed, becomes in TYPED:
                right, said = completes(typed, becomes)
                print("ok  " if right else "FAIL", f"{shell.__name__}: {typed}")
                if not right:
                    print(f"       {said!r}")
                good, bad = good + right, bad + (not right)
    print(f"{good} ok, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
