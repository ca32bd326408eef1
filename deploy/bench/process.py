"""Processes of the measurement: each on its own core, ended with this program whatever becomes of it, and what they use."""
import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

CORES = sorted(os.sched_getaffinity(0))
# Servers have the first core to themselves; the load and the platform behind share the others.
SERVER, LOAD = str(CORES[0]), ",".join(map(str, CORES[1:] or CORES))
PDEATHSIG = 1


def pinned(cores, *words):
    return ["taskset", "-c", cores, *map(str, words)]


def tied():
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGKILL)


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def stolen():
    """Hundredths of a second that the host took, and all that there were."""
    parts = list(map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:]))
    return parts[7], sum(parts[:8])


def share(before, after):
    """What the host took of all processors between two looks, from 0 to 1."""
    return (after[0] - before[0]) / max(after[1] - before[1], 1)


class Process:
    """A server that was started, and answers for what it costs."""

    def __init__(self, name, words, folder, cores=SERVER, environment=None):
        self.name, self.log = name, Path(folder) / f"{name}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                pinned(cores, *words), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=folder,
                env={**os.environ, **(environment or {})}, preexec_fn=tied)

    def tree(self):
        """The process and all that it started."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found += map(int, task.read_text().split())
                except OSError:
                    pass
        return found

    def cpu(self):
        """Microseconds of processor, user and system, of all threads that live. They live as long as their process."""
        total = 0
        for pid in self.tree():
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    total += int(task.read_text().split()[0])
                except OSError:
                    pass
        return total / 1000

    def memory(self):
        """MiB in RAM, of the largest of its processes."""
        found = 0
        for pid in self.tree():
            try:
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            except OSError:
                continue
            found = max(found, pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
        return found

    def wait_for(self, port, seconds=20):
        """Until it listens."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"{self.name} does not listen on {port}:\n" + self.said())

    def said(self):
        return self.log.read_text(errors="replace")[-2000:]

    def stop(self):
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
