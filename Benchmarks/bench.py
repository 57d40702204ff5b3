"""make bench: what the product costs, each figure held against what is possible on this machine in the same run.

    python3 Benchmarks/bench.py [--only NAME ...] [--runs N] [--minutes M] [--seconds S] [--json FILE]

Measures: limit, first, engine, accounts, backlog, queueing, commands, size.
"""
import argparse, datetime, json, os, statistics, sys, time
from stage import WORK, QUASH, percentile
import accounts, backlog, engine, limit, queueing, size

wish = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
wish.add_argument("--only", nargs="*", default=[], help="measure these alone")
wish.add_argument("--runs", type=int, default=1, help="how often; the table shows medians and spreads")
wish.add_argument("--minutes", type=float, default=10, help="how long each line runs at the limit")
wish.add_argument("--seconds", type=int, default=60, help="how long the thousand accounts run")
wish.add_argument("--json", help="where the figures go; .build/bench/result.json unless told")
wish = wish.parse_args()

MEASURES = {
    "size": size.size, "first": limit.first_id, "engine": engine.ceiling, "queueing": queueing.queueing,
    "backlog": backlog.cost, "commands": backlog.commands, "accounts": lambda: accounts.many(wish.seconds),
    "limit": lambda: limit.use(wish.minutes),
}


def once(run):
    rows = []
    for name in wish.only or MEASURES:
        began = time.monotonic()
        found = MEASURES[name]()
        print(f"run {run}: {name} in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        rows += found
    return rows


def joined(runs):
    """One row a figure: the median of the runs, and from the least to the most."""
    for same in zip(*runs, strict=True):
        middle = sorted(same, key=lambda one: one["value"])[len(same) // 2]
        values = [one["value"] for one in same]
        ratios = [one["ratio"] for one in same if one["ratio"] is not None]
        yield {**middle, "values": values, "least": min(values), "most": max(values),
               "ratio": statistics.median(ratios) if ratios else None, "ratios": ratios,
               "met": None if middle["met"] is None else all(one["met"] for one in same)}


def number(value):
    if value is None: return ""
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"


def table(rows):
    head = ("figure", "median", "least..most", "unit", "held against", "there", "ratio", "goal", "met")
    lines = [(one["name"], number(one["value"]), f"{number(one['least'])}..{number(one['most'])}", one["unit"],
              one["against"] or "", number(one["bound"]), "" if one["ratio"] is None else f"{one['ratio']:.3f}",
              one["goal"] or "", {None: "", True: "yes", False: "NO"}[one["met"]]) for one in rows]
    widths = [max(map(len, column)) for column in zip(head, *lines)]
    right = {1, 5, 6}
    for line in (head, tuple("-" * width for width in widths), *lines):
        cells = (cell.rjust(width) if place in right else cell.ljust(width)
                 for place, (cell, width) in enumerate(zip(line, widths)))
        print("  ".join(cells).rstrip())


if not QUASH.exists(): sys.exit("build first: make build")
WORK.mkdir(parents=True, exist_ok=True)
if os.getloadavg()[0] > 0.5: print(f"the machine is busy (load {os.getloadavg()[0]:.1f}): the figures are those of a busy one", file=sys.stderr)
target = wish.json or WORK / "result.json"
runs = []
for run in range(wish.runs):
    runs.append(once(run + 1))
    rows = list(joined(runs))
    # Three runs take an hour: what is measured is kept after each, should a later one fail.
    with open(target, "w") as file:
        json.dump({"at": datetime.datetime.now().isoformat(timespec="seconds"), "cores": os.cpu_count(), "runs": len(runs),
                   "rows": rows}, file, indent=1)
    print(f"run {run + 1}: written to {target}", file=sys.stderr, flush=True)
table(rows)
