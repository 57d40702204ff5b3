"""The engine with its limit lifted, against bare SQL at the same grouping, and against other queues."""
import os, statistics, subprocess, sys
from stage import *

TOKENS = 50


def grouping(path):
    """Requests a commit: what one turn granted has one instant."""
    db = open_file(path)
    requests, commits = db.execute("SELECT count(*), count(DISTINCT granted_ns) FROM request").fetchone()
    settled, = db.execute("SELECT count(*) FROM v_cancel WHERE state = 'cancelled'").fetchone()
    db.close()
    return requests, commits, settled


def settle(count, *words):
    with folder() as place:
        path = migrated(place / "quash.sqlite")
        queue(path, order_ids(count) if not words else words[0])
        found = engine("engine", "--database", path, "--tokens", TOKENS, *words[1:])
        requests, commits, settled = grouping(path)
        assert settled == count, f"{settled} of {count} cancelled"
        return found, requests / commits


def ceiling(count=100_000):
    alone, group = settle(count)
    with exchange({"announced_limit": 1_000_000, "announced_interval_ms": 1}) as market:
        over_http, http_group = settle(count, market.seed(count, "C0-USDT"), "--exchange", market.env["QUASH_EXCHANGE"])
    with folder() as place:
        raw = count / bound("sql", place / "a", count, round(group))
        raw_http = count / bound("sql", place / "b", count, round(http_group))
        two = count / bound("sql", place / "c", count, 0)
    wire = 10 * count / 10 / bound("http", count // 10, TOKENS)
    rate, http_rate = count / alone["seconds"], count / over_http["seconds"]
    return [
        row("engine without HTTP", rate, "ids/s", f"bare SQL, {group:.0f} requests a commit", raw, ">= 50 %", rate / raw >= 0.5),
        row("engine without HTTP", rate, "ids/s", "bare SQL, two commits a request", two, "above", rate > two),
        row("engine over HTTP", http_rate, "ids/s", f"bare SQL, {http_group:.0f} requests a commit", raw_http, ">= 50 %",
            http_rate / raw_http >= 0.5),
        row("engine over HTTP", http_rate, "ids/s", "bare SQL, two commits a request", two, "above", http_rate > two),
        row("engine over HTTP", http_rate, "ids/s", "bare HTTP, ten ids a request", wire),
        row("engine, memory", alone["peak_mb"], "MB"),
        *against_peers(rate),
    ]


def against_peers(rate):
    goals = {"huey, 1 id a task": 10, "huey, 10 ids a task": 1, "litequeue, 1 id": None, "persist-queue, 1 id": None}
    said = subprocess.run([peers_python(), ROOT / "Benchmarks" / "peers.py"], capture_output=True, text=True)
    rows = []
    for name, theirs in (line.split("\t") for line in said.stdout.splitlines()):
        goal = goals[name]
        rows.append(row("engine without HTTP", rate, "ids/s", name, float(theirs), goal and f">= {goal} x",
                        goal and rate / float(theirs) >= goal))
    if not rows:
        print("  the peers could not be measured: pip install huey litequeue persist-queue\n" + said.stderr[-300:])
    return rows


def peers_python():
    """A Python with the peers, in an environment of its own where that can be made."""
    home = WORK / "peers"
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=False, capture_output=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "huey", "litequeue", "persist-queue"], check=False,
                       capture_output=True)
    return python if python.exists() else sys.executable
