"""knife in front of each platform: its recorded requests, and the code it exits with by its own rule."""
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from .columns import LIVES
from .knife import Knife
from .workstation import BEARER

BACKS = ["pushy", "orchestrator", "xplenty", "runner"]
BOTH = ("NODE1", "NODE2")
# What knife prints last, the groups of the job's nodes, the exit code.
ENDS = [
    ("pushy", "fails", "Complete.", {"failed"}, 1), ("orchestrator", "fails", "Complete.", {"failed"}, 1),
    ("xplenty", "fails", "Complete.", {"failed"}, 1), ("runner", "fails", "Complete.", {"failed"}, 1),
    ("pushy", "rejected", "Quorum_failed.", {"nacked"}, 1), ("orchestrator", "rejected", "Quorum_failed.", {"unavailable"}, 1),
    ("xplenty", "rejected", "Quorum_failed.", {"unavailable"}, 1),
    ("pushy", "crashes", "Complete.", {"crashed"}, 1), ("pushy", "server crashes", "Crashed.", {"crashed"}, 1),
    ("orchestrator", "crashes", "Crashed.", {"crashed"}, 1), ("xplenty", "crashes", "Complete.", {"failed"}, 1),
    *((back, "hangs", "Timed_out.", {"timed_out"}, 1) for back in BACKS),
]


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.3"])
@pytest.mark.parametrize("back", BACKS)
def test_job_start_waits_for_the_end_and_job_list_and_status_show_it(at, back, version):
    station = at(back)
    station.fate("succeeds")
    before = station.submits()
    run = station.knife(Knife.start, f"run-etl signed-{version}", *BOTH, version=version)
    assert run.posts == [b'{"command":"run-etl signed-%s","nodes":["NODE1","NODE2"],"quorum":2,"capture_output":false,"env":{}}'
                         % version.encode()]
    assert re.fullmatch(r"Started\.  Job ID: [0-9a-f]{32}(\|Initialized\.)?(\|Voting\.)?(\|Running \([012]/2 in progress\) \.\.\.)*"
                        r"\|Complete\.", "|".join(run.lines)), run.lines
    assert (run.code, run.job["nodes"]) == (0, {"succeeded": ["NODE1", "NODE2"]})
    assert station.submits() == before + bool(station.platform)
    assert set(run.job) == {"nodes", "id", "command", "status", "run_timeout", "created_at", "updated_at", "env"}, run.job
    assert (run.job["id"], run.job["env"], run.job["run_timeout"]) == (run.id, {}, 3600)
    shown = station.knife(Knife.status, run.id, version=version)
    assert (shown.code, shown.job) == (0, run.job)
    listed = station.knife(Knife.list, version=version)
    assert listed.code == 0 and {k: v for k, v in run.job.items() if k != "nodes"} in listed.job


@pytest.mark.parametrize("back, outcome, last, groups, code", ENDS)
def test_the_exit_code(at, back, outcome, last, groups, code):
    station = at(back)
    times = {**LIVES, "running": 0.05} if outcome == "server crashes" else LIVES
    station.fate(outcome, times=times)
    run = station.knife(Knife.start, f"run-etl {outcome.replace(' ', '-')}", *BOTH, timeout=1 if outcome == "hangs" else None)
    assert (run.code, run.lines[-1], set(run.job["nodes"])) == (code, last, groups), run.job
    assert {node for names in run.job["nodes"].values() for node in names} == set(BOTH)


@pytest.mark.parametrize("quorum, last, groups, code", [
    ("100%", "Quorum_failed.", {"was_ready": ["NODE1"], "unavailable": ["DONKEY"]}, 1),
    ("50%", "Complete.", {"succeeded": ["NODE1"], "unavailable": ["DONKEY"]}, 0)])
@pytest.mark.parametrize("back", ["pushy", "orchestrator", "runner"])
def test_one_node_of_two_is_there(at, back, quorum, last, groups, code):
    """The quorum is told by votes, or by the inventory of a platform that has none; without it nothing runs."""
    station = at(back)
    station.fate("succeeds")
    run = station.knife(Knife.start, f"run-etl {quorum[:-1]}", "NODE1", "DONKEY", quorum=quorum)
    assert (run.code, run.lines[-1]) == (code, last), run.job
    assert run.job["nodes"] == groups


@pytest.mark.parametrize("back", ["orchestrator", "xplenty", "runner"])
def test_a_job_that_somebody_stops_is_aborted(at, back):
    station = at(back)
    station.fate("succeeds" if back == "orchestrator" else "hangs", times={**LIVES, "running": 2})  # what runs there finishes
    command, bearer = "run-etl " + ("stopped" if station.platform else "hangs"), {"Authorization": "Bearer " + BEARER}
    with ThreadPoolExecutor(1) as pool:
        run = Knife(station.there.gateway, station.key)
        ending, end = pool.submit(run.does, Knife.start, command, *BOTH), time.time() + 10
        while not any(line.startswith("Running") for line in run.lines) and time.time() < end:
            time.sleep(0.05)
        jobs = station.there.gateway.ask("GET", "/v1/jobs", **bearer).json["jobs"]
        number, = [job["id"] for job in jobs if job["request"]["work"]["command"] == command and job["phase"] == "running"]
        assert station.there.gateway.ask("POST", f"/v1/jobs/{number}/stop", **bearer).status == 202
        ending.result(40)
    assert (run.code, run.lines[-1]) == (1, "Aborted."), run.job
