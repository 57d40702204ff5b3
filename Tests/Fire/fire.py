#!/usr/bin/env python3
"""The real binary under fire: killed, starved of disk, cut from power, and judged by the exchange's books.

Each run has a database of its own with some 80 ids of four accounts, queued by plain SQL, and a practice
exchange (`quash sandbox`) that outlives it. `quash run --drain` is hit by one fault, then run again
without one, and then nothing may be lost or misreported, no second may have seen more than five cancel
requests of one account, every request that arrived must be on record, and the file must be sound.

    python3 Tests/Fire/fire.py --quick          for every gate: under two minutes
    python3 Tests/Fire/fire.py --full           the whole sweep, seven to nine minutes
    python3 Tests/Fire/fire.py --only kill --shot write:17    one run once more

Exit status 0: all held. 1: a check failed; the command that repeats the failing run is printed.
"""
import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import disks
import kills
import power
import proof
from shots import Skipped, Stage

# In order of the table: what makes the chains of shots, and what shoots one chain.
SCENARIOS = {
    "proof": (proof.chains, proof.run),
    "kill": (kills.chains, kills.run),
    "errors": (disks.error_chains, disks.run_errors),
    "fulldisk": (disks.full_chains, disks.run_full),
    "maxsize": (disks.size_chains, disks.run_size),
    "power": (power.chains, power.run),
    "order": (power.order_chains, power.run_order),
}
ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ["scenario", "runs", "struck", "ids", "lost", "misreported", "most in 1 s", "integrity"]


def work(options, folder, scenario, chain):
    """Shoots one chain, in a process and on a stage of its own."""
    stage = Stage(options.quash, folder, options.seed, options.keep)
    try:
        return SCENARIOS[scenario][1](stage, chain), None
    except Skipped as reason:
        return [], str(reason)
    finally:
        stage.close()


def row(name, shots):
    found = [shot.found for shot in shots]
    if not found:
        return [name, "skipped"] + [""] * (len(COLUMNS) - 2)
    sound = sum(one.sound for one in found)
    return [name, len(shots), sum(shot.struck for shot in shots), sum(one.ids for one in found),
            sum(one.lost for one in found), sum(one.misreported for one in found),
            max(one.most for one in found), f"ok {sound}/{len(found)}"]


def table(rows):
    widths = [max(len(str(line[place])) for line in rows) for place in range(len(rows[0]))]
    return "\n".join("  ".join(str(word).ljust(width) for word, width in zip(line, widths)).rstrip()
                     for line in rows)


def shoot_all(options, folder):
    """All chains of all wanted scenarios by the workers; gives shots and reasons by scenario."""
    names = [options.only] if options.only else list(SCENARIOS)
    shots, skipped, open_chains, start = {}, {}, {}, time.monotonic()
    with ProcessPoolExecutor(options.workers) as workers:
        waiting = {}
        for name in names:
            chains = SCENARIOS[name][0](options.full, options.seed)
            chains = [options.shot] if options.shot else chains
            shots[name], open_chains[name] = [], len(chains)
            for chain in chains:
                place = folder / f"w{len(waiting)}"
                waiting[workers.submit(work, options, place, name, chain)] = name
        for done in as_completed(waiting):
            name = waiting[done]
            more, reason = done.result()
            shots[name] += more
            open_chains[name] -= 1
            if reason:
                skipped[name] = reason
            if not open_chains[name]:
                report(name, shots[name], skipped.get(name), time.monotonic() - start, options)
    return shots, skipped


def report(name, shots, reason, seconds, options):
    """The line of a scenario as it ends, and each problem with the command that repeats it."""
    if reason:
        print(f"{name}: skipped: {reason}", flush=True)
    elif not options.quiet:
        bad = sum(bool(shot.found.problems) for shot in shots)
        print(f"{name}: {len(shots)} runs, {sum(shot.struck for shot in shots)} struck, "
              f"{bad} failed checks, at {seconds:.0f} s", flush=True)
    for shot in shots:
        for problem in shot.found.problems[:5]:
            print(f"  {name} {shot.label}: {problem}", file=sys.stderr)
        if shot.found.problems:
            print(f"  once more: python3 Tests/Fire/fire.py --only {name} --shot {shot.label} "
                  f"--seed {options.seed} --keep", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="a few points of each (the default)")
    extent.add_argument("--full", action="store_true", help="every point")
    parser.add_argument("--only", choices=SCENARIOS, help="one scenario")
    parser.add_argument("--shot", help="one shot of it, as a failure prints it")
    parser.add_argument("--quash", default=str(ROOT / ".build/release/quash"), help="the binary")
    parser.add_argument("--seed", type=int, default=1,
                        help="which points, and which sectors survive")
    parser.add_argument("--workers", type=int, default=2, help="how many runs at a time")
    parser.add_argument("--quiet", action="store_true", help="the table only")
    parser.add_argument("--keep", action="store_true", help="keep the folder of the runs")
    options = parser.parse_args()
    options.quash = os.path.abspath(options.quash)
    if options.shot and not options.only:
        parser.error("--shot needs --only")
    if not os.access(options.quash, os.X_OK):
        parser.error(f"there is no quash at {options.quash}; build it, or name it with --quash")
    folder = Path(tempfile.mkdtemp(prefix="quash-fire-"))
    shots, skipped = shoot_all(options, folder)
    print(table([COLUMNS] + [row(name, shots[name]) for name in shots]))
    failed = any(shot.found.problems for each in shots.values() for shot in each)
    for name in shots:
        if not shots[name] and name not in skipped:
            print(f"{name}: not one run", file=sys.stderr)
            failed = True
    if options.keep:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
