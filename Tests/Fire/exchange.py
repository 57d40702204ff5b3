"""The practice exchange as a process of its own, and its admin calls."""
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import launch


def environment(**more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **more}


class Exchange:
    """`quash sandbox` as a process that outlives the runs against it; it dies with this process."""

    def __init__(self, quash, folder, latency="1-8"):
        command = [sys.executable, launch.__file__, "--", quash, "sandbox", "--port", "0",
                   "--latency", latency]
        self.log = open(Path(folder) / "sandbox.log", "w")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env=environment())
        found = re.search(r"QUASH_EXCHANGE=(\S+)", self.process.stdout.readline())
        if not found:
            raise RuntimeError("the practice exchange did not come to listen; see sandbox.log")
        self.url = found[1]

    def call(self, method, name, body=None):
        request = urllib.request.Request(
            f"{self.url}/sandbox/{name}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def open(self, account):
        """Opens an account with keys of its own and gives them."""
        keys = (f"access-{account}", f"secret-{account}")
        self.call("POST", "accounts",
                  {"name": account, "access_key": keys[0], "secret_key": keys[1]})
        return keys

    def seed(self, account, contract, **what):
        body = {"account": account, "contract_code": contract, **what}
        return self.call("POST", "orders", body)["order_ids"]

    def orders(self, account):
        """Its own book: the state of each order."""
        found = self.call("GET", f"orders?account={account}")["orders"]
        return {order["order_id"]: order["state"] for order in found}

    def arrivals(self, accounts):
        found = self.call("GET", "arrivals")["arrivals"]
        return [arrival for arrival in found if arrival["account"] in accounts]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
