#!/usr/bin/env python3
"""Breaks the product on purpose, one bug at a time, and shows which test catches it.

    make mutants                                    all of them
    python3 Tests/Mutants/mutants.py --only token   those whose name has that word

Each bug of `catalogue.py` is put into a copy of the sources under `.build-mutants`, built, and met by the unit
tests and by the simulation, each of which stops at its first find. Exit status 1 where one survives both.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from catalogue import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
TREE = ROOT / ".build-mutants"
# What belongs to HTTP is not in the copy: it takes minutes to build and none of the bugs is in it.
HTTP = re.compile(r"^(package |internal )?import (AsyncHTTPClient|NIO\w*)$|HTXClient|SendFailure|OneCall|"
                  r"AnswerCollector|ScriptedServer|TestClient|HandOver|Received\b|CircuitSet", re.M)
UNITS = "^(CancelsTests|HTXTests|CancelStoreTests|CancelRunnerTests)\\."


def lay_out():
    """Copies the sources, but what is unchanged, so that little is built anew."""
    TREE.mkdir(exist_ok=True)
    wanted = {"Package.swift": ROOT / "Tests/Mutants/Package.swift"}
    for part in ("Cancels", "CancelStore", "CancelRunner", "HTX"):
        wanted |= {f"Sources/{part}/{p.name}": p for p in (ROOT / "Sources" / part).glob("*.swift")}
    for part in ("CancelsTests", "CancelStoreTests", "CancelRunnerTests", "HTXTests", "SimulationTests",
                 "TestSupport"):
        wanted |= {f"Tests/{part}/{p.name}": p for p in (ROOT / "Tests" / part).glob("*.swift")}
    wanted |= {f"migrations/{p.name}": p for p in (ROOT / "migrations").glob("*.sql")}
    wanted = {name: path for name, path in wanted.items()
              if "HTX" not in name or not HTTP.search(path.read_text())}
    for name, path in wanted.items():
        copy = TREE / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.exists() or copy.read_bytes() != path.read_bytes():
            shutil.copyfile(path, copy)
    for folder in ("Sources", "Tests", "migrations"):
        for copy in (TREE / folder).rglob("*.*"):
            if copy.is_file() and str(copy.relative_to(TREE)) not in wanted:
                copy.unlink()


def build():
    run = subprocess.run(["swift", "build", "--build-tests"], cwd=TREE, capture_output=True, text=True)
    return None if run.returncode == 0 else (run.stdout + run.stderr)[-4000:]


def test(names, **environment):
    """Runs tests; gives the names of those that failed, and whether the run came to its own end."""
    memory = {"TMPDIR": "/dev/shm"} if os.access("/dev/shm", os.W_OK) else {}
    command = ["swift", "test", "--skip-build", "--disable-xctest", "--filter", names]
    try:
        run = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=300,
                             env=os.environ | memory | environment)
    except subprocess.TimeoutExpired:
        return ["no end within 300 s"], True
    failed = re.findall(r'^✘ Test "?(.+?)"? (?:recorded|failed|with)', run.stdout, re.M)
    breach = re.search(r"^simulation: (seed \d+ broke a promise: .+)$", run.stdout, re.M)
    ended = "Test run with" in run.stdout
    if run.returncode != 0 and not failed:
        failed = ["the process ended: " + run.stdout[-200:] + run.stderr[-200:]]
    words = list(dict.fromkeys(failed))
    return ([breach.group(1)] if breach else words), ended


def try_out(mutant):
    """Gives what caught a mutant among the unit tests and in the simulation."""
    path = TREE / mutant.file
    sound = path.read_text()
    if sound.count(mutant.old) != 1:
        sys.exit(f"{mutant.name}: {mutant.file} has {sound.count(mutant.old)} places to break, not one")
    path.write_text(sound.replace(mutant.old, mutant.new))
    try:
        if words := build():
            sys.exit(f"{mutant.name}: it does not build:\n{words}")
        units, _ = test(UNITS)
        simulation, _ = test("every promise", QUASH_SIMULATE_HUNT="1")
        return units, simulation
    finally:
        path.write_text(sound)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--only", default="", help="a word of their names")
    only = options.parse_args().only
    lay_out()
    if words := build():
        sys.exit(f"the sound sources do not build:\n{words}")
    units, ended = test(UNITS)
    if units or not ended:
        sys.exit(f"the sound sources fail: {units}")
    survivors = 0
    for mutant in MUTANTS:
        if only not in mutant.name:
            continue
        began = time.monotonic()
        units, simulation = try_out(mutant)
        survivors += not units and not simulation
        print(f"mutant: {mutant.name}")
        print(f"    tests: {len(units)} failed: {'; '.join(units[:2])[:200]}" if units else "    tests: none")
        print(f"    simulation: {simulation[0][:200]}" if simulation else "    simulation: none")
        print(f"    {time.monotonic() - began:.0f} s", flush=True)
    print(f"mutants: {survivors} survived")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
