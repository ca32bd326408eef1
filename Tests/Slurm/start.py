"""Starts a real Slurm of three nodes for a test, all of it on loopback, in a folder of its own, and ends it with it:
with Slurm(folder) as slurm: …  Needs root, and what deploy/install test installs."""
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

NODES = ["n1", "n2", "n3"]
CONFIGURATION = """ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld}
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key={folder}/jwt.key
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdSpoolDir={folder}/spool-%n
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
MinJobAge={age}
KillWait=2
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000
{nodes}
PartitionName=all Nodes=n1,n2,n3 Default=YES MaxTime=INFINITE State=UP
"""


class Answer:
    """What slurmrestd said; `json` where it is JSON."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Slurm:
    """A running cluster. `url` is slurmrestd's address, `user` and `token` are what it wants to see in two headers. Jobs that
    are over are forgotten `age` seconds later."""

    def __init__(self, folder, age=300):
        self.folder = Path(folder)
        (self.folder / "state").mkdir(parents=True)
        key = self.folder / "jwt.key"
        key.write_bytes(os.urandom(32))
        key.chmod(0o600)
        ports = free_ports(len(NODES) + 2)
        lines = [f"NodeName={node} NodeHostname={socket.gethostname()} NodeAddr=127.0.0.1 Port={port} CPUs=2 RealMemory=1000 "
                 "State=UNKNOWN" for node, port in zip(NODES, ports[2:])]
        configuration = self.folder / "slurm.conf"
        configuration.write_text(CONFIGURATION.format(host=socket.gethostname(), ctld=ports[0], folder=self.folder, age=age,
                                                      nodes="\n".join(lines)))
        self.environment = {**os.environ, "SLURM_CONF": str(configuration)}
        self.user, self.port, self.url = "root", ports[1], f"http://127.0.0.1:{ports[1]}"
        self.daemons = []
        if why := missing():
            raise RuntimeError(f"there can be no Slurm here: {why}")
        try:
            self._start("slurmctld", "-D")
            for node in NODES:
                (self.folder / f"spool-{node}").mkdir()
                self._start("slurmd", "-N", node, "-D")
            self._until(lambda: self._run("sinfo", "--noheader", "--format=%T %D") == "idle 3", "three idle nodes")
            self.token = self._run("scontrol", "token", "lifespan=7200").partition("=")[2]
            self._start("slurmrestd", "-s", "openapi/v0.0.38", "-a", "rest_auth/jwt", f"127.0.0.1:{self.port}",
                        SLURMRESTD_SECURITY="disable_user_check", SLURM_JWT="daemon")
            self._until(self._answers, "an answer of slurmrestd")
        except BaseException:
            self.end()
            raise

    def _start(self, *command, **more):
        log = open(self.folder / f"{command[0]}.out", "ab")
        self.daemons.append(subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command], stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=log, env={**self.environment, **more}, cwd=self.folder))

    def again(self, name):
        """Starts a daemon once more that has ended."""
        ended = next(daemon for daemon in self.daemons if daemon.args[3] == name and daemon.poll() is not None)
        self.daemons.remove(ended)
        self._start(*ended.args[3:])
        self.daemons.insert(0, self.daemons.pop())

    def _run(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30).stdout.strip()

    def _answers(self):
        try:
            return self.ask("GET", "/slurm/v0.0.38/ping").status == 200
        except OSError:
            return False

    def _until(self, holds, what, seconds=60):
        end = time.monotonic() + seconds
        while not holds():
            ended = [daemon.args for daemon in self.daemons if daemon.poll() is not None]
            if ended or time.monotonic() > end:
                logs = "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in sorted(self.folder.glob("*.*"))
                                 if log.suffix in (".log", ".out"))
                raise RuntimeError(f"no {what}; ended: {ended}\n{logs}")
            time.sleep(0.1)

    def ask(self, method, path, body=None, credential=True):
        """One request, as curl would send it."""
        headers = {"X-SLURM-USER-NAME": self.user, "X-SLURM-USER-TOKEN": self.token} if credential else {}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as fault:
            return Answer(fault.code, dict(fault.headers), fault.read())

    def job(self, number):
        """A job as slurmrestd shows it."""
        return self.ask("GET", f"/slurm/v0.0.38/job/{number}").json["jobs"][0]

    def jobs(self):
        """Every job it has not forgotten."""
        return self.ask("GET", "/slurm/v0.0.38/jobs/").json["jobs"]

    def until(self, number, *states, seconds=30):
        """Waits until a job is in one of these states; gives the job."""
        end = time.monotonic() + seconds
        while (job := self.job(number))["job_state"] not in states:
            assert time.monotonic() < end, f"job {number} is still {job['job_state']}"
            time.sleep(0.05)
        return job

    def end(self):
        """Ends its jobs, then its daemons; what a job left behind knows its configuration and is ended, too."""
        if self.daemons and self.daemons[0].poll() is None:
            self._run("scancel", "--user=root", "--signal=KILL")
            self._run("scancel", "--user=root")
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        for process in self._left():
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)

    def _left(self):
        mark = f"SLURM_CONF={self.folder / 'slurm.conf'}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    yield int(process.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def free_ports(count):
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def missing():
    """Why there can be no Slurm here; empty when there can."""
    programs = [name for name in ("slurmctld", "slurmd", "slurmrestd", "scontrol", "setpriv") if not shutil.which(name)]
    return "root is needed" if os.geteuid() else f"not installed: {', '.join(programs)}" if programs else ""
