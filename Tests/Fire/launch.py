"""Becomes another program, under conditions that have to be set from inside its own process.

    launch.py [--fsize BYTES] [--gate FD --calls NAME,…] -- PROGRAM ARGUMENT…

`--fsize` limits how long a file it writes may get, with SIGXFSZ ignored, so that the write itself
fails (EFBIG). `--gate` stops the named system calls of all its threads until the process at the other
end of the socket FD has decided about each (see gate.py). In any case the program dies with the
process that started it, so that nothing is left over when a test is cut short.
"""
import argparse
import array
import ctypes
import os
import platform
import resource
import signal
import socket
import struct

# The numbers of the calls, and what the kernel calls the machine, by machine.
MACHINES = {
    "x86_64": (0xC000003E, {
        "pwrite64": 18, "fdatasync": 75, "write": 1, "writev": 20, "sendto": 44, "sendmsg": 46,
        "connect": 42}),
    "aarch64": (0xC00000B7, {
        "pwrite64": 68, "fdatasync": 83, "write": 64, "writev": 66, "sendto": 206, "sendmsg": 211,
        "connect": 203}),
}
SECCOMP = {"x86_64": 317, "aarch64": 277}
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
SET_MODE_FILTER, NEW_LISTENER = 1, 1 << 3
USER_NOTIF, ALLOW = 0x7FC00000, 0x7FFF0000

libc = ctypes.CDLL(None, use_errno=True)


def call_numbers():
    """The numbers of the calls that can be stopped on this machine; empty where it is not known."""
    return MACHINES.get(platform.machine(), (0, {}))[1]


def instructions(numbers, machine):
    """The filter: the named calls of this machine ask the listener, all others go on."""
    def one(code, true, false, value):
        return struct.pack("HBBI", code, true, false, value)
    load, equal, give = 0x20, 0x15, 0x06
    count = len(numbers)
    program = [one(load, 0, 0, 4), one(equal, 0, count + 1, machine), one(load, 0, 0, 0)]
    program += [one(equal, count - place, 0, number) for place, number in enumerate(numbers)]
    return program + [one(give, 0, 0, ALLOW), one(give, 0, 0, USER_NOTIF)]


def listener(names):
    """Puts the filter over this process and gives the descriptor its questions come by."""
    machine, numbers = MACHINES[platform.machine()]
    program = instructions([numbers[name] for name in names], machine)
    code = ctypes.create_string_buffer(b"".join(program))
    head = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    found = libc.syscall(SECCOMP[platform.machine()], SET_MODE_FILTER, NEW_LISTENER, head)
    if found < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return found


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--fsize", type=int)
    options.add_argument("--gate", type=int)
    options.add_argument("--calls", default="")
    options.add_argument("program", nargs="+")
    given = options.parse_args()
    parent = os.getppid()
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    # Python ignores these for itself, and what is ignored stays so over exec.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    if given.fsize is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.fsize, given.fsize))
    if given.gate is not None:
        with socket.socket(fileno=given.gate) as door:
            # sendmsg is stopped as well, so it must not be the first call to meet the filter.
            names = [name for name in given.calls.split(",") if name != "sendmsg"]
            rights = array.array("i", [listener(names)])
            door.sendmsg([b"gate"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    os.execv(given.program[0], given.program)


if __name__ == "__main__":
    main()
