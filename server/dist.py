#!/usr/bin/env python3
"""Run by `meson dist` on the unpacked tarball: notes the commit, for builds far from git, and gives every file the
commit's time, so that the same commit makes the same bytes."""
import os
import pathlib
import subprocess

source = os.environ["MESON_SOURCE_ROOT"]
root = pathlib.Path(os.environ["MESON_DIST_ROOT"])


def git(*arguments):
    return subprocess.run(["git", "-C", source, *arguments], check=True, capture_output=True, text=True).stdout.strip()


(root / "server" / "commit.txt").write_text(git("rev-parse", "--short=12", "HEAD") + "\n", encoding="ascii")
committed = int(git("log", "-1", "--format=%ct"))
for path in [root, *root.rglob("*")]:
    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    os.utime(path, (committed, committed))
