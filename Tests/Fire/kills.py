"""KILL: the process dies right before its k-th write, sync, send or connect, k moved over the whole run.

A shot reads CALL:K, or CALL:K:J where the run after it is killed as well, before its J-th such call; a
third run then has to bring it to its end. CALL:K+STEP goes on until a run ends untouched.
"""
import gate
from checks import check_on_the_way
from shots import Skipped, steps

CALLS = ["pwrite64", "fdatasync", "write", "connect"]
# How far apart the kill points of one call are. A run has some 140, 9, 40 and 20 of them.
STEPS = {"quick": [45, 4, 15, 12], "full": [4, 1, 2, 3]}
# Of the full sweep, every so many shots hit the next run too, and every so many have more to do.
COMPOUND, CROWDED = 3, 5


def chains(full, seed):
    wanted = STEPS["full" if full else "quick"]
    found = [f"{call}:{1 + seed % step}+{step}" for call, step in zip(CALLS, wanted)]
    more = ["pwrite64:900+400:long", "pwrite64:3+8:crowded"] if full else []
    return found + more + ["write:22:30", "pwrite64:70:40"]


def run(stage, text):
    if gate.missing():
        raise Skipped(gate.missing())
    call, point, *more = text.split(":")
    size = next((word for word in more if not word.isdigit()), "short")
    again = next((int(word) for word in more if word.isdigit()), 0)
    if "+" not in point:
        return [one(stage, call, int(point), again, size)]
    first, step = map(int, point.split("+"))

    def shoot(at):
        place = (at - first) // step
        compound = 1 + at * 7 % 50 if step < 8 and place % COMPOUND == 1 else again
        return one(stage, call, at, compound, size)
    return steps(first, step, shoot)


def one(stage, call, at, again, size):
    def fire(bench, problems):
        struck = False
        for point in [at, again] if again else [at]:
            ended = bench.run(gate.Fault(call, point, "kill"))
            if not ended.passage.struck_at:
                return struck
            struck = True
            if ended.status != -9:
                problems.append(f"exit status {ended.status} of a run that was killed")
            problems += check_on_the_way(bench)
        bench.run()
        return struck
    label = ":".join([call, str(at)] + [str(again)] * bool(again) + [size] * (size != "short"))
    return stage.shoot(label, fire, size)
