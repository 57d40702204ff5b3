"""How much of the exchange's limit is used, and how soon the first id leaves."""
import random, statistics, threading, time
from stage import *

LINES = {
    # Each way takes 0.1 ms and up to 1 ms more.
    "LAN": {"min": 0.2, "max": 2.2},
    # 25 ms each way, exponential jitter of 4 ms, and one way in a hundred a spike of 50 to 150 ms.
    "WAN": {"min": 50, "max": 50, "jitter": 4, "spike_chance": 0.01, "spike_min": 50, "spike_max": 150},
}
GOALS = {"LAN": 0.995, "WAN": 0.98}


def use(minutes=10):
    """Both lines at once, each with an exchange and a runner of its own: together they use a few hundredths of a core."""
    rows, lock = [], threading.Lock()

    def measure(line):
        found = use_of(line, minutes * 60)
        with lock:
            rows.extend(found)

    threads = [threading.Thread(target=measure, args=(line,)) for line in LINES]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert len(rows) == 3 * len(LINES), "a line could not be measured"
    return sorted(rows, key=lambda one: one["name"])


def use_of(line, seconds):
    with folder() as place, exchange({"latency_ms": LINES[line]}) as market:
        path = migrated(place / "quash.sqlite")
        ids = market.seed(int(seconds * 50) + 500)
        queue(path, ids, contract="BTC-USDT")
        with runner(path, market.env):
            time.sleep(seconds)
            came = market.arrivals()
        times = sorted(one["boot_ns"] for one in came)
        refused = sum(one["refused_for_rate"] for one in came)
        # The first five came at once: counting them would make the rate more than it was.
        rate = (len(times) - 5) / ((times[-1] - times[0]) / 1e9)
        most = most_in_any_second(times)
        late = [moment for moment in times if moment - times[0] >= 200e9]
        if len(late) > 10:
            then = (len(late) - 5) / ((late[-1] - late[0]) / 1e9)
            print(f"  {line}: after 200 s {then / 5:.4f} of the limit", flush=True)
    goal = GOALS[line]
    return [
        row(f"use of the limit, {line}", rate, "requests/s", "the limit", 5, f">= {goal:.1%}", rate / 5 >= goal),
        row(f"refusals, {line}", refused, "requests", goal="0", met=refused == 0),
        row(f"most in any second, {line}", most, "requests", goal="<= 5", met=most <= 5),
    ]


def first_id(samples=200):
    """From the return of another process's COMMIT to the arrival, the runner idle before."""
    with folder() as place, exchange() as market:
        path = migrated(place / "quash.sqlite")
        ids = market.seed(samples + 50)
        dice = random.Random(1)
        with runner(path, market.env) as running:
            time.sleep(2)
            idle = processor_s(running.pid)
            time.sleep(20)
            idle = (processor_s(running.pid) - idle) / 20
            db, waits = open_file(path), []
            for number in range(samples):
                time.sleep(0.25 + dice.random() / 2)
                db.execute("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', ?)", (ids[number],))
                waits.append((ids[number], boot_ns()))
            time.sleep(2)
            db.execute("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', ?)", (",".join(ids[samples:]),))
            eventually("all ids arrive", 10, lambda: len(market.arrivals()) >= samples + 5)
            db.close()
        came = market.arrivals()
        at = {one["order_id"]: one["boot_ns"] for one in came}
        waits = [(at[order] - since) / 1e6 for order, since in waits]
        burst = sorted(one["boot_ns"] for one in came)[-5:]
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    return [
        row("first id, median", p50, "ms", goal="< 5", met=p50 < 5),
        row("first id, 99th of 100", p99, "ms", goal="< 20", met=p99 < 20),
        row("idle runner", idle * 100, "% of a core", goal="< 0.5", met=idle < 0.005),
        row("50 ids: first to fifth request", (burst[-1] - burst[0]) / 1e6, "ms", goal="together",
            met=burst[-1] - burst[0] < 50e6),
    ]
