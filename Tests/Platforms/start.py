"""Starts a platform for a test and ends it with it: with Platform("orchestrator", variant="captured") as p: …"""
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PROGRAM = Path(__file__).with_name("platform.py")


class Platform:
    """A running stub. `url` is where a gateway finds it; `control` and `requests` are the test's own way in."""

    def __init__(self, platform, variant=None, tls=None, client_ca=None, credentials=None, fail=(), port=0):
        fail = [fail] if isinstance(fail, str) else fail
        options = ["--platform", platform, "--until-eof", "--port", port]
        options += ["--variant", variant] if variant else []
        options += ["--tls", *tls] if tls else []
        options += ["--client-ca", client_ca] if client_ca else []
        options += ["--require-credentials", credentials] if credentials else []
        options += [word for mode in fail for word in ("--fail", mode)]
        self.process = subprocess.Popen([sys.executable, PROGRAM, *map(str, options)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        lines = [self.process.stdout.readline().decode() for _ in range(2)]
        if not lines[1]:
            raise RuntimeError(f"the {platform} stub did not start: it ended with {self.process.wait()}")
        self.port, self.control_port = (int(line.rsplit(":", 1)[1]) for line in lines)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def control(self, name, **arguments):
        """Says `name` (see control.py) to the stub: p.control("fate", outcome="fails"), p.control("state")."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.control_port}/_control/{name}",
                                         json.dumps(arguments).encode(), method="POST")
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as fault:
            raise ValueError(json.load(fault)["error"]) from None

    def requests(self, since=0):
        """All that came in: at, connection, method, target, version, headers, body, body64, answered, fault."""
        return self.control("requests", since=since)

    @property
    def submits(self):
        """How many submits took effect, whatever the caller was told."""
        return self.control("state")["submits"]

    @property
    def stops(self):
        return self.control("state")["stops"]

    def until(self, fits, seconds=10):
        """Waits until `fits(state)` holds."""
        end = time.monotonic() + seconds
        while not fits(state := self.control("state")):
            assert time.monotonic() < end, f"never got there: {state}"
            time.sleep(0.02)
        return state

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self):
        """As if the platform's machine lost power."""
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
