"""What must be true after a run, told from the database, from the exchange's books, and from neither."""
import sqlite3
from collections import Counter
from dataclasses import dataclass, field

FINAL = {"cancelled", "rejected", "failed", "expired", "withdrawn"}
# What the exchange's own book must say of an id with that final state; no other is expected here.
TRUTH = {"cancelled": "cancelled", "rejected": "fired"}
LIMIT, SECOND = 5, 1_000_000_000
LEAD = 25_000_000  # nanoseconds that a token is granted ahead at most


@dataclass
class Findings:
    """The result of all checks of one run."""
    ids: int = 0
    lost: int = 0
    misreported: int = 0
    most: int = 0
    sound: bool = True
    problems: list = field(default_factory=list)


def most_in_a_second(times):
    """The most arrivals in any half-open second: two pointers over the sorted times."""
    times, first, most = sorted(times), 0, 0
    for last, time in enumerate(times):
        while time - times[first] >= SECOND:
            first += 1
        most = max(most, last - first + 1)
    return most


def read(path):
    """All the checks need of a database, read in one go."""
    db = sqlite3.connect(path)
    try:
        def rows(text):
            return db.execute(text).fetchall()
        return {
            "cancels": rows("SELECT account, order_id, state, class FROM v_cancel"),
            "requests": rows("SELECT account, endpoint, order_ids, granted_ns, answer, list, page "
                             "FROM v_request"),
            "violations": rows("SELECT promise, breach FROM v_violation"),
            "integrity": [row[0] for row in rows("PRAGMA integrity_check")],
            "strays": rows("PRAGMA foreign_key_check"),
        }
    finally:
        db.close()


def file_problems(seen):
    """What the file says against itself."""
    problems = [f"integrity_check: {word}" for word in seen["integrity"] if word != "ok"]
    problems += [f"foreign_key_check: {row}" for row in seen["strays"]]
    return problems + [f"v_violation: {promise}: {breach}"
                       for promise, breach in seen["violations"]]


def lost(queued, cancels, must_be_final=True):
    """The ids that were queued and have no row, or none in a final state; counted by job."""
    kept = Counter((account, order) for account, order, state, _ in cancels
                   if state in FINAL or not must_be_final)
    return sorted((Counter(queued) - kept).elements())


def misreported(cancels, book):
    """The ids whose final state is not what the exchange's own book says."""
    return [f"{order} of {account} is {state} ({kind}), the exchange has it "
            f"{book.get(order, 'nowhere')}"
            for account, order, state, kind in cancels
            if state in FINAL and book.get(order) != TRUTH.get(state)]


def unrecorded(arrivals, requests, accounts):
    """The arrivals that no row of `request` stands for, each row standing for one.

    A request whose sender was killed between its head and its body arrives without ids: it counts in the
    totals only.
    """
    lists = {"open": "open_orders", "history": "order_history"}
    kept, came = Counter(), Counter()
    for account, endpoint, orders, _, _, which, page in requests:
        name = accounts[account]
        kept.update([(name, lists.get(which, endpoint), orders or page), (name, endpoint)])
    for arrival in arrivals:
        name, endpoint = arrival["account"], arrival["endpoint"]
        what = arrival.get("order_id") or arrival.get("page")
        came.update([(name, endpoint, what)] if what else [])
        came.update([(name, "cancel" if endpoint == "cancel" else "lookup")])
    return [f"arrived and not in request: {what}" for what in (came - kept).elements()]


def unsynced(passage, requests):
    """The requests that left before they were on disk, by what a gate saw: each was in a page that was written, and
    after that came a sync, and then it left.

    Of ids that were granted twice the first page is known alone; so the grant itself, which comes at most a lead
    before its instant, must lie before the sync as well.
    """
    problems = []
    for orders, sent, synced in passage.sends:
        grants = [row[3] for row in requests if row[2] == orders and row[3] <= sent]
        if not grants:
            problems.append(f"sent and not in request: {orders}")
        elif passage.written.get(orders, sent) > synced or max(grants) - LEAD > synced:
            problems.append(f"sent before it was synced: {orders}")
    return problems


def rate_problems(arrivals):
    """The most cancels of any account in a second, and what is wrong with that."""
    times = {}
    for arrival in arrivals:
        if arrival["endpoint"] == "cancel":
            times.setdefault(arrival["account"], []).append(arrival["boot_ns"])
    most = max(map(most_in_a_second, times.values()), default=0)
    problems = [f"{most} cancel requests of one account in a second"] if most > LIMIT else []
    refused = sum(arrival["refused_for_rate"] for arrival in arrivals)
    return most, problems + ([f"{refused} requests refused for their rate"] if refused else [])


def check_on_the_way(bench):
    """After a run that was killed or failed: what has arrived so far is already in the file."""
    seen = read(bench.snapshot())
    arrivals = bench.exchange.arrivals(bench.there.values())
    gone = lost(bench.queued, seen["cancels"], must_be_final=False)
    problems = [f"queued, and not in the file: {account} {order}" for account, order in gone]
    problems += file_problems(seen) + unrecorded(arrivals, seen["requests"], bench.there)
    if bench.runs[-1].passage:
        problems += unsynced(bench.runs[-1].passage, seen["requests"])
    return problems


def check_at_the_end(bench, expected=3):
    """After the last run: nothing lost, nothing misreported, the limit kept, the file sound."""
    seen, found = read(bench.database), Findings(ids=len(bench.queued))
    book = {}
    for name in bench.there.values():
        book |= bench.exchange.orders(name)
    arrivals = bench.exchange.arrivals(bench.there.values())
    gone, wrong = lost(bench.queued, seen["cancels"]), misreported(seen["cancels"], book)
    found.lost, found.misreported = len(gone), len(wrong)
    found.problems = [f"not settled: {account} {order}" for account, order in gone] + wrong
    broken = file_problems(seen)
    found.sound = not broken
    found.most, fast = rate_problems(arrivals)
    found.problems += broken + fast + unrecorded(arrivals, seen["requests"], bench.there)
    last = bench.runs[-1]
    if last.status != expected:
        found.problems.append(f"exit status {last.status}, not {expected}: {last.errors[-300:]!r}")
    if last.passage:
        found.problems += unsynced(last.passage, seen["requests"])
    for run in bench.runs:
        found.problems += [f"on standard error: {word}" for word in (
            "database is locked", "Fatal error", *(key for name, key in bench.keys.items()
                                                   if name.endswith("SECRET_KEY")))
                           if word in run.errors]
    return found
