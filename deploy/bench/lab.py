"""A backend and servers in front of it, started for one measurement and gone after it."""
import shutil
import tempfile
from pathlib import Path

import documents
from doors import Question
from dragoman import Dragoman, Site
from load import Load
from peers import KINDS, JOB, HEX, program
from process import LOAD, Process, free_ports


class Alone:
    """The backend asked without anybody between: what latency is added to."""
    name = "backend"

    def __init__(self, process, port):
        self.process, self.port = process, port

    def cpu(self):
        return self.process.cpu()

    def pushy(self, door="open", http1=False):
        return Question(f"http://127.0.0.1:{self.port}{JOB}", documents.orchestrator_job("10000000"), slack=1, http1=http1)

    def orchestrator(self, http1=False):
        return Question(f"http://127.0.0.1:{self.port}{documents.JOBS}/{HEX}", documents.pushy_job(HEX), http1=http1)


class Lab:
    """`with Lab(…) as lab:` gives servers by name; everything is ended when that block is left, however it is left."""

    def __init__(self, options, wanted=None, environment=None, say=print, site=Site()):
        self.options, self.wanted, self.environment, self.say = options, wanted, environment or {}, say
        self.site, self.servers, self.missing = site, [], []

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        peers = self.options.peers
        (self.folder / "answers").mkdir()
        port, = free_ports(1)
        self.backend = Process("backend", [peers / "backend", port, self.answers(self.folder / "answers")], self.folder, LOAD)
        self.servers.append(self.backend)
        self.backend.wait_for(port)
        self.alone = Alone(self.backend, port)
        self.load = Load(self.folder, program(peers, "h2load"), peers / "paced")
        self.dragoman = Dragoman(self.options.dragoman, self.folder / "dragoman", port, self.environment, self.site)
        self.servers.append(self.dragoman)
        for kind in KINDS:
            if self.wanted is not None and kind.title not in self.wanted:
                continue
            try:
                self.servers.append(kind(peers, self.folder / kind.title, port, self.environment))
            except (FileNotFoundError, RuntimeError) as trouble:
                self.missing.append(kind.title)
                self.say(f"without {kind.title}: {trouble}")

    def answers(self, folder):
        """What the platform says: a file in that folder."""
        return documents.table(folder)

    @property
    def proxies(self):
        """Dragoman and its peers."""
        return self.servers[1:]

    def __exit__(self, *_):
        for server in reversed(self.servers):
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
