"""knife, as its requests were recorded: the same bytes in the same order, and what it makes of the answers (Chef 16.12.3)."""
import http.client
import json
import math
import socket
import time
import uuid
from urllib.parse import urlsplit

from Platforms import signing

HEAD = "Accept: {accept}\r\nAccept-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3\r\n"
TAIL = ("X-Remote-Request-Id: {run}\r\nX-Chef-Version: 16.12.3\r\n"
        "User-Agent: Chef Infra Client Knife/16.12.3 (ruby-2.7.2-p137; ohai-16.10.6; x86_64-linux; +https://chef.io)\r\n"
        "Connection: close\r\nHost: {host}\r\n")
PATIENCE = 30
OPEN = {"new": "Initialized.", "voting": "Voting."}


class Fault(Exception):
    """knife says `sentence` and ends with 100."""

    def __init__(self, status, body):
        self.status = status
        try:
            said = json.loads(body)["error"]
            said = ", ".join(said) if isinstance(said, list) else said
        except (ValueError, KeyError, TypeError):
            said = body.decode("utf-8", "replace")
        super().__init__(f"{status} Response: {said}")


class Knife:
    """One run of the program, a process of its own. `code` is how it ended, `lines` what it printed, `posts` the bodies it sent."""

    def __init__(self, gateway, key, user="rebecca", version="1.1", offset=0):
        self.base = f"http://127.0.0.1:{gateway.port}/organizations/acme/pushy"
        self.key, self.user, self.version, self.offset = key, user, version, offset
        self.api, self.run = "2", str(uuid.uuid4())
        self.code, self.lines, self.posts, self.job, self.id, self.fault = None, [], [], None, None, None

    # Requests

    def ask(self, method, url, body=b"", accept="application/json"):
        """The body of the answer; `Fault` for any status that is none of success."""
        target = urlsplit(url)
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.offset))
        names = signing.headers(self.key, self.version, method, target.path, body, at, self.user, self.api)
        names = {"X-Ops-Server-Api-Version": names.pop("X-Ops-Server-API-Version"), **names}
        head = f"{method} {target.path} HTTP/1.1\r\n" + HEAD.format(accept=accept)
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if method == "POST" else ""
        head += "".join(f"{name}: {value}\r\n" for name, value in names.items())
        head += TAIL.format(run=self.run, host=target.netloc) + "\r\n"
        with socket.create_connection((target.hostname, target.port), 30) as line:
            line.sendall(head.encode() + body)
            answer = http.client.HTTPResponse(line, method=method)
            answer.begin()
            text = answer.read()  # IncompleteRead when the length is wrong, an error for knife, too
        assert answer.status < 500, f"knife would send it again: {answer.status} {text}"
        assert answer.headers["Content-Encoding"] in (None, "identity"), "nothing here is packed"
        if answer.headers["X-Ops-Server-Api-Version"] is None:
            self.api = "0"
        if answer.status not in (200, 201):
            raise Fault(answer.status, text)
        return text

    def does(self, act, *words, **options):
        """The whole run; a fault is said and ends it with 100."""
        try:
            self.code = act(self, *words, **options)
        except Fault as fault:
            self.code, self.fault = 100, fault.status
            self.lines.append(str(fault))
        return self

    # Commands

    def start(self, command, *nodes, quorum="100%", timeout=None, capture=False, env={}, wait=True, **v2):
        least = math.ceil(int(quorum[:-1]) * len(nodes) / 100) if quorum.endswith("%") else int(quorum)
        first = {"command": command, "nodes": list(nodes), "quorum": least, **({"run_timeout": timeout} if timeout else {})}
        try:
            self.post({**first, "capture_output": capture, "env": env, **v2})
        except Fault as fault:
            if fault.status != 400 or env or "file" in v2:
                raise
            self.lines.append("Falling back to Push Jobs v1 mode.")
            self.post(first)
        if not wait:
            return 0
        end = time.time() + PATIENCE
        while time.time() < end:
            time.sleep(0.1)
            self.job = json.loads(self.ask("GET", self.uri))
            status = self.job["status"]
            said = OPEN.get(status) or self.counted(status)
            if said != self.lines[-1]:
                self.lines.append(said)
            if status not in ("new", "voting", "running"):
                return 0 if status == "complete" and set(self.job["nodes"]) <= {"succeeded", "nacked", "unavailable"} else 1
        raise AssertionError(f"never over: {self.job}")

    def post(self, wanted):
        body = json.dumps(wanted, separators=(",", ":"), ensure_ascii=False).encode()
        self.posts.append(body)
        self.uri = json.loads(self.ask("POST", self.base + "/jobs", body))["uri"]
        self.id = self.uri[-32:]
        self.lines.append(f"Started.  Job ID: {self.id}")

    def counted(self, status):
        groups = self.job["nodes"]
        whole, going = sum(map(len, groups.values())), len({"new", "voting", "running"} & groups.keys())
        return f"Running ({going}/{whole} in progress) ..." if status == "running" else status.capitalize() + "."

    def list(self):
        self.job = json.loads(self.ask("GET", self.base + "/jobs"))
        return 0

    def status(self, id):
        self.job = json.loads(self.ask("GET", f"{self.base}/jobs/{id}"))
        return 0

    def output(self, id, node, channel="stdout"):
        text = self.ask("GET", f"{self.base}/jobs/{id}/output/{node}/{channel}", accept="application/octet-stream")
        self.lines.append(text.decode())
        return 0

    def node_status(self, *names):
        states = [json.loads(self.ask("GET", f"{self.base}/node_states/{name}")) for name in names] or json.loads(
            self.ask("GET", self.base + "/node_states"))
        self.lines += [f"{state['node_name']}\t{state['availability']}" for state in states]
        return 0
