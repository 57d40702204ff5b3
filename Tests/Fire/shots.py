"""A stage that one worker works on, and shots: single runs under one fault, with all their checks."""
import ctypes
import shutil
import sqlite3
import traceback
from dataclasses import dataclass, field
from pathlib import Path

import bench as benches
import checks
from exchange import Exchange


@dataclass
class Shot:
    """What came of one run under one fault."""
    label: str
    struck: bool = False  # killed, or failed
    found: checks.Findings = field(default_factory=checks.Findings)


class Skipped(Exception):
    """Something this machine lacks, and how to get it."""


class Stage:
    """One worker's own exchange, folder and template; benches come from here."""

    def __init__(self, quash, folder, seed, keep=False):
        self.quash, self.folder, self.seed, self.keep = quash, Path(folder), seed, keep
        self.folder.mkdir(parents=True)
        self.exchange = Exchange(quash, self.folder)
        self.template = benches.make_template(quash, self.folder)
        self.count = 0

    def bench(self):
        """A bench that is not prepared yet."""
        self.count += 1
        name = f"{self.folder.name}n{self.count}"
        return benches.Bench(self.quash, self.exchange, self.folder / name, name)

    def shoot(self, label, fire, size="short", prepare=None, around=None):
        """Runs `fire` on a fresh bench, which tells whether the fault struck, then all the checks.

        `fire(bench, problems)` leaves a last run that was not disturbed. `prepare(bench)` makes another
        start than the usual one; `around(bench)` makes its folder, and gives what clears it away.
        """
        shot, bench, problems = Shot(label), self.bench(), []
        clear = around(bench) if around else lambda: None
        try:
            prepare(bench) if prepare else bench.prepare(self.template, size)
            shot.struck = fire(bench, problems)
            shot.found = checks.check_at_the_end(bench)
        except Exception as error:  # whatever it is, it fails the run and is told
            place = traceback.extract_tb(error.__traceback__)[-1]
            problems.append(f"{type(error).__name__}: {error} ({place.name}, line {place.lineno})")
            shot.found.sound &= not isinstance(error, sqlite3.Error)
        finally:
            clear()
        shot.found.problems += problems
        if not shot.found.problems and not self.keep:
            for leftover in self.folder.glob(f"{bench.name}*"):
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        return shot

    def close(self):
        self.exchange.close()


def steps(first, step, shoot, most=4000):
    """Shoots at `first`, `first` + `step`, … until a run ends untouched; that one is the last."""
    shots = []
    for at in range(first, most, step):
        shots.append(shoot(at))
        if not shots[-1].struck or shots[-1].found.problems:
            if at == first and not shots[-1].struck:
                shots[-1].found.problems.append("the fault did not strike once")
            return shots
    shots[-1].found.problems.append(f"still struck at {at}: where does it end?")
    return shots


libc = ctypes.CDLL(None, use_errno=True)
NEW_MOUNTS, PRIVATE, RECURSIVE, DETACH = 0x20000, 1 << 18, 1 << 14, 2


def mount_small_disk(folder, kilobytes):
    """Puts a small file system of its own on a folder, which no other process sees.

    - Returns: what takes it away again.
    - Raises: `Skipped` where that is not allowed.
    """
    folder.mkdir()
    size = f"size={kilobytes}k".encode()
    if (libc.unshare(NEW_MOUNTS) or libc.mount(b"none", b"/", None, PRIVATE | RECURSIVE, None)
            or libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, size)):
        raise Skipped("the right to mount a small disk is missing: run as root (sudo), "
                      "in a container with --cap-add SYS_ADMIN")
    return lambda: libc.umount2(str(folder).encode(), DETACH)
