"""A gate before the system calls of a process: lets each pass, fails it, or kills the process there.

`strace --inject …:when=k` counts per thread: the k-th fdatasync of the thread that opened the file
comes long before the first one of the thread that commits, which no k ever reaches. Here every call of
every thread waits for one decision (Linux: seccomp user notifications), so k counts over the whole
process, a fault that lasts does so for all threads, and the order of syncs and sends is seen as it was.
"""
import array
import ctypes
import errno
import fcntl
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field

import launch

RECEIVE, ANSWER, WAITS = 0xC0502100, 0xC0182101, 0x40082102
GO_ON = 1
# The client writes the head of a request and its body one after the other.
HEAD = b"POST /linear-swap-api/v1/swap_cross_track_cancel?"
BODY = re.compile(rb'"order_id":"([0-9,]+)"')
# The ids of a request, in a page of the file.
ORDERS = re.compile(rb"[0-9]{15,20}(?:,[0-9]{15,20})*")


def missing():
    """What this machine lacks for a gate, in words; nothing where all is there."""
    sizes = (ctypes.c_uint16 * 3)()
    known = launch.call_numbers()
    if not known or launch.libc.syscall(launch.SECCOMP[os.uname().machine], 3, 0, sizes):
        return ("seccomp user notifications are missing: run on Linux 5.5 or newer, "
                "x86_64 or aarch64")
    return ""


@dataclass
class Fault:
    """What happens at the `at`-th call of one kind; `lasting` is at all later ones too."""
    call: str
    at: int
    does: str  # "kill", or the name of an error
    lasting: bool = False

    def strikes(self, count):
        return count == self.at or (self.lasting and count > self.at)


@dataclass
class Passage:
    """What a gate saw: how often each call came, and the order of syncs and sends."""
    counts: dict = field(default_factory=dict)
    struck_at: int = 0  # boot clock, of the first fault; 0 for none
    # The ids of a request, when its head left, and when the last sync before it was let through.
    sends: list = field(default_factory=list)
    synced: int = 0
    # When a list of ids was first written to the file, by its text.
    written: dict = field(default_factory=dict)


class Gate:
    """Starts a program behind a gate and decides about its calls until it has ended."""

    CALLS = ["pwrite64", "fdatasync", "write", "writev", "sendto", "connect"]

    def __init__(self, folder, fault=None):
        self.folder, self.fault, self.seen = folder, fault, Passage()
        self.heads = {}  # by descriptor: the same two times, until the body follows
        numbers = launch.call_numbers()
        self.names = {numbers[name]: name for name in self.CALLS}

    def start(self, program, options, **how):
        """Starts the program, with more options for launch.py."""
        ours, theirs = socket.socketpair()
        command = [sys.executable, launch.__file__, *options, "--gate", str(theirs.fileno()),
                   "--calls", ",".join(self.CALLS), "--", *program]
        with ours, theirs:
            self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], **how)
            theirs.close()
            ours.settimeout(20)
            _, rights, _, _ = ours.recvmsg(16, socket.CMSG_LEN(4))
            self.door = array.array("i", rights[0][2])[0]
        return self.process

    def watch(self, limit):
        """Decides until the process has ended; one that takes longer than `limit` seconds is killed."""
        end, poll = time.monotonic() + limit, select.poll()
        poll.register(self.door, select.POLLIN)
        try:
            while True:
                if time.monotonic() > end:
                    self.process.kill()
                    raise TimeoutError(f"the run did not end within {limit} s")
                events = poll.poll(200)
                if events and events[0][1] & select.POLLIN:
                    self.decide()
                elif events:
                    return self.seen  # nobody is left behind the filter
        finally:
            os.close(self.door)

    def decide(self):
        question = bytearray(80)
        try:
            fcntl.ioctl(self.door, RECEIVE, question, True)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EINTR):
                return  # its thread is gone
            raise
        name, thread, arguments, number = self.read(question)
        verdict = (0, GO_ON)
        counted = self.counts(name, thread, arguments)
        if counted:
            self.seen.counts[name] = self.seen.counts.get(name, 0) + 1
            fault = self.fault
            if fault and fault.call == name and fault.strikes(self.seen.counts[name]):
                self.seen.struck_at = self.seen.struck_at or now()
                if fault.does == "kill":
                    self.process.send_signal(signal.SIGKILL)
                    return
                verdict = (-getattr(errno, fault.does), 0)
        if counted and verdict[1] == GO_ON:
            self.note(name, thread, arguments, number)
        try:
            fcntl.ioctl(self.door, ANSWER, struct.pack("QqiI", number, 0, *verdict))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise

    def read(self, question):
        number, thread, _, call = struct.unpack_from("QIIi", question)
        return self.names[call], thread, struct.unpack_from("6Q", question, 32), number

    def counts(self, name, thread, arguments):
        """Whether the call is to the database or to the exchange."""
        try:
            path = os.readlink(f"/proc/{thread}/fd/{arguments[0]}")
        except OSError:
            return False  # a descriptor that is none
        if name in ("pwrite64", "fdatasync"):
            return path.startswith(self.folder) and not path.endswith("-shm")
        return path.startswith("socket:")

    def note(self, name, thread, arguments, number):
        if name == "fdatasync":
            self.seen.synced = now()
        elif name in ("pwrite64", "write"):
            text = self.text(thread, arguments, number)
            if name == "pwrite64":
                for orders in ORDERS.findall(text):
                    self.seen.written.setdefault(orders.decode(), now())
            elif text.startswith(HEAD):
                self.heads[arguments[0]] = (now(), self.seen.synced)
            elif (body := BODY.search(text)) and arguments[0] in self.heads:
                self.seen.sends.append((body[1].decode(), *self.heads.pop(arguments[0])))

    def text(self, thread, arguments, number):
        """What a call is about to write; nothing where its thread died meanwhile, as threads beside a
        killed one do: such a call is never carried out."""
        try:
            with open(f"/proc/{thread}/mem", "rb", 0) as memory:
                memory.seek(arguments[1])
                text = memory.read(min(arguments[2], 8192))
        except OSError:
            if self.waits(number):
                raise
            return b""
        return text if self.waits(number) else b""

    def waits(self, number):
        """Whether the thread of a call still waits for its decision."""
        try:
            fcntl.ioctl(self.door, WAITS, struct.pack("Q", number))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            return False
        return True


def now():
    """The boot clock in nanoseconds, on which requests and arrivals are dated too."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
