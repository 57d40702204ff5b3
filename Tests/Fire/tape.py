"""A whole run on tape: every write, sync and send in the order strace saw it."""
import re
import shutil
from dataclasses import dataclass, field

from gate import BODY, HEAD

CALLS = "openat,pwrite64,fdatasync,fsync,ftruncate,unlink,write"
LINE = re.compile(r"(\d+) +(\w+)\((.*)")
RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>.*\) += (-?\d+)")
HEX = r'((?:\\x[0-9a-f]{2})*)'
ON_FILE = re.compile(rf'\d+<{HEX}>(?:, "{HEX}"(?:\.\.\.)?)?(?:, (\d+))?(?:, (\d+))?')
ON_PATH = re.compile(rf'"{HEX}"')
RESULT = re.compile(r"\) += (-?\d+)")


def missing():
    return "" if shutil.which("strace") else "strace is missing: apt-get install strace"


def strace(path):
    """What goes before a command to tape it."""
    return [shutil.which("strace"), "-f", "-y", "-xx", "-s", "200000", "-e", "signal=none",
            "-e", f"trace={CALLS}", "-o", str(path)]


@dataclass
class Step:
    """One call: which lines it began and ended at, and what it did."""
    call: str
    path: str
    began: int
    ended: int = 0
    good: bool = False
    data: bytes = b""
    offset: int = 0


@dataclass
class Send:
    """A cancel request as it left."""
    orders: str
    began: int
    ended: int


@dataclass
class Tape:
    """One run."""
    base: bytes  # the database before it
    folder: str
    steps: list = field(default_factory=list)  # on the database, its WAL and their folder
    sends: list = field(default_factory=list)
    length: int = 0

    def syncs(self, suffix):
        return [step for step in self.steps if step.call in ("fdatasync", "fsync") and step.good
                and step.path == self.folder + suffix]

    def intent(self, send):
        """The first write to the WAL that holds the ids of a request; nothing where none does."""
        return next((step for step in self.changes("/quash.sqlite-wal")
                     if send.orders.encode() in step.data), None)

    def changes(self, suffix):
        return [step for step in self.steps if step.call in ("pwrite64", "ftruncate") and step.good
                and step.path == self.folder + suffix]


def read(path, base, folder):
    """Reads a trace."""
    tape, under_way, heads = Tape(base, str(folder)), {}, {}
    with open(path) as lines:
        for number, line in enumerate(lines, 1):
            tape.length = number
            if resumed := RESUMED.match(line):
                step = under_way.pop(resumed[1], None)
                if step:
                    end(step, number, int(resumed[2]))
            elif (begun := LINE.match(line)) and (step := parse(begun, number)):
                if step.call == "write":
                    note_send(tape, heads, step)
                elif step.path.startswith(tape.folder) and not step.path.endswith("-shm"):
                    tape.steps.append(step)
                if line.endswith("<unfinished ...>\n"):
                    under_way[begun[1]] = step
                elif result := RESULT.match(line, line.find(")")):  # all texts are in hex
                    end(step, number, int(result[1]))
    return tape


def parse(begun, number):
    call, rest = begun[2], begun[3]
    if call in ("openat", "unlink"):
        path = ON_PATH.search(rest)
        return Step(call, plain(path[1]).decode(), number) if path else None
    if not (found := ON_FILE.match(rest)):
        return None
    step = Step(call, plain(found[1]).decode(errors="replace"), number, data=plain(found[2] or ""))
    if call == "pwrite64":
        step.offset = int(found[4])
    elif call == "ftruncate":
        step.offset = int(found[3])
    return step


def plain(text):
    return bytes.fromhex(text.replace("\\x", ""))


def end(step, number, result):
    step.ended, step.good = number, result >= 0


def note_send(tape, heads, step):
    if step.data.startswith(HEAD):
        heads[step.path] = step
    elif step.path in heads and (body := BODY.search(step.data)):
        tape.sends.append(Send(body[1].decode(), heads.pop(step.path).began, step.began))


def order_problems(tape):
    """The requests that left before a sync of the WAL had made their intent durable.

    The intent is the first write to the WAL whose page holds the ids in the order of the request, which
    no job does. Where a grant lapsed and the same ids were granted again, that is the first of both; the
    check by the gate (`checks.unsynced`) tells such two apart.
    """
    syncs, problems = tape.syncs("/quash.sqlite-wal"), []
    for send in tape.sends:
        intent = tape.intent(send)
        if not intent or intent.ended > send.began:
            problems.append(f"sent at line {send.began} without a word of it in the WAL: "
                            f"{send.orders}")
        elif not any(intent.ended < sync.began and sync.ended < send.began for sync in syncs):
            problems.append(f"written at line {intent.began}, sent at {send.began}, not synced "
                            f"between: {send.orders}")
    return problems
