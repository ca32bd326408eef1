"""What else knife asks, what it does after a refusal, and what it tells those who are not let in."""
import json
import time

import pytest

from Platforms import keys

from .knife import Knife
from .workstation import Workstation

BACKS = ["pushy", "orchestrator", "xplenty", "runner"]
BOTH = ("NODE1", "NODE2")
PRINTED = {"pushy": "ran run-etl printing on NODE1\n", "orchestrator": "ran etl on NODE1\n", "runner": "ran etl on NODE1\n"}


@pytest.mark.parametrize("back", BACKS)
def test_job_output(at, back):
    station = at(back)
    station.fate("succeeds")
    run = station.knife(Knife.start, "run-etl printing", *BOTH, capture=True, wait=False)
    assert (run.code, run.job) == (0, None) and b'"capture_output":true' in run.posts[0]
    end = time.time() + 15
    while (job := station.knife(Knife.status, run.id).job)["status"] != "complete" and time.time() < end:
        time.sleep(0.1)
    assert job["capture_output"] is True
    nothing = station.knife(Knife.output, run.id, "NODE5")
    assert (nothing.code, nothing.fault) == (100, 404)
    printed = [station.knife(Knife.output, run.id, "NODE1", channel) for channel in ("stdout", "stderr")]
    if back == "xplenty":  # the two channels exist together or not at all
        assert [(one.code, one.fault) for one in printed] == [(100, 404)] * 2
    else:
        assert [(one.code, one.lines) for one in printed] == [(0, [PRINTED[back]]), (0, [""])]


@pytest.mark.parametrize("back", ["pushy", "orchestrator", "runner"])
def test_node_status(at, back):
    station = at(back)
    named = station.knife(Knife.node_status, "NODE1", "DONKEY")
    assert (named.code, named.lines) == (0, ["NODE1\tavailable", "DONKEY\tunavailable"])
    every = station.knife(Knife.node_status)
    assert every.code == 0 and "NODE1\tavailable" in every.lines and "DONKEY" not in str(every.lines)


@pytest.mark.parametrize("back", BACKS)
def test_after_a_400_the_keys_of_version_1_are_taken(at, back):
    """knife has no option that makes one here: a wrong type stands in for it."""
    station = at(back)
    station.fate("succeeds")
    before = station.submits()
    run = station.knife(Knife.start, "run-etl fallback", *BOTH, timeout=60, user=7)
    assert run.lines[0] == "Falling back to Push Jobs v1 mode." and len(run.posts) == 2
    assert run.posts[1] == b'{"command":"run-etl fallback","nodes":["NODE1","NODE2"],"quorum":2,"run_timeout":60}'
    assert (run.code, run.lines[-1], run.job["run_timeout"]) == (0, "Complete.", 60)
    assert "env" not in run.job and station.submits() == before + bool(station.platform)


@pytest.mark.parametrize("options", [{"user": "root"}, {"dir": "/tmp"}, {"env": {"A": "1"}}, {"file": "raw:x"}], ids=str)
@pytest.mark.parametrize("back", ["orchestrator", "xplenty"])
def test_what_a_platform_cannot_do_is_never_a_400(at, back, options):
    """Else knife would have it done in another way."""
    station = at(back)
    before = station.submits()
    run = station.knife(Knife.start, "run-etl bound", *BOTH, **options)
    assert (run.code, run.fault, len(run.posts), station.submits()) == (100, 422, 1, before)
    assert "run." + next(iter(options)) in run.lines[-1], run.lines


@pytest.mark.parametrize("back", ["pushy", "runner"])
def test_a_node_that_is_named_twice_is_no_fault_of_the_servers(at, back):
    station = at(back)
    station.fate("succeeds")
    before = station.submits()
    run = station.knife(Knife.start, "run-etl twice", "NODE1", "NODE1")
    # It counts once, and runs the job once.
    assert run.code == 0 and station.submits() == before + (1 if station.platform else 0)


def test_whoever_is_not_known_is_told_why(at, tmp_path):
    station = at("orchestrator")
    before = station.submits()
    late = station.knife(Knife.start, "run-etl late", *BOTH, offset=-1000)
    other = station.knife(Knife.start, "run-etl other", *BOTH, key=keys.rsa(tmp_path, "other")[0])
    assert [(one.code, one.fault, one.lines) for one in (late, other)] == [
        (100, 401, ["401 Response: Failed to authenticate as rebecca. Synchronize the clock on your host."]),
        (100, 401, ["401 Response: Invalid signature for user or client 'rebecca'"])]
    assert station.submits() == before


def test_a_platform_of_version_1_needs_no_fallback(tmp_path):
    station = Workstation(tmp_path, "pushy", variant="server-1")
    try:
        run = station.knife(Knife.start, "run-etl old", *BOTH)
        assert (run.code, len(run.posts)) == (0, 1), run.lines
        assert run.job["nodes"] == {"succeeded": ["NODE1", "NODE2"]}
        sent, = [json.loads(one["body"]) for one in station.platform.requests() if one["method"] == "POST"]
        assert set(sent) <= {"command", "nodes", "quorum", "run_timeout"} and sent["nodes"] == ["NODE1", "NODE2"]
    finally:
        station.there.end()
