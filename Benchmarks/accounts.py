"""A desk of a thousand accounts, each at its limit, on this machine with the practice exchange beside it."""
import time
from stage import *

ACCOUNTS, IDS_A_SECOND = 1000, 50


def many(seconds=60, sync_ms=(0, 1, 10)):
    return [one for ms in sync_ms for one in at(seconds, ms)]


def at(seconds, sync_ms):
    names = [f"a{number:03d}" for number in range(ACCOUNTS)]
    with folder() as place, exchange(accounts=names) as market:
        path = migrated(place / "quash.sqlite")
        for name in names: quash_account(path, name)
        fill(path, market, names, (seconds + 5) * IDS_A_SECOND)
        env = market.env | {"LD_PRELOAD": str(tool("slow_sync.c", ("-shared", "-fPIC", "-ldl"))),
                            "SLOW_SYNC_MS": str(sync_ms), "SYNCS_TO": str(place / "syncs")}
        with runner(path, env) as running:
            cost, theirs, began = processor_s(running.pid), processor_s(market.pid), time.monotonic()
            time.sleep(seconds)
            cost, theirs = processor_s(running.pid) - cost, processor_s(market.pid) - theirs
            took, memory = time.monotonic() - began, peak_mb(running.pid)
        db = open_file(path)
        first, last, requests = db.execute("SELECT min(granted_ns), max(granted_ns), count(*) FROM request").fetchone()
        # One a commit, and two a checkpoint.
        syncs = int((place / "syncs").read_text())
        # What lapsed was not sent and goes out later: wasted work, and no wrong word about an id.
        lapsed, = db.execute("SELECT count(*) FROM attempt WHERE outcome = 'not_sent'").fetchone()
        unknown, = db.execute("SELECT count(*) FROM attempt WHERE outcome <> 'accepted' AND outcome <> 'not_sent'").fetchone()
        most, = db.execute("SELECT max(most_in_any_second) FROM v_rate").fetchone()
        db.close()
    span = (last - first) / 1e9
    rate, name = requests / span, f"1,000 accounts, {sync_ms} ms a sync"
    return [
        row(name, rate, "requests/s", "their limits", 5.0 * ACCOUNTS),
        row(name + ": disk syncs", syncs / span, "syncs/s", "requests/s", rate),
        row(name + ": runner", cost / took * 100, "% of a core", "the practice exchange", theirs / took * 100),
        row(name + ": memory", memory, "MB"),
        row(name + ": lapsed before they were sent", lapsed, "ids", "ids", requests * 10),
        row(name + ": not accepted", unknown, "ids", goal="0", met=unknown == 0),
        row(name + ": most in any second", most, "requests", goal="<= 5", met=most <= 5),
    ]


def quash_account(path, name):
    db = open_file(path)
    db.execute("INSERT INTO account (name) VALUES (?)", (name,))
    db.close()


def fill(path, market, names, each):
    db = open_file(path)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN IMMEDIATE")
    for name in names:
        ids = market.seed(each, account=name)
        db.execute("INSERT INTO job (account, contract_code, order_ids) VALUES (?, 'BTC-USDT', ?)", (name, ",".join(ids)))
    db.execute("COMMIT")
    db.close()
