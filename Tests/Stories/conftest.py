"""Starts a real gateway for the stories: its own folder, ports chosen free, ended with the test that asked for it."""
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DRAGOMAN = Path(os.environ.get("DRAGOMAN", ROOT / ".build/release/dragoman"))
# How much longer than on an ordinary machine a test waits: under a sanitizer all of this is slow.
PATIENCE = int(os.environ.get("TEST_PATIENCE", 1))
SEEDS = ROOT / "Tests/Fixtures/seeds"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Gateway:
    def __init__(self, folder, config=None, extra=""):
        self.folder = Path(folder)
        text = (config or (ROOT / "deploy/dragoman.yaml").read_text()) + extra
        text = text.replace("127.0.0.1:8080", "127.0.0.1:0").replace("127.0.0.1:8081", "127.0.0.1:0")
        text = text.replace("./dragoman-data", str(self.folder / "data"))
        self.config = self.folder / "dragoman.yaml"
        self.config.write_text(text)
        self.log = self.folder / "log"
        self.start()

    def start(self, before=(), **environment):
        with open(self.log, "ab") as log:
            begin = log.tell()
            self.process = subprocess.Popen(
                [*before, DRAGOMAN, "serve", "--config", self.config], stderr=log, stdout=log, cwd=self.folder,
                env={**os.environ, **environment})
        for _ in range(200 * PATIENCE):
            text = self.log.read_bytes()[begin:].decode()
            doors = re.findall(r"address=(\S+:\d+).*listening", text)
            if len(doors) >= 2:
                self.port = int(doors[0].rsplit(":", 1)[1])
                self.admin = int(doors[1].rsplit(":", 1)[1])
                return
            if self.process.poll() is not None:
                raise RuntimeError(f"the gateway ended with {self.process.returncode}: {text}")
            time.sleep(0.05)
        self.process.kill()
        self.process.wait()
        raise RuntimeError("the gateway did not start: " + text)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method, path, body=None, **headers):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if data is not None and not any(k.lower() == "content-type" for k in headers):
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30 * PATIENCE) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as fault:
            return Answer(fault.code, fault.headers, fault.read())

    def until(self, path, done, seconds=15):
        end = time.time() + seconds * PATIENCE
        while True:
            answer = self.ask("GET", path)
            if done(answer.json):
                return answer.json
            assert time.time() < end, f"{path} never got there: {answer.body}"
            time.sleep(0.05)

    def watch(self, path):
        """An answer of the admin door: status and text."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}{path}", timeout=30 * PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.read().decode()

    def metric(self, name, **labels):
        """The sum of a metric's series that have these labels."""
        total = 0.0
        for line in self.watch("/metrics")[1].splitlines():
            found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if not found or found[1] != name:
                continue
            own = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[2] or ""))
            if all(own.get(key) == value for key, value in labels.items()):
                total += float(found[3])
        return total

    def said(self, pattern, seconds=10):
        """Waits until the log has a line that fits; gives all that fit."""
        end = time.time() + seconds * PATIENCE
        while True:
            found = [line for line in self.log.read_text().splitlines() if re.search(pattern, line)]
            if found or time.time() > end:
                return found
            time.sleep(0.05)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def rss(self, kind="RssAnon"):
        """MiB in RAM that are its own; with RssFile those of files that are mapped, its code among them."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(kind):
                return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            return self.process.wait(timeout=40 * PATIENCE)
        return self.process.returncode


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    found = Gateway(tmp_path_factory.mktemp("gateway"))
    yield found
    assert found.stop() == 0, found.log.read_text()


@pytest.fixture
def dragoman():
    def run(*arguments, stdin=None):
        return subprocess.run([DRAGOMAN, *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=60 * PATIENCE)
    return run
