"""The processes a benchmark starts, and what it reads off them. Loopback only; each is ended by its own number."""
import contextlib, http.client, json, os, pathlib, random, resource, shutil, signal, sqlite3, subprocess, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build" / "release"
WORK = ROOT / ".build" / "bench"
QUASH, ENGINE = BUILD / "quash", BUILD / "quash-bench"
TICK = os.sysconf("SC_CLK_TCK")


def boot_ns():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def tool(name, libraries=()):
    """Compiles one of the small C programs beside this file, and gives its path."""
    source = ROOT / "Benchmarks" / name
    made = WORK / name.replace(".c", ".so" if "-shared" in libraries else "")
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        compiler = shutil.which("cc") or shutil.which("clang") or "gcc"
        subprocess.run([compiler, "-O2", "-Wall", "-o", made, source, *libraries], check=True)
    return made


def bound(*words):
    """Runs the physical limit; gives its seconds."""
    said = subprocess.run([tool("bound.c", ("-lsqlite3",)), *map(str, words)], check=True, capture_output=True, text=True)
    return float(said.stdout)


@contextlib.contextmanager
def folder():
    """A folder on the disk of the build, not in memory: what is measured is made durable."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = pathlib.Path(tempfile.mkdtemp(dir=WORK))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def quash(*words, env=None, **more):
    """Runs the real binary to its end; its exit status must be 0."""
    return subprocess.run([QUASH, *map(str, words)], check=True, env={**os.environ, **(env or {})},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def migrated(path):
    quash("migrate", "--database", path)
    return path


def engine(*words):
    """Runs the engine from inside; gives what it reports."""
    said = subprocess.run([ENGINE, *map(str, words)], check=True, capture_output=True, text=True).stdout
    return json.loads(said)


def open_file(path):
    """Another tool's connection, each statement a transaction of its own, durable like ours."""
    db = sqlite3.connect(path, timeout=60, isolation_level=None)
    db.execute("PRAGMA synchronous = FULL")
    return db


def order_ids(count, first=0):
    return [f"82605397{first + number:010d}" for number in range(count)]


def queue(path, ids, targets=1, account="main", size=1000, contract=None):
    """Queues ids as another tool would, `size` to a job, over some contracts or of one, as one transaction."""
    db = open_file(path)
    db.execute("BEGIN IMMEDIATE")
    for number, start in enumerate(range(0, len(ids), size)):
        db.execute("INSERT INTO job (account, contract_code, order_ids) VALUES (?, ?, ?)",
                   (account, contract or f"C{number % targets}-USDT", ",".join(ids[start:start + size])))
    db.execute("COMMIT")
    db.close()


def processor_s(pid):
    """The processor time a process has used."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_mb(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024


@contextlib.contextmanager
def process(words, env=None, log=None):
    """A process that is ended with the block."""
    with open(log or os.devnull, "w") as sink:
        running = subprocess.Popen([str(word) for word in words], env={**os.environ, **(env or {})},
                                   stdout=subprocess.PIPE, stderr=sink, text=True)
        try:
            yield running
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGTERM)
                try:
                    running.wait(15)
                except subprocess.TimeoutExpired:
                    running.kill()
            running.wait()
            running.stdout.close()


class Exchange:
    """The practice exchange, by its admin calls; `env` is what a runner needs to reach it."""

    def __init__(self, running, accounts):
        self.pid, self.env = running.pid, {}
        while len(self.env) < 1 + 2 * accounts:
            line = running.stdout.readline()
            assert line, "the practice exchange did not start"
            self.env.update(word.split("=", 1) for word in line.split()[1:])
        self.port = int(self.env["QUASH_EXCHANGE"].rsplit(":", 1)[1])
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def call(self, method, name, body=None):
        self.line.request(method, f"/sandbox/{name}", json.dumps(body) if body is not None else None)
        answer = self.line.getresponse()
        text = answer.read()
        assert answer.status in (200, 201), text[:300]
        return json.loads(text)

    def seed(self, count, contract="BTC-USDT", account="main"):
        return self.call("POST", "orders", {"account": account, "contract_code": contract, "count": count})["order_ids"]

    def arrivals(self):
        return [one for one in self.call("GET", "arrivals")["arrivals"] if one["endpoint"] == "cancel"]


@contextlib.contextmanager
def exchange(faults=None, accounts=("main",)):
    with folder() as place:
        (place / "faults.json").write_text(json.dumps(faults or {}))
        names = [word for name in accounts for word in ("--account", name)]
        with process([QUASH, "sandbox", "--port", 0, "--faults", place / "faults.json", *names]) as running:
            yield Exchange(running, len(accounts))


@contextlib.contextmanager
def runner(path, env, *words, log=None):
    """`quash run`, ready once it has written its start to the file."""
    began = boot_ns()
    with process([QUASH, "run", "--database", path, *words], env=env, log=log) as running:
        db = open_file(path)
        while not db.execute("SELECT 1 FROM runner WHERE pid = ?", (running.pid,)).fetchone():
            assert running.poll() is None, "the runner ended"
            time.sleep(0.002)
        db.close()
        running.began = began
        yield running


def eventually(what, limit, is_true):
    end = time.monotonic() + limit
    while not is_true():
        assert time.monotonic() < end, f"not within {limit} s: {what}"
        time.sleep(0.005)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def most_in_any_second(times):
    most = first = 0
    for index, moment in enumerate(times):
        while moment - times[first] >= 1_000_000_000:
            first += 1
        most = max(most, index - first + 1)
    return most


def row(name, value, unit, against=None, bound=None, goal=None, met=None, ratio=None):
    """One line of the table: a figure, what it is held against, and whether the goal is met."""
    if ratio is None and bound:
        ratio = value / bound
    return {"name": name, "value": value, "unit": unit, "against": against, "bound": bound, "ratio": ratio,
            "goal": goal, "met": met if met is None else bool(met)}
