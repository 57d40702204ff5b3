"""The bench of one run: a fresh database, ids queued by plain SQL, and `quash` itself."""
import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import launch
from exchange import Exchange, environment
from gate import Gate

ACCOUNTS = ["main", "desk2", "desk3", "desk4"]
# How many orders of which contract each account wants cancelled, by size of the run. The first account
# needs four of its five tokens, so a run after a kill meets tokens that are still busy; `crowded` needs
# seven; `long` writes so much that the WAL is copied back under way.
BTC, ETH, SOL = "BTC-USDT", "ETH-USDT", "SOL-USDT"
ORDERS = {
    "short": {"main": {BTC: 24, ETH: 6}, "desk2": {BTC: 8, SOL: 4}, "desk3": {BTC: 9, ETH: 3},
              "desk4": {BTC: 12}},
    "crowded": {"main": {BTC: 54, ETH: 6}, "desk2": {BTC: 8}, "desk3": {BTC: 9},
                "desk4": {BTC: 12}},
    "long": {"main": {BTC: 170, ETH: 6}, "desk2": {BTC: 170}, "desk3": {BTC: 170},
             "desk4": {BTC: 170}},
}
RUN_LIMIT = 90  # seconds


@dataclass
class Ended:
    """How a run of `quash` ended."""
    status: int
    errors: str
    passage: object = None


@dataclass
class Bench:
    """One database and the accounts of the exchange that its jobs are about.

    Each bench has accounts of its own at the exchange, so that the limits of two do not meet.
    """
    quash: str
    exchange: Exchange
    folder: Path
    name: str
    there: dict = field(default_factory=dict)  # the name at the exchange, by account
    keys: dict = field(default_factory=dict)
    orders: dict = field(default_factory=dict)  # ids by account and contract
    ended: dict = field(default_factory=dict)  # the state of those that are not open to begin with
    queued: list = field(default_factory=list)  # (account, order id), one a job that wants it
    runs: list = field(default_factory=list)

    @property
    def database(self):
        return self.folder / "quash.sqlite"

    def prepare(self, template, size="short"):
        """Copies the database, seeds orders and queues their ids."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, self.database)
        self.enlist()
        for account, wanted in ORDERS[size].items():
            for contract, count in wanted.items():
                self.orders[account, contract] = self.exchange.seed(
                    self.there[account], contract, count=count)
        # Not all are there to be cancelled: one has fired, one was cancelled by somebody else.
        for account, contract, state in [("desk3", BTC, "fired"), ("desk4", BTC, "cancelled")]:
            ids = self.exchange.seed(self.there[account], contract, count=1, state=state)
            self.orders[account, contract] += ids
            self.ended[ids[0]] = state
        self.queue()
        return self

    def enlist(self):
        for account in ACCOUNTS:
            self.there[account] = f"{self.name}-{account}"
            keys = self.exchange.open(self.there[account])
            prefix = "QUASH_" if account == "main" else f"QUASH_{account.upper()}_"
            self.keys[prefix + "ACCESS_KEY"], self.keys[prefix + "SECRET_KEY"] = keys

    def queue(self):
        """Queues the ids as another tool would, five to a job, and two of them once more.

        As JSON, so that no job holds the very text of a request's ids, which the check of the order of
        writes and sends looks for.
        """
        with sqlite3.connect(self.database) as db:
            for (account, contract), ids in self.orders.items():
                jobs = [ids[start:start + 5] for start in range(0, len(ids), 5)] + [ids[:2]]
                for job in jobs:
                    db.execute(
                        "INSERT INTO job (account, contract_code, order_ids) VALUES (?, ?, ?)",
                        (account, contract, json.dumps(job)))
                    self.queued += [(account, order) for order in job]
        db.close()

    def run(self, fault=None, gated=True, before=(), options=()):
        """One `quash run --drain`, to its end: `before` goes before its command (strace, limits)."""
        program = [*before, self.quash, "run", "--drain", "--database", str(self.database)]
        how = dict(env=environment(QUASH_EXCHANGE=self.exchange.url, **self.keys), cwd=self.folder,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        log = self.folder.parent / f"{self.name}-{len(self.runs)}.log"
        passage = None
        with open(log, "w") as errors:
            if gated:
                gate = Gate(str(self.folder), fault)
                process = gate.start(program, options, stderr=errors, **how)
                passage = gate.watch(RUN_LIMIT)
            else:
                command = [sys.executable, launch.__file__, *options, "--", *program]
                process = subprocess.Popen(command, stderr=errors, **how)
            try:
                status = process.wait(RUN_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise TimeoutError(f"the run did not end within {RUN_LIMIT} s") from None
        self.runs.append(Ended(status, log.read_text(errors="replace"), passage))
        return self.runs[-1]

    def snapshot(self):
        """The database as it lies there now, copied aside: to open it where it is would repair it."""
        folder = self.folder.parent / f"{self.name}-seen"
        folder.mkdir(exist_ok=True)
        for name in ("quash.sqlite", "quash.sqlite-wal"):
            (folder / name).unlink(missing_ok=True)
            if (self.folder / name).exists():
                shutil.copy(self.folder / name, folder / name)
        return folder / "quash.sqlite"


def make_template(quash, folder):
    """A migrated database with four accounts, made once and copied for each run."""
    path = Path(folder) / "template.sqlite"
    names = [["account", "add", account] for account in ACCOUNTS if account != "main"]
    for arguments in [["migrate"], *names]:
        subprocess.run([quash, *arguments, "--database", path], check=True, timeout=60,
                       env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path
