"""What `dragoman translate` writes a real slurmrestd takes, and what that answers `dragoman translate` reads. No gateway runs."""
import time

import pytest

V = "/slurm/v0.0.38"


@pytest.fixture
def submit(slurm, translate, tmp_path):
    """submit("hostname", "n1", "n2"): the number of a job that a pushy client asked for; it runs in the test's own folder."""

    def run(command, *nodes, **more):
        asked = {"command": command, "nodes": nodes, "dir": str(tmp_path), **more}
        body, _ = translate("pushy", "slurm", asked, what="submit")
        answer = slurm.ask("POST", V + "/job/submit", body)
        assert answer.status == 200 and answer.json["errors"] == [], answer.body
        return answer.json["job_id"]

    return run


@pytest.fixture
def seen(slurm, translate):
    """seen(7, "pushy"): a job as a client of that dialect sees it."""
    return lambda number, by="canonical": translate("slurm", by, slurm.ask("GET", f"{V}/job/{number}").body)[0]


def test_a_command_runs_once_on_every_node(slurm, submit, seen, tmp_path):
    number = submit('echo "it\'s" $A on $SLURMD_NODENAME in $(pwd) \\\\ "$(printf \'%s\' "a b")"', "n1", "n2", "n3", env={"A": "é b"})
    slurm.until(number, "COMPLETED")
    printed = sorted((tmp_path / f"slurm-{number}.out").read_text().splitlines())
    assert printed == [f"it's é b on {node} in {tmp_path} \\ a b" for node in ("n1", "n2", "n3")]
    job = seen(number)
    assert job["phase"] == "succeeded" and job["request"]["target"]["nodes"] == ["n1", "n2", "n3"]
    assert job["created"] <= job["started"] <= job["finished"]
    assert seen(number, "pushy")["nodes"] == {"complete": ["n1", "n2", "n3"]}
    assert seen(number, "orchestrator")["state"] == "finished" and seen(number, "xplenty")["progress"] == 1.0


def test_without_an_environment(slurm, submit, tmp_path):
    number = submit("command -v true", "n2", env={})
    slurm.until(number, "COMPLETED")
    assert (tmp_path / f"slurm-{number}.out").read_text().endswith("true\n")


def test_one_node_fails(slurm, submit, seen):
    number = submit("test $SLURMD_NODENAME != n2 || exit 3", "n1", "n2", "n3")
    slurm.until(number, "FAILED")
    assert seen(number)["phase"] == "failed" and seen(number)["reason"] == "NonZeroExitCode"
    assert seen(number, "xplenty")["errors"] == "NonZeroExitCode"
    pushy = seen(number, "pushy")
    assert pushy["status"] == "complete" and set(pushy["nodes"]) == {"crashed"}


def test_a_job_that_runs_has_no_end_yet_and_is_stopped(slurm, submit, seen):
    number = submit("sleep 100", "n1", "n2", run_timeout=90)
    job = slurm.until(number, "RUNNING")
    assert job["end_time"] == job["start_time"] + 120, "the forecast that must not be read: ninety seconds are two minutes"
    told = seen(number)
    assert told["phase"] == "running" and "finished" not in told and told["request"]["run"]["timeout"] == 120
    assert seen(number, "orchestrator")["finished_timestamp"] is None
    assert slurm.ask("DELETE", f"{V}/job/{number}").status == 200
    slurm.until(number, "CANCELLED")
    assert seen(number)["phase"] == "stopped" and "finished" in seen(number)
    assert slurm.ask("DELETE", f"{V}/job/{number}").status == 200, "as the mapping says: also when over"


def test_a_job_waits_for_its_nodes(slurm, submit, seen):
    first = [submit("sleep 100", "n3") for _ in range(2)]
    for number in first:
        slurm.until(number, "RUNNING")
    last = submit("true", "n3")
    end = time.monotonic() + 10
    while slurm.job(last)["state_reason"] == "None" and time.monotonic() < end:
        time.sleep(0.05)
    told = seen(last)
    assert told["phase"] == "waiting" and "reason" not in told and "started" not in told
    assert seen(last, "xplenty")["errors"] is None and seen(last, "pushy")["status"] == "voting"
    for number in first:
        slurm.ask("DELETE", f"{V}/job/{number}")
    slurm.until(last, "COMPLETED")


def test_lists_and_marks(slurm, submit, translate):
    asked = {"request": {"work": {"kind": "command", "command": "true"}, "run": {"description": "mark 4711"}}}
    number = slurm.ask("POST", V + "/job/submit", translate("canonical", "slurm", asked, what="submit")[0]).json["job_id"]
    jobs, _ = translate("slurm", "canonical", slurm.ask("GET", V + "/jobs").body, what="jobs")
    marked = [job["id"] for job in jobs["jobs"] if job["request"]["run"].get("description") == "mark 4711"]
    assert marked == [str(number)]
    slurm.until(number, "COMPLETED")


def test_it_comes_back_as_it_was(slurm, submit, translate):
    number = submit("true", "n1", "n2")
    slurm.until(number, "COMPLETED")
    answer = slurm.ask("GET", f"{V}/job/{number}")
    hub, _ = translate("slurm", "canonical", answer.body)
    assert translate("canonical", "slurm", hub)[0] == answer.json
    assert translate("slurm", "slurm", answer.body)[0] == answer.json


def test_long_commands(slurm, submit, tmp_path):
    number = submit(f"printf %s '{'x' * 100_000}' | wc -c", "n1")
    slurm.until(number, "COMPLETED")
    assert (tmp_path / f"slurm-{number}.out").read_text().strip() == "100000"


@pytest.mark.parametrize("method, path, status, number", [
    ("GET", "/job/999999", 500, 2017), ("DELETE", "/job/999999", 500, 2017), ("GET", "/job/abc", 400, 9002)])
def test_its_faults(slurm, translate, method, path, status, number):
    answer = slurm.ask(method, V + path)
    assert answer.status == status and answer.json["errors"][0]["error_number"] == number
    fault, _ = translate("slurm", "canonical", answer.body, what="fault")
    assert fault["type"] == str(number) and path.rsplit("/")[-1] in fault["detail"]


def test_what_it_refuses(slurm, translate):
    for name, number in [("nodelist", 2018), ("partition", 2000)]:
        body, _ = translate("pushy", "slurm", {"command": "true", "nodes": ["n1"]}, what="submit")
        body["job"][name] = "nowhere"
        answer = slurm.ask("POST", V + "/job/submit", body)
        assert answer.status == 500 and answer.json["errors"][0]["error_code"] == number, answer.body
        assert translate("slurm", "canonical", answer.body, what="fault")[0]["type"] == str(number)
