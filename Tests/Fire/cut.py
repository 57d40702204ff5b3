"""The files that a power cut at any moment of a taped run may leave behind.

A moment is a number of lines of the trace. What a sync of a file covers is every write to it that had
ended before the sync began; it counts once the sync has ended.
"""
from bisect import bisect_left


class Cut:
    """The files as a power cut at one moment may leave them.

    `keeps` says what becomes of writes that no sync covers: "none" of them get through, "all", or of
    each a random choice of whole sectors of so many bytes.
    """

    def __init__(self, tape, moment, keeps, dice):
        self.tape, self.moment, self.keeps, self.dice = tape, moment, keeps, dice

    def luck(self):
        return {"none": False, "all": True}.get(self.keeps, self.dice.random() < 0.5)

    def file(self, suffix, base):
        done = [sync for sync in self.tape.syncs(suffix) if sync.ended < self.moment]
        durable = max((sync.began for sync in done), default=0)
        content = bytearray(base)
        for step in self.tape.changes(suffix):
            if step.began >= self.moment:
                break
            covered = 0 < step.ended < durable
            if step.call == "ftruncate":
                if covered or self.luck():
                    resize(content, step.offset)
            elif covered or self.keeps == "all":
                write(content, step.offset, step.data)
            elif self.keeps != "none":
                self.write_some(content, step)
        return bytes(content)

    def write_some(self, content, step):
        for start in range(0, len(step.data), self.keeps):
            if self.dice.random() < 0.5:
                write(content, step.offset + start, step.data[start:start + self.keeps])

    def has_wal(self):
        """Whether the folder names the WAL: for sure only after a sync of the folder."""
        wal = self.tape.folder + "/quash.sqlite-wal"
        ends = [sync.ended for sync in self.tape.syncs("") if sync.ended < self.moment]
        names = [step for step in self.tape.steps if step.path == wal and step.good
                 and step.call in ("openat", "unlink") and step.began < self.moment]
        there = False
        for step in names:
            settled = any(sync > step.ended for sync in ends)
            if settled or self.luck():
                there = step.call == "openat"
        return there

    def lay(self, folder):
        """Writes the files into a folder; gives the path of the database."""
        folder.mkdir(parents=True, exist_ok=True)
        database, wal = folder / "quash.sqlite", folder / "quash.sqlite-wal"
        for old in (wal, folder / "quash.sqlite-shm"):
            old.unlink(missing_ok=True)
        database.write_bytes(self.file("/quash.sqlite", self.tape.base))
        if self.has_wal():
            wal.write_bytes(self.file("/quash.sqlite-wal", b""))
        return database


def resize(content, length):
    del content[length:]
    content.extend(bytes(length - len(content)))


def write(content, offset, data):
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


def moments(tape, most, dice):
    """Moments to cut at, at most so many: around every truncation and sync of the database, and some of
    all others."""
    after = [line + 1 for step in tape.steps if step.call != "openat"
             for line in (step.began, step.ended)] + [send.began + 1 for send in tape.sends]
    after = sorted(set(after))
    if len(after) <= most:
        return after
    rare = [step.began for step in tape.steps if step.call in ("ftruncate", "unlink")
            or step in tape.syncs("/quash.sqlite")]
    near = {after[min(bisect_left(after, line) + shift, len(after) - 1)] for line in rare
            for shift in range(-2, 4)}
    near = set(sorted(near)[:most // 2])
    return sorted(near | set(dice.sample([line for line in after if line not in near],
                                         most - len(near))))
