"""PROOF: the checks can fail. Each is given what it is there to find, and must find it."""
import random
import shutil
import sqlite3

import checks
import gate
import power
import tape as tapes
from cut import Cut
from shots import Shot


def chains(full, seed):
    found = ["checks", "exchange"]
    return found + ["gate"] * (not gate.missing()) + ["tape"] * (not tapes.missing())


def run(stage, text):
    if text == "exchange":
        return [distrust_the_exchange(stage)]
    fires = {"checks": spoil_the_file, "gate": spoil_the_gate, "tape": spoil_the_tape}
    return [stage.shoot(text, fires[text])]


def expect(problems, what, found, word):
    """Notes it as a problem where a check did not notice."""
    if not any(word in problem for problem in found):
        problems.append(f"{what}, and no check noticed: {found[:3]}")


def spoil_the_file(bench, problems):
    """A file, and a book, that lie in one point each."""
    bench.run(gated=False)
    arrivals = bench.exchange.arrivals(bench.there.values())
    book = {}
    for name in bench.there.values():
        book |= bench.exchange.orders(name)
    clean = spoiled(bench, "SELECT 1")
    whole = checks.file_problems(clean) + checks.misreported(clean["cancels"], book) \
        + checks.unrecorded(arrivals, clean["requests"], bench.there)
    problems += [f"a clean run: {problem}" for problem in whole]

    fired = next(order for order, state in bench.ended.items() if state == "fired")
    lie = spoiled(bench, f"UPDATE cancel SET state = 'cancelled', class = 'accepted' "
                         f"WHERE order_id = '{fired}'")
    expect(problems, "a fired order is called cancelled",
           checks.misreported(lie["cancels"], book), fired)
    expect(problems, "a state without evidence", checks.file_problems(lie), "v_violation: evidence")
    first = next(iter(bench.orders.values()))[0]
    expect(problems, "an order is open that is called cancelled",
           checks.misreported(clean["cancels"], {**book, first: "open"}), first)
    less = spoiled(bench, "DELETE FROM cancel WHERE id = 7")
    expect(problems, "a queued id is gone",
           [f"lost {one}" for one in checks.lost(bench.queued, less["cancels"])], "lost")
    expect(problems, "a row that others refer to is gone", checks.file_problems(less),
           "foreign_key_check")
    unsaid = spoiled(bench, "DELETE FROM request WHERE id = 3")
    expect(problems, "a request is not on record",
           checks.unrecorded(arrivals, unsaid["requests"], bench.there), "not in request")
    crowd = [{**arrivals[0], "endpoint": "cancel", "boot_ns": time} for time in
             (0, 1, 2, 3, 999_999_998, 999_999_999)]
    expect(problems, "six in a second", checks.rate_problems(crowd)[1], "6 cancel requests")
    crowd[-1]["boot_ns"] = 1_000_000_000
    if checks.rate_problems(crowd)[0] != 5:
        problems.append("a second is half open: the sixth came when it was over")
    expect(problems, "one was refused for its rate",
           checks.rate_problems([{**arrivals[0], "refused_for_rate": True}])[1], "refused")
    expect(problems, "a page is damaged", damaged(bench), "")
    return False


def distrust_the_exchange(stage):
    """A whole run against an exchange that says of one order that it is cancelled, and leaves it open."""
    bench = stage.bench().prepare(stage.template)
    order = bench.orders["desk2", "SOL-USDT"][0]
    bench.exchange.call("PUT", "faults", {"accepted_stays_open": [order]})
    bench.run(gated=False)
    found, shot = checks.check_at_the_end(bench), Shot("exchange")
    shot.found.ids = found.ids
    expect(shot.found.problems, "the order is open that is called cancelled", found.problems, order)
    if found.misreported != 2:  # two jobs want it
        shot.found.problems.append(f"{found.misreported} misreported, not 2")
    return shot


def spoiled(bench, change):
    """All the checks read, of a copy that was changed behind the triggers' back."""
    path = bench.snapshot()
    db = sqlite3.connect(path)
    found = db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    triggers = [row[0] for row in found]
    with db:
        for name in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(change)
    db.close()
    return checks.read(path)


def damaged(bench):
    """What is found in a copy that has a hole in its index."""
    path = bench.snapshot()
    db = sqlite3.connect(path)
    page, = db.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'request_by_target'").fetchone()
    db.close()
    with open(path, "r+b") as file:
        # The entries of a page lie at its end.
        file.seek(page * 4096 - 40)
        file.write(b"\xff" * 40)
    try:
        return checks.file_problems(checks.read(path))
    except sqlite3.DatabaseError as error:
        return [str(error)]


def spoil_the_gate(bench, problems):
    """A passage in which the syncs are made out to be earlier than they were."""
    passage, seen = bench.run().passage, checks.read(bench.snapshot())["requests"]
    problems += [f"a clean run: {problem}" for problem in checks.unsynced(passage, seen)]
    if not passage.sends:
        problems.append("the gate saw no request leave")
    written, passage.written = passage.written, {}
    expect(problems, "no word of it in a page", checks.unsynced(passage, seen),
           "before it was synced")
    passage.written = written
    passage.sends = [(orders, sent, 0) for orders, sent, _ in passage.sends]
    expect(problems, "no sync before a send", checks.unsynced(passage, seen),
           "before it was synced")
    expect(problems, "a request that is not on record", checks.unsynced(passage, []),
           "not in request")
    bench.runs[-1].passage = None
    return False


def spoil_the_tape(bench, problems):
    """A tape from which what was synced between the first intent and its request is missing."""
    tape = power.record(bench)
    problems += [f"a clean run: {problem}" for problem in tapes.order_problems(tape)]
    send = tape.sends[0]
    intent = tape.intent(send)
    for sync in tape.syncs("/quash.sqlite-wal"):
        if intent.began < sync.began < send.began:
            tape.steps.remove(sync)
    expect(problems, "a sync was left out", tapes.order_problems(tape), "not synced between")
    folder = bench.folder.parent / "image"
    cut = Cut(tape, send.began + 1, "none", random.Random(1))
    expect(problems, "power fails with the sync left out",
           power.image_problems(bench, tape, send.began + 1, cut.lay(folder)), "not in request")
    shutil.rmtree(folder)
    return False
