"""A million ids into the queue, against a bare insert of the same rows in the same transactions."""
import json, time
from stage import *


def queueing(count=1_000_000, small=100_000):
    ids = order_ids(count)
    return [one for work in (by_file, by_one_insert, by_small_inserts) for one in against(work, ids, count // small)]


def against(work, ids, size):
    with folder() as place:
        name, seconds, grouping = work(place, ids, size)
        bare = len(ids) / bound("insert", place / "bare", len(ids), grouping)
    rate = len(ids) / seconds
    return [row(f"queueing {name}", rate, "ids/s", "a bare insert", bare, ">= 60 %", rate >= 0.6 * bare)]


def by_file(place, ids, size):
    path, file = migrated(place / "quash.sqlite"), place / "jobs.csv"
    file.write_text("contract_code,order_id\n" + "".join(f"BTC-USDT,{one}\n" for one in ids))
    began = time.perf_counter()
    quash("enqueue", "--database", path, file)
    return "a file", checked(path, ids, time.perf_counter() - began), len(ids)


def by_one_insert(place, ids, size):
    path, text = migrated(place / "quash.sqlite"), ",".join(ids)
    db = open_file(path)
    began = time.perf_counter()
    db.execute("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', ?)", (text,))
    return "by one insert", checked(path, ids, time.perf_counter() - began), len(ids)


def by_small_inserts(place, ids, size):
    path = migrated(place / "quash.sqlite")
    db, texts = open_file(path), [",".join(ids[start:start + size]) for start in range(0, len(ids), size)]
    began = time.perf_counter()
    for text in texts:
        db.execute("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', ?)", (text,))
    return f"by {len(texts):,} inserts", checked(path, ids, time.perf_counter() - began), size


def checked(path, ids, seconds):
    found, = open_file(path).execute("SELECT count(*) FROM cancel WHERE state = 'pending'").fetchone()
    assert found == len(ids), f"{found} of {len(ids)} were queued"
    return seconds
