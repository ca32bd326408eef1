"""Each way to misbehave, seen from the bytes on the socket."""
import json
import socket
import ssl
import subprocess
import sys
import time

import pytest

from .asking import ask
from .faults import MODES, parse
from .keys import authority
from .start import PROGRAM, Platform
from .test_platforms import SUBMITS

PATH, BODY = SUBMITS["xplenty"]
DATA = json.dumps(BODY).encode()
HEAD = (f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(DATA)}\r\n\r\n").encode()


@pytest.fixture(scope="module")
def stub():
    with Platform("xplenty") as p:
        yield p


@pytest.fixture
def p(stub):
    yield stub
    stub.control("heal")


class Wire:
    """A bare socket that remembers how its connection ended: open, closed or reset."""

    def __init__(self, port, timeout=3):
        self.socket, self.end, self.data = socket.create_connection(("127.0.0.1", port), timeout), "open", b""

    def say(self, data=HEAD + DATA, until=None, quiet=0.4):
        """Sends and reads until `until`, the end, or nothing for `quiet` seconds."""
        self.socket.sendall(data)
        self.socket.settimeout(quiet)
        data = bytearray()
        try:
            while until is None or until not in data:
                piece = self.socket.recv(1 << 20)
                if not piece:
                    self.end = "closed"
                    break
                data += piece
        except TimeoutError:
            pass
        except ConnectionError:
            self.end = "reset"
        self.data = bytes(data)
        return self.data

    @property
    def head(self):
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def body(self):
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def length(self):
        return int(self.head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])


def meet(p, mode, **arguments):
    """One POST that meets the fault: the wire afterwards, and how many submits took effect."""
    before = p.submits
    p.control("fault", mode=mode, times=1, method="POST", **arguments)
    wire = Wire(p.port)
    wire.say(quiet=arguments.get("quiet", 1))
    wire.socket.close()
    return wire, p.submits - before


def test_nothing_wrong_keeps_the_connection(p):
    wire = Wire(p.port)
    for _ in range(3):
        wire.say(until=b"runtime_in_seconds")
    assert wire.end == "open" and b"HTTP/1.1 201" in wire.data and b"keep-alive" in wire.head
    wire.say(HEAD.replace(b"Host", b"Expect: 100-continue\r\nHost"), until=b"Continue\r\n\r\n")
    assert wire.data == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert wire.say(DATA, until=b"runtime_in_seconds").startswith(b"HTTP/1.1 201")
    chunked = HEAD.replace(b"Content-Length: %d" % len(DATA), b"Transfer-Encoding: chunked")
    assert b" 201 " in wire.say(chunked + b"%x\r\n%s\r\n0\r\n\r\n" % (len(DATA), DATA), until=b"runtime_in_seconds")
    assert len({r["connection"] for r in p.requests()[-5:]}) == 1
    wire.say(HEAD.replace(b"HTTP/1.1", b"HTTP/1.0") + DATA)
    assert wire.end == "closed" and b"chunked" not in wire.head


@pytest.mark.parametrize("mode, end, done", [
    ("mute", "open", 0), ("half-head", "closed", 1), ("close-on-body", "closed", 0), ("close-after-work", "closed", 1)])
def test_no_answer(p, mode, end, done):
    wire, submits = meet(p, mode)
    assert (wire.end, submits) == (end, done) and b"\r\n\r\n" not in wire.data
    assert p.requests()[-1]["fault"] == mode


def test_no_answer_and_a_reset(p):
    assert meet(p, "close-after-work", reset=True)[0].end == "reset"


def test_close_on_head(p):
    p.control("fault", mode="close-on-head", times=1)
    wire = Wire(p.port)
    wire.say(HEAD)
    assert wire.end == "closed" and wire.data == b"" and p.requests()[-1]["body"] == ""


@pytest.mark.parametrize("mode, end", [("half", "closed"), ("half-mute", "open")])
def test_half_an_answer(p, mode, end):
    wire, submits = meet(p, mode)
    assert (wire.end, submits) == (end, 1) and 0 < len(wire.body) < wire.length


def test_late(p):
    start = time.monotonic()
    wire, submits = meet(p, "late", seconds=0.5, quiet=3)
    assert time.monotonic() - start >= 0.5 and wire.data.startswith(b"HTTP/1.1 201") and submits == 1


def test_bodies_that_are_wrong(p):
    wire, _ = meet(p, "garbage")
    assert len(wire.body) == wire.length == 512 and not wire.body.isascii()
    wire, _ = meet(p, "wrong-type")
    assert b"Content-Type: image/png" in wire.head and json.loads(wire.body)["status"] == "idle"
    wire, _ = meet(p, "truncated")
    assert len(wire.body) == wire.length and wire.end == "open"
    with pytest.raises(ValueError):
        json.loads(wire.body)


def test_what_is_no_http(p):
    wire, _ = meet(p, "garbage-head")
    assert not wire.data.startswith(b"HTTP") and wire.end == "closed"
    wire, _ = meet(p, "bad-chunk")
    assert b"\r\n\r\nzz\r\n" in wire.data
    wire, _ = meet(p, "two-lengths")
    assert wire.head.count(b"Content-Length") == 2


def test_a_huge_answer(p):
    wire, _ = meet(p, "huge", megabytes=100, quiet=2)
    assert len(wire.body) == wire.length == 100_000_014 and json.loads(wire.body)["padding"][-1] == "x"


