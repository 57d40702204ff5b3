"""What a turn, a start and a command cost with much before and behind them."""
import fcntl, time
from stage import *

TARGETS = 300
# Ten thousand ids over all targets, each job three full requests: a turn claims as many ids in every file, and of as many
# jobs, so that the backlog alone makes the difference.
IDS_A_JOB = 30


def filled(pending, settled=0):
    """A file with so many ids, kept from one run to the next: making the largest takes minutes."""
    path = WORK / f"backlog-{pending}-{settled}.sqlite"
    done = path.with_suffix(".done")
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run may be making it
        if not done.exists():
            make(path, pending, settled)
            done.touch()
    return migrated(path)  # One that was kept may be of an earlier version.


def make(path, pending, settled):
    for old in WORK.glob(path.name + "*"): old.unlink()
    began = time.monotonic()
    migrated(path)
    step = 1_000_000
    for start in range(0, settled, step):
        queue(path, order_ids(min(step, settled - start), 1_000_000_000 + start), TARGETS)
        engine("engine", "--database", path, "--tokens", 500)
    for start in range(0, pending, step):
        spread(path, order_ids(min(step, pending - start), start))
    db = open_file(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    print(f"  {path.name}: {path.stat().st_size / 1e9:.1f} GB in {time.monotonic() - began:.0f} s", flush=True)


def spread(path, ids):
    """Queues ids over all the targets."""
    queue(path, ids, TARGETS, size=IDS_A_JOB)


def topped_up(path, pending):
    """The file as a desk finds it: all tokens free, and as many ids pending as it is named for, though a start took some."""
    db = open_file(path)
    # What the lifted engine left of its own limit is not what a desk starts with.
    db.execute("UPDATE token SET request_id = NULL, busy_until_ns = 0")
    db.execute("UPDATE bucket SET held_until_ns = 0, tokens = 5 WHERE endpoint = 'cancel'")
    # Nothing is purged here, so what is not settled is what is left of all ids.
    there, = db.execute("SELECT (SELECT max(id) FROM cancel) - sum(ids) FROM tally").fetchone()
    jobs, = db.execute("SELECT max(id) FROM job").fetchone()
    db.close()
    if there < pending: spread(path, order_ids(pending - there, 5_000_000_000 + jobs * 1000))
    return path


def cost(sizes=((10_000, 0), (1_000_000, 0), (10_000_000, 0), (10_000, 10_000_000))):
    rows, first, base = [], None, topped_up(filled(*sizes[0]), sizes[0][0])
    for pending, settled in sizes:
        path = topped_up(filled(pending, settled), pending)
        name = f"{pending:,} pending, {settled:,} settled"
        found = engine("turn", "--database", path)
        first = first or found
        if path != base:
            pair = engine("turn", "--database", path, "--against", base)
            assert pair["ids"] == pair["against_ids"] == 50, f"{pair} compares turns that do not claim the same"
            rows.append(row(name + ": a turn", pair["median_us"], "us", "10,000 pending", pair["against_us"], "<= 110 %",
                            pair["median_us"] <= 1.1 * pair["against_us"]))
        rows += [
            row(name + ": memory of turns", found["peak_mb"], "MB", "10,000 pending", first["peak_mb"], "<= 110 %",
                found["peak_mb"] <= 1.1 * first["peak_mb"]),
            *start_on(path, name),
        ]
    return rows


def start_on(path, name, seconds=10):
    """From the start of the process to its first request, and its memory after some seconds at the limit."""
    with exchange() as market, runner(path, market.env) as running:
        time.sleep(seconds)
        first = min(one["boot_ns"] for one in market.arrivals())
        memory = peak_mb(running.pid)
        wait = (first - running.began) / 1e6
    return [
        row(name + ": start to first request", wait, "ms", goal="< 1000", met=wait < 1000),
        row(name + ": resident", memory, "MB", goal="< 64", met=memory < 64),
    ]


def commands(pending=10_000_000, settled=0):
    path = filled(pending, settled)
    behind = filled(10_000, 10_000_000) if pending == 10_000_000 else path
    job, order = open_file(behind).execute("SELECT job_id, order_id FROM cancel WHERE id = 5000").fetchone()
    quick = {
        "quash status": lambda: quash("status", "--database", path),
        "quash status JOB": lambda: quash("status", job, "--database", behind),
        "quash enqueue of one id": lambda: quash("enqueue", "--database", path, "--contract", "BTC-USDT", "123456789"),
    }
    queries = {
        "v_job": f"SELECT * FROM v_job WHERE job_id = {job}",
        "v_cancel of a job": f"SELECT * FROM v_cancel WHERE job_id = {job}",
        "v_cancel of an order": f"SELECT * FROM v_cancel WHERE order_id = '{order}'",
        "v_attempt of an order": f"SELECT * FROM v_attempt WHERE order_id = '{order}'",
        "v_request of an order's": "SELECT * FROM v_request WHERE request_id IN (SELECT request_id FROM v_attempt "
                                   f"WHERE order_id = '{order}')",
    }
    db = open_file(behind)
    rows = [timed(name + ", 10 million ids", work) for name, work in quick.items()]
    return rows + [timed(name + ", 10 million settled", lambda: db.execute(text).fetchall()) for name, text in queries.items()]


def timed(name, work, times=11):
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    median = percentile(took, 0.5)
    return row(name, median, "ms", goal="< 50", met=median < 50)
