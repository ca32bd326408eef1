"""The server as something that stands: load, slow and idle clients, stopping, starting again."""
import os
import re
import resource
import signal
import socket
import subprocess
import time

import pytest

from conftest import Gateway

PUSHY = "/organizations/ORG/pushy/jobs"


@pytest.fixture
def own(tmp_path):
    gateway = Gateway(tmp_path)
    yield gateway
    gateway.stop()


def finished(gateway):
    made = gateway.ask("POST", PUSHY, {"command": "true", "nodes": ["NODE1"]}).json["id"]
    gateway.until(f"{PUSHY}/{made}", lambda job: job["status"] == "complete")
    return made


def load(gateway, path, *arguments):
    done = subprocess.run(["h2load", *arguments, gateway.url + path], capture_output=True, text=True, timeout=120)
    return done.stdout


@pytest.mark.parametrize("arguments", [["-n", "20000", "-c", "10", "-m", "10"], ["--h1", "-n", "20000", "-c", "32"]], ids=["h2c", "http1"])
def test_twenty_thousand_reads_are_all_answered(own, arguments):
    made = finished(own)
    own.ask("GET", f"{PUSHY}/{made}")
    idle = own.rss()
    report = load(own, f"{PUSHY}/{made}", *arguments)
    assert "20000 succeeded, 0 failed, 0 errored, 0 timeout" in report, report
    assert "status codes: 20000 2xx" in report
    time.sleep(1)
    assert own.rss() < idle + 10, (idle, own.rss())


def test_code_that_has_run_once_goes_back(own):
    finished(own)
    begun, end = own.rss("RssFile"), time.time() + 20
    while own.rss("RssFile") > begun * 0.7:
        assert time.time() < end, (begun, own.rss("RssFile"))
        time.sleep(0.2)
    # What runs again is there again.
    finished(own)


def test_idle_connections_and_a_slow_reader_do_no_harm(own):
    made = finished(own)
    for _ in range(30):
        own.ask("POST", PUSHY, {"command": "true", "nodes": ["NODE1"], "env": {"PAD": "x" * 50_000}})
    # Each event loop has buffers of its own, which grow once.
    for _ in range(8):
        own.ask("GET", PUSHY)
    time.sleep(1)
    before = own.rss()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    crowd = []
    try:
        for _ in range(1000):
            crowd.append(socket.create_connection(("127.0.0.1", own.port)))
        slow = socket.create_connection(("127.0.0.1", own.port))
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(f"GET {PUSHY} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 20)
        report = load(own, f"{PUSHY}/{made}", "-n", "2000", "-c", "4", "-m", "10")
        assert "2000 succeeded" in report, report
        assert len(slow.recv(100)) > 0
        slow.close()
    finally:
        for connection in crowd:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    for _ in range(50):
        if own.rss() < before + 10:
            break
        time.sleep(0.1)
    assert own.rss() < before + 10, (before, own.rss())


def test_sigterm_finishes_what_is_under_way(own):
    made = own.ask("POST", PUSHY, {"command": "sleep 2", "nodes": ["NODE1"]}).json["id"]
    own.until(f"{PUSHY}/{made}", lambda job: job["status"] == "running")
    waiting = subprocess.Popen(["nghttp", "-v", "--no-dep", own.url + f"{PUSHY}/{made}"], stdout=subprocess.PIPE, text=True)
    assert "200" in waiting.communicate(timeout=20)[0]
    assert own.stop() == 0
    own.start()
    assert own.ask("GET", f"{PUSHY}/{made}").json["status"] == "complete", "the job had time to finish"


def test_after_a_kill_jobs_read_crashed_and_nothing_is_lost(own):
    done = finished(own)
    made = own.ask("POST", PUSHY, {"command": "sleep 300", "nodes": ["NODE1", "NODE2"]}).json["id"]
    own.until(f"{PUSHY}/{made}", lambda job: job["status"] == "running" and job["nodes"] == {"running": ["NODE1", "NODE2"]})
    children = subprocess.run(["pgrep", "-P", str(own.process.pid)], capture_output=True, text=True).stdout.split()
    assert children
    own.process.send_signal(signal.SIGKILL)
    own.process.wait()
    own.start()
    assert own.ask("GET", f"{PUSHY}/{done}").json["status"] == "complete"
    job = own.ask("GET", f"{PUSHY}/{made}", None, X_Chef_Version="16").json
    assert (job["status"], job["nodes"]) == ("crashed", {"crashed": ["NODE1", "NODE2"]})
    time.sleep(0.5)
    assert not [child for child in children if os.path.exists(f"/proc/{child}") and
                re.search(r"State:\s+[^Z]", open(f"/proc/{child}/status").read())], "processes outlived the server"


def test_a_port_in_use_is_said_clearly(own, tmp_path):
    text = own.config.read_text().replace("127.0.0.1:0", f"127.0.0.1:{own.port}", 1).replace(str(own.folder / "data"), str(tmp_path / "other"))
    other = tmp_path / "taken.yaml"
    other.write_text(text)
    from conftest import DRAGOMAN
    done = subprocess.run([DRAGOMAN, "serve", "--config", other], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and str(own.port) in done.stderr, done.stderr


def test_health(own):
    import urllib.request
    for path, text in (("/healthz", b"ok\n"), ("/readyz", b"ready\n")):
        with urllib.request.urlopen(f"http://127.0.0.1:{own.admin}{path}") as answer:
            assert answer.read() == text
