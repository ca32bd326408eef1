"""Jobs that behave badly: each ends with the right word in every dialect, and leaves nothing running."""
import os
import time
from pathlib import Path

import pytest

from conftest import ROOT, Gateway

PUSHY = "/organizations/ORG/pushy/jobs"
COMMANDS = r"""
  commands:
    grandchild: "sleep 4242.7 & setsid -f sleep 4242.7; echo left"
    stubborn: "trap '' TERM; while :; do sleep 0.97; done"
    flood: "head -c 1000000000 /dev/zero | tr '\\0' x"
    fill: "head -c 100000000 /dev/zero > file"
    suicide: "kill -SEGV $$"
    "true": "true"
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hard")
    text = (ROOT / "deploy/dragoman.yaml").read_text()
    begin, rest = text.split("  commands:\n", 1)
    text = begin + COMMANDS.lstrip("\n") + rest[rest.index("  # Environment variables in which"):]
    text = text.replace("grace: 10", "grace: 1").replace("limits: none", "limits: {file-size: 10000000}")
    gateway = Gateway(folder, config=text)
    yield gateway
    assert gateway.stop() == 0, gateway.log.read_text()[-3000:]


def processes(marker):
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if marker in (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"):
                    found.append(int(folder.name))
            except OSError:
                pass
    return found


def run(own, command, **more):
    body = {"command": command, "nodes": ["NODE1"], "capture_output": True, **more}
    return own.ask("POST", PUSHY, body).json["id"]


def everywhere(own, job):
    """The job's words: pushy's as its server says them, and those of the other dialects."""
    own.until(f"{PUSHY}/{job}", lambda job: job["status"] not in ("voting", "running"), 60)
    pushy = own.ask("GET", f"{PUSHY}/{job}", None, X_Chef_Version="16").json
    number = next(row["id"] for row in own.ask("GET", "/v1/jobs?limit=1").json["jobs"])
    canonical = own.ask("GET", f"/v1/jobs/{number}").json
    orchestrator = own.ask("GET", f"/orchestrator/v1/jobs/{number}").json
    xplenty = own.ask("GET", f"/acme/api/jobs/{number}").json
    return pushy, canonical, orchestrator["state"], xplenty["status"]


def gone(marker, seconds=10):
    end = time.time() + seconds
    while processes(marker) and time.time() < end:
        time.sleep(0.1)
    return not processes(marker)


def test_a_background_grandchild_does_not_outlive_its_job(own):
    pushy, canonical, state, status = everywhere(own, run(own, "grandchild"))
    assert (pushy["status"], canonical["phase"], state, status) == ("complete", "succeeded", "finished", "completed")
    assert gone("sleep 4242.7")


def test_a_job_that_ignores_term_is_killed(own):
    job = run(own, "stubborn")
    own.until(f"{PUSHY}/{job}", lambda job: job["nodes"] == {"running": ["NODE1"]})
    number = own.ask("GET", "/v1/jobs?limit=1").json["jobs"][0]["id"]
    own.ask("DELETE", f"/acme/api/jobs/{number}")
    pushy, canonical, state, status = everywhere(own, job)
    assert (pushy["status"], canonical["phase"], state, status) == ("aborted", "stopped", "stopped", "stopped")
    assert gone("sleep 0.97")


def test_a_timeout_of_one_that_ignores_term(own):
    pushy, canonical, state, status = everywhere(own, run(own, "stubborn", run_timeout=1))
    assert (pushy["status"], canonical["phase"], state, status) == ("timed_out", "expired", "failed", "failed")
    assert pushy["nodes"] == {"timed_out": ["NODE1"]}


def test_a_gigabyte_of_output_is_cut_and_says_so(own):
    before = own.rss()
    job = run(own, "flood")
    pushy, canonical, state, status = everywhere(own, job)
    assert (pushy["status"], canonical["phase"], state, status) == ("complete", "succeeded", "finished", "completed")
    output = own.ask("GET", f"{PUSHY}/{job}/output/NODE1/stdout")
    assert len(output.body) < 1_100_000
    assert "1000000000" in (output.headers["dragoman-output"] or "") + output.body[-300:].decode(errors="replace")
    assert own.rss() < before + 40, (before, own.rss())


def test_one_that_writes_more_than_it_may(own):
    pushy, canonical, state, status = everywhere(own, run(own, "fill"))
    assert (canonical["phase"], state, status) == ("failed", "failed", "failed")
    assert pushy["status"] == "complete" and set(pushy["nodes"]) == {"failed"}
    assert canonical["nodes"][0].get("error"), canonical["nodes"]


def test_one_that_ends_by_a_signal(own):
    pushy, canonical, state, status = everywhere(own, run(own, "suicide"))
    assert (canonical["phase"], state, status) == ("failed", "failed", "failed")
    assert set(pushy["nodes"]) == {"failed"}
    assert "SEGV" in canonical["nodes"][0]["error"]
