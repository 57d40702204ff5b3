"""The disk fails: errors of single calls (ERRORS), no space (FULLDISK), a limit on the file (MAXSIZE).

After an error that lasts: exit status 74, a sentence on standard error, and no request has left that was
granted after the last good sync; the next run brings all to its end. After one that passes the run may
as well go on by itself.

ERRORS: a shot reads CALL:ERROR:K, with a + behind ERROR where every call from the k-th on fails.
FULLDISK: how many kilobytes are left of a small disk of its own, the rest taken by another file.
MAXSIZE: how many kilobytes long a file may get. `PRAGMA max_page_count` holds for the connection that
sets it, so it cannot be set for quash from outside. RLIMIT_FSIZE can; with SIGXFSZ ignored a write beyond
it gives EFBIG, which SQLite passes on as a disk that fails (SQLITE_IOERR), where max_page_count would
give SQLITE_FULL; that one comes from ENOSPC, in the other two.
"""
import itertools
import os

import gate
from checks import check_on_the_way
from shots import Skipped, mount_small_disk, steps

FAILED, SENTENCE = 74, "nothing more is sent"
# Kilobytes: the database has 250, and the WAL may get 2,000 before it is copied back; a run that has to
# send again and look up, a request a second, does write 900.
DISK = 4000


def error_chains(full, seed):
    kinds = itertools.product(["EIO", "ENOSPC"], ["", "+"])
    if full:
        wanted = {"fdatasync": (1, 1), "pwrite64": (1 + seed % 9, 9)}
    else:
        wanted = {"fdatasync": (3 + seed % 3, 4), "pwrite64": (40 + seed % 40, 90)}
    return [f"{call}:{error}{lasting}:{first}..{step}" for error, lasting in kinds
            for call, (first, step) in wanted.items()]


def run_errors(stage, text):
    if gate.missing():
        raise Skipped(gate.missing())
    call, error, point = text.split(":")
    lasting = error.endswith("+")

    def shoot(at):
        def fire(bench, problems):
            ended = bench.run(gate.Fault(call, at, error.rstrip("+"), lasting))
            judge(bench, ended, problems, may_end_well=not lasting)
            return bool(ended.passage.struck_at)
        return stage.shoot(f"{call}:{error}:{at}", fire)
    if ".." not in point:
        return [shoot(int(point))]
    return steps(*map(int, point.split("..")), shoot)


def judge(bench, ended, problems, may_end_well):
    """Checks a run whose disk failed, and has it gone on with by another."""
    if ended.status == FAILED:
        if SENTENCE not in ended.errors:
            problems.append(f"no sentence about it: {ended.errors[-300:]!r}")
        problems += check_on_the_way(bench)
        bench.run()
    elif ended.passage.struck_at and not may_end_well:
        # Where only the closing of the file was hit, every id has its final state all the same, which
        # the checks at the end are to tell of this run: no other follows.
        problems += check_on_the_way(bench)


def full_chains(full, seed):
    return ["0..45"] if full else [f"{seed % 20}..130"]


def run_full(stage, text):
    if gate.missing():
        raise Skipped(gate.missing())

    def shoot(left):
        def fire(bench, problems):
            filler = bench.folder / "filler"
            room = os.statvfs(bench.folder)
            filler.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - left * 1024)))
            ended = bench.run()
            filler.unlink()
            judge(bench, ended, problems, may_end_well=True)
            return ended.status == FAILED
        return stage.shoot(str(left), fire,
                           around=lambda bench: mount_small_disk(bench.folder, DISK))
    return steps(*map(int, text.split("..")), shoot) if ".." in text else [shoot(int(text))]


def size_chains(full, seed):
    return ["4..30"] if full else [f"{36 + seed % 20}..150"]


def run_size(stage, text):
    if gate.missing():
        raise Skipped(gate.missing())

    def shoot(limit):
        def fire(bench, problems):
            ended = bench.run(options=["--fsize", str(limit * 1024)])
            judge(bench, ended, problems, may_end_well=True)
            return ended.status == FAILED
        return stage.shoot(str(limit), fire)
    return steps(*map(int, text.split("..")), shoot) if ".." in text else [shoot(int(text))]
