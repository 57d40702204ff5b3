"""POWER: the power fails at any moment of a recorded run. ORDER: what is on the wire was on disk before.

POWER, a shot reads images:SIZE for all files that one recorded run of that size may leave, and
runs:SIZE:COUNT for some of them gone on with by `quash run --drain`. The exchange's book is then made as
it was at that moment: what had left may have arrived or not, unless its answer was on record.
ORDER, a shot reads the size of the run.
"""
import random
import sqlite3

import checks
import tape as tapes
from cut import Cut, moments
from shots import Skipped

KEEPS = ["none", "all", 512, 4096]


def chains(full, seed):
    if full:
        return ["images:short:4000", "images:long:500", "images:crowded:4000", "runs:short:24",
                "runs:long:8", "runs:crowded:12"]
    return ["images:short:60", "images:long:40", "runs:short:4"]


def run(stage, text):
    if tapes.missing():
        raise Skipped(tapes.missing())
    what, size, count = text.split(":")
    dice = random.Random(f"{stage.seed} {text}")
    made = {}

    def record_and_look(bench, problems):
        made["bench"], made["tape"] = bench, record(bench)
        if what == "images":
            problems += look_at_images(made["bench"], made["tape"], int(count), dice)
        return False
    shots = [stage.shoot(text, record_and_look, size)]
    if what == "runs" and not shots[0].found.problems:
        for moment in moments(made["tape"], int(count), dice):
            cut = Cut(made["tape"], moment, dice.choice(KEEPS), dice)
            shots.append(go_on(stage, made["bench"], cut, text, moment))
    return shots


def record(bench):
    """Runs quash to its end on tape."""
    base, path = bench.database.read_bytes(), bench.folder.parent / f"{bench.name}.trace"
    ended = bench.run(gated=False, before=tapes.strace(path))
    tape = tapes.read(path, base, bench.folder)
    if not tape.sends or not tape.steps:
        raise ValueError(f"the trace of {tape.length} lines shows {len(tape.sends)} requests and "
                         f"{len(tape.steps)} steps of the file; exit status {ended.status}, "
                         f"{ended.errors[-300:]!r}")
    return tape


def look_at_images(bench, tape, count, dice):
    """Opens what a power cut leaves, for many moments, each in four ways."""
    problems = []
    for moment in moments(tape, count, dice):
        for keeps in KEEPS:
            database = Cut(tape, moment, keeps, dice).lay(bench.folder.parent / "image")
            where = f"cut at line {moment} of {tape.length}, {keeps} of the unsynced"
            problems += [f"{where}: {problem}"
                         for problem in image_problems(bench, tape, moment, database)]
            if problems:
                return problems
    return problems


def image_problems(bench, tape, moment, database):
    """What is wrong with one image."""
    try:
        seen = checks.read(database)
    except sqlite3.Error as error:
        return [f"it cannot be read: {error}"]
    problems = checks.file_problems(seen)
    gone = checks.lost(bench.queued, seen["cancels"], must_be_final=False)
    problems += [f"queued, and not in the file: {account} {order}" for account, order in gone]
    recorded = {row[2] for row in seen["requests"]}
    return problems + [f"sent at line {send.began}, and not in request: {send.orders}"
                       for send in tape.sends
                       if send.began < moment and send.orders not in recorded]


def go_on(stage, recorded, cut, text, moment):
    """One image, gone on with against an exchange as it was at that moment."""
    def prepare(bench):
        cut.lay(bench.folder)
        requests = checks.read(bench.snapshot())["requests"]
        answered = {row[2] for row in requests if row[4] == "answered"}
        arrived = set()
        for send in cut.tape.sends:
            if send.orders in answered or (send.ended < moment and cut.dice.random() < 0.7):
                arrived |= set(send.orders.split(","))
        stage.exchange.call("POST", "reset")
        bench.enlist()
        bench.queued, bench.orders = recorded.queued, recorded.orders
        for (account, contract), ids in recorded.orders.items():
            for state in ("open", "fired", "cancelled"):
                of_state = [one for one in ids if recorded.ended.get(
                    one, "cancelled" if one in arrived else "open") == state]
                if of_state:
                    bench.exchange.seed(bench.there[account], contract, order_ids=of_state,
                                        state=state)

    def fire(bench, problems):
        bench.run()
        return True
    shot = stage.shoot(text, fire, prepare=prepare)
    where = f"cut at line {moment}, {cut.keeps} of the unsynced: "
    shot.found.problems = [where + problem for problem in shot.found.problems]
    return shot


def order_chains(full, seed):
    return ["short", "crowded"] + ["long"] * full


def run_order(stage, size):
    if tapes.missing():
        raise Skipped(tapes.missing())

    def fire(bench, problems):
        problems += tapes.order_problems(record(bench))
        return False
    return [stage.shoot(size, fire, size)]
