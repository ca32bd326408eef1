"""kill -9 at any moment: nothing acknowledged is unknown afterwards, nothing runs on, nothing reads running for ever."""
import http.client
import json
import random
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import DRAGOMAN, Gateway

PUSHY = "/organizations/ORG/pushy/jobs"
ROUNDS = 30
JOBS = 10


@pytest.fixture
def own(tmp_path):
    gateway = Gateway(tmp_path)
    yield gateway
    gateway.stop()


def submit(port, command):
    """The id of a job that was acknowledged; None when the server went away."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(
            "POST", PUSHY, json.dumps({"command": command, "nodes": ["NODE1", "NODE2"], "capture_output": True}),
            {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        return json.loads(body)["id"] if answer.status == 201 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None


def marked():
    """Processes of jobs: by the variable that each of them has."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if b"CHEF_PUSH_JOB_ID=" in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                pass
    return found


def check(folder):
    done = subprocess.run([DRAGOMAN, "ledger", "check", folder / "data/ledger.sqlite"], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_three_hundred_jobs_and_thirty_kills(own):
    dice = random.Random(11)
    known = []
    with ThreadPoolExecutor(JOBS) as callers:
        for _ in range(ROUNDS):
            commands = [dice.choice(["true", "sleep 30", "sleep 1", "echo x"]) for _ in range(JOBS)]
            asked = [callers.submit(submit, own.port, command) for command in commands]
            time.sleep(dice.random() * 0.4)
            own.kill()
            known += [job for job in (call.result() for call in asked) if job]
            end = time.time() + 10
            while marked() and time.time() < end:
                time.sleep(0.05)
            assert marked() == [], "processes outlived the server"
            own.start()
    assert len(known) > ROUNDS
    jobs = {job["id"]: job for job in own.ask("GET", PUSHY).json}
    for job in known:
        assert job in jobs, f"{job} was acknowledged and is unknown"
        assert jobs[job]["status"] not in ("voting", "running", "new"), jobs[job]
    code, text = check(own.folder)
    assert code == 0, text


def test_what_was_acknowledged_is_in_a_copy_of_any_moment(own, tmp_path):
    """Power loss: the files as they were at one moment, while the server was stopped in its tracks."""
    dice = random.Random(13)
    known = []
    with ThreadPoolExecutor(4) as callers:
        for round in range(10):
            asked = [callers.submit(submit, own.port, "true") for _ in range(12)]
            time.sleep(dice.random() * 0.15)
            before = list(known) + [call.result() for call in asked if call.done() and call.result()]
            own.process.send_signal(signal.SIGSTOP)
            copy = tmp_path / f"copy{round}/data"
            copy.mkdir(parents=True)
            for name in ("ledger.sqlite", "ledger.sqlite-wal"):
                if (own.folder / "data" / name).exists():
                    shutil.copy(own.folder / "data" / name, copy / name)
            own.process.send_signal(signal.SIGCONT)
            known += [job for job in (call.result() for call in asked) if job]
            other = tmp_path / f"copy{round}"
            gateway = Gateway(other)
            try:
                jobs = {job["id"] for job in gateway.ask("GET", PUSHY).json}
                assert set(before) <= jobs
            finally:
                assert gateway.stop() == 0
            code, text = check(other)
            assert code == 0, text
    assert len(known) == 120


def test_output_so_far_is_kept(own):
    made = own.ask("POST", PUSHY, {"command": "echo early; sleep 60", "nodes": ["NODE1"], "capture_output": True})
    assert made.status == 201
    time.sleep(0.1)
    body = {"task": "exec", "params": {"command": "chef-client"}, "scope": {"nodes": ["NODE2"]}}
    name = own.ask("POST", "/orchestrator/v1/command/task", body).json["job"]["name"]
    path = f"/v1/jobs/{name}"
    own.until(path, lambda job: job["phase"] == "running")
    time.sleep(0.3)
    own.kill()
    own.start()
    assert own.ask("GET", path).json["phase"] == "crashed"
    output = own.ask("GET", f"{path}/output/NODE2/stdout")
    assert output.status == 200 and b"Starting Chef Client on NODE2" in output.body
