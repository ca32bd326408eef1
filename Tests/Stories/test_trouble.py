"""What goes wrong around a server: each a clear message, the right exit code or status, and nothing lost."""
import os
import re
import shutil
import sqlite3
import subprocess
import time

import pytest

from conftest import DRAGOMAN, ROOT, Gateway

PUSHY = "/organizations/ORG/pushy/jobs"


@pytest.fixture
def own(tmp_path):
    gateway = Gateway(tmp_path)
    yield gateway
    gateway.stop()


def submit(gateway, command="true", **more):
    return gateway.ask("POST", PUSHY, {"command": command, "nodes": ["NODE1"], **more})


def done(gateway):
    made = submit(gateway).json["id"]
    gateway.until(f"{PUSHY}/{made}", lambda job: job["status"] == "complete")
    return made


def serve(config):
    return subprocess.run([DRAGOMAN, "serve", "--config", config], capture_output=True, text=True, timeout=20)


def test_a_full_disk_is_503_and_nothing_is_half_written(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=True)
    gateway = None
    try:
        gateway = Gateway(disk)
        first = submit(gateway).json["id"]
        gateway.until(f"{PUSHY}/{first}", lambda job: job["status"] == "complete")
        with open(disk / "ballast", "wb", buffering=0) as ballast, pytest.raises(OSError):
            while True:
                ballast.write(b"x" * 4096)
        statuses = []
        for _ in range(200):
            answer = submit(gateway, env={"PAD": "x" * 20_000})
            statuses.append(answer.status)
            if answer.status == 503:
                break
        assert statuses[-1] == 503, statuses
        assert "no room" in answer.body.decode()
        assert gateway.watch("/readyz")[0] == 503
        accepted = statuses.count(201) + 1
        assert gateway.ask("GET", f"{PUSHY}/{first}").json["status"] == "complete", "what is known can be read"
        os.remove(disk / "ballast")
        end = time.time() + 10
        while submit(gateway).status != 201:
            assert time.time() < end, gateway.log.read_text()[-2000:]
            time.sleep(0.2)
        assert len(gateway.ask("GET", PUSHY).json) == accepted + 1
        end = time.time() + 10
        while gateway.watch("/readyz")[0] != 200:
            assert time.time() < end, gateway.watch("/readyz")
            time.sleep(0.2)
    finally:
        if gateway:
            assert gateway.stop() == 0
        subprocess.run(["umount", disk], check=True)


def test_an_unreadable_secret_is_said_with_its_place(own, tmp_path):
    key = tmp_path / "key.pem"
    key.write_text("secret")
    key.chmod(0o644)
    chain = tmp_path / "chain.pem"
    chain.write_text("x")
    text = own.config.read_text().replace("tls: none", f"tls: {{certificates: [{{chain: {chain}, key: {key}}}]}}")
    other = tmp_path / "other.yaml"
    other.write_text(text)
    for command in (["serve", "--config", other], ["check", "--config", other]):
        done = subprocess.run([DRAGOMAN, *command], capture_output=True, text=True, timeout=20)
        said = done.stdout + done.stderr
        assert done.returncode == 1 and re.search(r"other\.yaml:\d+:\d+: .*may be used by everybody", said), said
        assert "secret\n" not in said
    key.unlink()
    done = serve(other)
    assert done.returncode == 1 and "cannot be read" in done.stderr


def test_a_newer_ledger_is_left_alone(own):
    assert own.stop() == 0
    path = own.folder / "data/ledger.sqlite"
    with sqlite3.connect(path) as ledger:
        ledger.execute("PRAGMA user_version = 4711")
    done = serve(own.config)
    assert done.returncode == 2 and "later version (schema 4711" in done.stderr, done.stderr
    with sqlite3.connect(path) as ledger:
        assert ledger.execute("PRAGMA user_version").fetchone() == (4711,)


def test_a_second_server_on_the_same_data_is_refused(own):
    done = serve(own.config)
    assert done.returncode == 2 and "another process holds it" in done.stderr, done.stderr
    assert submit(own).status == 201


def test_a_clock_that_is_set_back_an_hour_loses_nothing(own):
    library = own.folder / "an-hour-ago.so"
    source = ROOT / "Tests/Fixtures/an-hour-ago.c"
    subprocess.run([shutil.which("cc") or "clang", "-shared", "-fPIC", "-o", library, source], check=True, timeout=60)
    first = [done(own) for _ in range(3)]
    assert own.stop() == 0
    own.start(LD_PRELOAD=str(library))
    later = [done(own) for _ in range(3)]
    assert [job["id"] for job in own.ask("GET", PUSHY).json] == first + later
    newest = own.ask("GET", "/v1/jobs?limit=1&by=number&order=desc").json["jobs"][0]
    times = [newest[key] for key in ("created", "started", "finished")]
    assert times == sorted(times), newest
    assert own.stop() == 0
    own.start()
    assert [job["id"] for job in own.ask("GET", PUSHY).json] == first + later


def test_old_jobs_are_forgotten_with_what_they_printed(own):
    made = []
    for count in range(5):
        answer = submit(own, f"echo {count}", capture_output=True)
        own.until(f"{PUSHY}/{answer.json['id']}", lambda job: job["status"] == "complete")
        made.append(answer.json["id"])
    assert own.stop() == 0
    own.config.write_text(own.config.read_text().replace("retention: none", "retention: {jobs: 2}"))
    own.start()
    assert own.said("finished jobs forgotten", 30)
    assert [job["id"] for job in own.ask("GET", PUSHY).json] == made[3:]
    assert own.ask("GET", f"{PUSHY}/{made[0]}").status == 404
    assert sorted(path.name for path in (own.folder / "data/outputs").iterdir()) == ["4", "5"]
    answer = submit(own)
    number = own.ask("GET", "/v1/jobs?limit=1&by=number&order=desc").json["jobs"][0]["id"]
    assert answer.status == 201 and number == "6", "numbers are not given twice"
