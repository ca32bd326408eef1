"""The peers: proxies that pass on what they get, and one that translates in Lua. Each has one worker, and no log."""
import os
from pathlib import Path

import documents
import signing
from doors import Question, made, pushy_seen
from process import Process, free_ports

HERE = Path(__file__).parent
JOB = f"{documents.ORCHESTRATOR}/10000000"
HEX = documents.HEX + "10000000"


def program(folder, name):
    """From the folder of the peers, or the system's; None when there is none."""
    places = [folder, folder / "root/usr/sbin", folder / "root/usr/bin", *map(Path, os.environ["PATH"].split(":"))]
    return next((place / name for place in places if os.access(place / name, os.X_OK)), None)


class Peer(Process):
    """A proxy in front of the backend."""
    translates = False

    def __init__(self, peers, folder, backend, environment=None):
        found = program(peers, self.program)
        if not found:
            raise FileNotFoundError(self.program)
        folder.mkdir()
        self.plain, self.h1, self.tls = free_ports(3)
        places = {"DIR": folder, "PLAIN": self.plain, "H1": self.h1, "TLS": self.tls, "BACKEND": backend, "HEX": documents.HEX,
                  "MODULES": peers / "root/usr/lib/nginx/modules", "LIBRARIES": peers / "root/usr/lib/x86_64-linux-gnu",
                  "LUA": peers / "root/usr/share/lua/5.1"}
        for file in self.files:
            text = (HERE / file).read_text()
            for name, value in places.items():
                text = text.replace(f"@{name}@", str(value))
            (folder / file).write_text(text)
        signing.certificate(folder)
        libraries = ":".join(str(peers / "root" / part / "x86_64-linux-gnu") for part in ("usr/lib", "lib"))
        super().__init__(self.title, [found, *self.words(folder / self.files[0])], folder,
                         environment={"LD_LIBRARY_PATH": libraries, **(environment or {})})
        self.wait_for(self.plain)

    def address(self, door, http1):
        if door == "tls":
            return f"https://127.0.0.1:{self.tls}"
        return f"http://127.0.0.1:{self.h1 if http1 else self.plain}"

    def pushy(self, door="open", http1=False):
        """The counterpart of a look at an orchestrator's job: its document passed on."""
        return Question(self.address(door, http1) + JOB, documents.orchestrator_job("10000000"), slack=1, http1=http1)

    def orchestrator(self, http1=False):
        return Question(f"{self.address('open', http1)}{documents.JOBS}/{HEX}", documents.pushy_job(HEX), http1=http1)

    def submit(self):
        return Question(self.address("open", False) + documents.TASK, made(r"\d{8}"), {"Content-Type": "application/json"},
                        documents.compact(documents.PUSHY_SUBMIT), 202)

    def list(self):
        """The platform's whole list in one answer."""
        return Question(f"{self.address('open', False)}{documents.ORCHESTRATOR}?all", lambda found: found)


class Nghttpx(Peer):
    title, program, files = "nghttpx", "nghttpx", ["nghttpx.conf"]

    def words(self, path):
        return [f"--conf={path}"]


class Envoy(Peer):
    title, program, files = "envoy", "envoy", ["envoy.yaml"]

    def words(self, path):
        return ["-c", path, "--concurrency", "1", "-l", "error", "--disable-hot-restart"]


class NginxLua(Peer):
    title, program, files, translates = "nginx+lua", "nginx", ["nginx-lua.conf", "translate.lua"], True

    def words(self, path):
        return ["-c", path, "-p", path.parent]

    def pushy(self, door="open", http1=False):
        """One call: the job, its nodes all in the state that it has itself."""
        expected = pushy_seen(HEX)
        for own in ("user", "dir", "env", "capture_output", "run_timeout"):  # These it could only know from a ledger.
            del expected[own]
        expected |= {"command": "chef_client", "nodes": {"running": documents.NODES}}
        return Question(f"{self.address('open', http1)}{documents.JOBS}/{HEX}", expected, http1=http1)

    def orchestrator(self, http1=False):
        job = documents.pushy_job("")
        url = f"http://gateway.example.com{documents.ORCHESTRATOR}/10000000"
        expected = {
            "id": url, "name": "10000000", "command": "task", "type": "task", "state": "running",
            "options": {"task": job["command"], "transport": "pxp", "noop": False, "params": {},
                        "scope": {"nodes": documents.NODES}, "environment": "production"},
            "node_count": 12, "node_states": {"running": 5, "finished": 7}, "timestamp": job["updated_at"],
            "created_timestamp": job["created_at"], "finished_timestamp": None, "environment": {"name": "production"},
            "owner": {"id": "00000000-0000-4000-8000-000000000000", "login": ""},
            "nodes": {"id": url + "/nodes"}, "report": {"id": url + "/report"}, "events": {"id": url + "/events"}, "userdata": {}}
        return Question(self.address("open", http1) + JOB, expected, http1=http1)


KINDS = [Nghttpx, Envoy, NginxLua]
