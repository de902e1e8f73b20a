"""Which system calls a process makes: ``ptrace`` of Linux through the C library, no other program needed."""

import ctypes
import os
import platform
import signal
import sys
from pathlib import Path

CALLS = {  # numbers of system calls
    "x86_64": {1: "write", 18: "pwrite64", 74: "fsync", 75: "fdatasync"},
    "aarch64": {64: "write", 68: "pwrite64", 82: "fsync", 83: "fdatasync"},
}
_TRACEME, _SYSCALL, _SETOPTIONS, _GET_SYSCALL_INFO = 0, 24, 0x4200, 0x420E
_GOOD, _EXITKILL = 1, 0x100000


def lacks_trace():
    """Why no process can be traced here, if so."""
    if sys.platform != "linux" or platform.machine() not in CALLS:
        return f"system calls of {sys.platform} on {platform.machine()} are not known here"
    return None


class _Info(ctypes.Structure):
    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("ip", ctypes.c_uint64),
        ("sp", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    )


def trace(command, output):
    """Run ``command`` to its end, stdout to the file ``output``: [(name, file, data of write)] in order."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    child = os.fork()
    if child == 0:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, 1)
        libc.ptrace(_TRACEME, 0, None, None)
        os.execv(command[0], command)
    os.waitpid(child, 0)
    libc.ptrace(_SETOPTIONS, child, None, _GOOD | _EXITKILL)
    calls = []
    pending = 0
    while True:
        if libc.ptrace(_SYSCALL, child, None, pending) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            assert status == 0, status
            return calls
        stopped = os.WSTOPSIG(status)
        pending = 0 if stopped in (signal.SIGTRAP | 0x80, signal.SIGTRAP) else stopped
        if stopped == signal.SIGTRAP | 0x80:
            _note(libc, child, calls)


def _note(libc, child, calls):
    info = _Info()
    libc.ptrace(_GET_SYSCALL_INFO, child, ctypes.sizeof(info), ctypes.addressof(info))
    name = CALLS[platform.machine()].get(info.number) if info.op == 1 else None  # 1: entry
    if name is None:
        return
    file = info.arguments[0]
    try:
        target = str(Path(f"/proc/{child}/fd/{file}").readlink())
    except OSError:
        target = ""
    data = b""
    if name == "write" and file == 1:
        with Path(f"/proc/{child}/mem").open("rb", 0) as memory:
            memory.seek(info.arguments[1])
            data = memory.read(min(info.arguments[2], 200))
    calls.append((name, target, data))