def test_a_head_without_end(p):
    p.control("fault", mode="endless-head", times=1)
    wire = Wire(p.port)
    wire.socket.sendall(HEAD + DATA)
    seen = 0
    while seen < 5_000_000:
        piece = wire.socket.recv(1 << 20)
        assert b"\r\n\r\n" not in piece
        seen += len(piece)
    wire.socket.close()
    assert ask(p, "GET", PATH).status == 200


def test_old_and_odd_framing(p):
    wire, _ = meet(p, "http10")
    assert wire.data.startswith(b"HTTP/1.0 201") and wire.end == "closed" and b"Content-Length" not in wire.head
    assert json.loads(wire.body)["status"] == "idle"
    wire, _ = meet(p, "chunked")
    assert wire.body.startswith(b'00001;note="a;b"\r\n{\r\n00002;') and wire.body.endswith(b"0\r\nX-Checked: yes\r\n\r\n")
    p.control("fault", mode="chunked", times=1)
    assert isinstance(ask(p, "GET", PATH).json, list)
    wire, _ = meet(p, "interim")
    assert wire.data.count(b"100 Continue") == 2 and b"103 Early" in wire.data and b"HTTP/1.1 201" in wire.data
    wire, _ = meet(p, "hang-up")
    assert b"Connection: keep-alive" in wire.head and wire.end == "closed" and len(wire.body) == wire.length


def test_drip(p):
    start = time.monotonic()
    wire, _ = meet(p, "drip", bytes=50, seconds=0.05, quiet=2)
    assert len(wire.body) == wire.length and time.monotonic() - start > wire.length // 50 * 0.05


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_error_pages(p, status):
    wire, submits = meet(p, "error", status=status)
    assert wire.data.startswith(b"HTTP/1.1 %d" % status) and b"<html>" in wire.body and submits == 0
    assert meet(p, "error", status=status, work=True)[1] == 1


def test_rules_fit_by_method_path_and_times(p):
    p.control("fault", mode="error", method="DELETE", path="jobs/1$")
    p.control("fault", mode="error", status=503, method="GET", times=2)
    assert [ask(p, "GET", PATH).status for _ in range(3)] == [503, 503, 200]
    assert [ask(p, "DELETE", f"{PATH}/{n}").status for n in (1, 2, 1)] == [500, 404, 500]
    p.control("heal")
    assert ask(p, "DELETE", PATH + "/1").status == 404
    assert parse("late,seconds=2,path=jobs") == {"mode": "late", "seconds": "2", "path": "jobs"}
    with pytest.raises(ValueError, match="no mode"):
        p.control("fault", mode="sleepy")


def test_a_closed_door_a_deaf_ear_and_a_dropped_line(p):
    wire = Wire(p.port)
    wire.say(until=b"runtime_in_seconds")
    p.control("fault", mode="refuse")
    with pytest.raises(ConnectionRefusedError):
        Wire(p.port)
    assert wire.say(until=b"runtime_in_seconds")  # what is open goes on
    p.control("drop")
    wire.say(b"")
    assert wire.end != "open"
    p.control("heal")
    assert ask(p, "GET", PATH).status == 200
    before = len(p.requests())
    p.control("fault", mode="deaf")
    wire = Wire(p.port)
    assert wire.say() == b"" and wire.end == "open" and len(p.requests()) == before
    p.control("heal")
    assert b" 201 " in wire.say(b"", until=b"runtime_in_seconds", quiet=3)


def test_from_the_command_line():
    with Platform("pushy", fail=["error,status=502,method=GET,times=1"]) as p:
        assert [ask(p, "GET", "/pushy/_status").status for _ in range(2)] == [502, 200]
    with Platform("pushy", fail="refuse") as p, pytest.raises(ConnectionRefusedError):
        ask(p, "GET", "/pushy/_status")
    help = subprocess.run([sys.executable, PROGRAM, "--help"], capture_output=True, text=True,
                          env={"COLUMNS": "2000"}).stdout
    assert all(mode in help for mode in [*MODES, "captured-2016", "documented-1"])


def test_tls_and_a_client_certificate(tmp_path):
    cert, key = authority(tmp_path)
    mine = authority(tmp_path, "caller")
    with Platform("orchestrator", tls=(cert, key), client_ca=mine[0]) as p:
        assert p.url.startswith("https://")
        curl = ["curl", "-sS", "--noproxy", "*", "--cacert", cert, p.url + "/status/v1/simple"]
        assert subprocess.run(curl, capture_output=True).returncode != 0
        known = subprocess.run([*curl, "--cert", mine[0], "--key", mine[1]], capture_output=True)
        assert known.stdout == b"running", known.stderr
        context = ssl.create_default_context(cafile=cert)
        context.load_cert_chain(*mine)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with socket.create_connection(("127.0.0.1", p.port)) as plain, context.wrap_socket(
                plain, server_hostname="127.0.0.1") as secure:
            assert secure.selected_alpn_protocol() == "http/1.1"


def test_a_stub_ends_with_its_test_and_can_be_killed():
    p = Platform("xplenty")
    p.kill()
    assert p.process.returncode == -9
    p.process.stdin.close(), p.process.stdout.close()
    with Platform("xplenty") as p:
        pass
    assert p.process.returncode == 0
