"""A gateway in front of a real Slurm: clients of three platforms run real jobs there, on three nodes, and cannot tell."""
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from Stories.conftest import ROOT, Gateway

from .conftest import MAPPINGS
from .start import Slurm

PHRASES = """phrasebook:
  phrases:
    - {{command: "{program} {{id}}", package: {{id: "{{id}}", variables: environment}}}}
    - {{command: "{{line}}", task: {{name: exec, parameters: {{command: "{{line}}"}}}}}}
  clusters:
    "52": [NODE1, NODE2]
  any-cluster: [NODE3]

"""
BACKENDS = """
backends:
  cluster:
    dialect: slurm
    number: 1
    url: {url}
    credential: {{scheme: user-and-token, user: {user}, token: {token}}}
    nodes:
      - {{here: "NODE{{n}}", there: "n{{n}}"}}
"""
PROGRAM = """#!/bin/sh
case $1 in
  88) echo "day $DAY on $SLURMD_NODENAME" ;;
  89) exit 3 ;;
  *) exec /bin/sleep 100 ;;
esac
"""


class Front:
    """A gateway whose jobs all go to one Slurm. What jobs print is in `folder`."""

    def __init__(self, folder, slurm, url=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.slurm, self.folder = slurm, folder
        program = folder / "package"
        program.write_text(PROGRAM)
        program.chmod(0o755)
        token = folder / "token"
        token.write_text(slurm.token + "\n")
        token.chmod(0o600)
        text = (ROOT / "deploy/dragoman.yaml").read_text().replace("mappings: none", f"mappings: {MAPPINGS}")
        text = re.sub(r"phrasebook:\n.*?(?=# A folder with mapping files)", lambda _: PHRASES.format(program=program), text, flags=re.S)
        text = text.replace("\nbackends: none\n", BACKENDS.format(url=url or slurm.url, user=slurm.user, token=token))
        self.gateway = Gateway(folder, text.replace("\nroutes: none\n", "\nroutes: [{backend: cluster}]\n"))
        self.ask, self.until = self.gateway.ask, self.gateway.until

    def push(self, command, *nodes, **more):
        """A submit of a pushy client: the path of its job."""
        answer = self.ask("POST", "/organizations/acme/pushy/jobs", {"command": command, "nodes": nodes, **more})
        assert answer.status == 201, answer.body
        return "/organizations/acme/pushy/jobs/" + answer.json["id"]

    def package(self, id, cluster=52, **variables):
        """A run of an xplenty client: the path of its job."""
        answer = self.ask("POST", "/acme/api/jobs", {"cluster_id": cluster, "package_id": id, "variables": variables})
        assert answer.status == 201, answer.body
        return f"/acme/api/jobs/{answer.json['id']}"

    def over(self, path, seconds=30):
        return self.until(path, lambda job: job["status"] in (
            "complete", "aborted", "crashed", "timed_out", "quorum_failed", "completed", "failed", "stopped"), seconds)

    def newest(self):
        """The job that Slurm was given last."""
        return max(self.slurm.jobs(), key=lambda job: job["job_id"])


@contextmanager
def losing(slurm):
    """A way to slurmrestd on which the answer to the first submit is lost; gives its URL."""
    lost = []

    class Way(BaseHTTPRequestHandler):
        def pass_on(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
            answer = slurm.ask(self.command, self.path, body)
            self.close_connection = True
            if self.command == "POST" and not lost:
                return lost.append(answer.json["job_id"])
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_DELETE = pass_on

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Way)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", lost
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def front(slurm, tmp_path_factory):
    found = Front(tmp_path_factory.mktemp("front"), slurm)
    yield found
    assert found.gateway.stop() == 0
    assert slurm.token not in found.gateway.log.read_text()


def test_pushy_runs_a_command_on_three_nodes(front, tmp_path):
    path = front.push("echo \"it's\" $A on $SLURMD_NODENAME", "NODE1", "NODE2", "NODE3", dir=str(tmp_path), env={"A": "b"})
    job = front.over(path)
    assert job["status"] == "complete" and job["nodes"] == {"complete": ["NODE1", "NODE2", "NODE3"]}, job
    assert job["command"] == "echo \"it's\" $A on $SLURMD_NODENAME" and job["dir"] == str(tmp_path)
    there = front.newest()
    assert there["nodes"] == "n[1-3]" and there["comment"] and there["comment"] not in str(job), "the mark is nobody else's"
    printed = (tmp_path / f"slurm-{there['job_id']}.out").read_text().splitlines()
    assert sorted(printed) == [f"it's b on n{n}" for n in (1, 2, 3)]


def test_pushy_hears_of_a_failure(front):
    job = front.over(front.push("exit 3", "NODE1", "NODE2"))
    assert job["status"] == "complete" and job["nodes"] == {"crashed": ["NODE1", "NODE2"]}


def test_xplenty_runs_a_package(front):
    path = front.package(88, DAY="2026-11-01")
    job = front.over(path)
    assert job["status"] == "completed" and job["progress"] == 1.0 and job["package_id"] == 88 and job["cluster_id"] == 52
    there = front.newest()
    assert there["nodes"] == "n[1-2]"
    failed = front.over(front.package(89, cluster=7))
    assert failed["status"] == "failed" and failed["failed_at"] and front.newest()["nodes"] == "n3"


def test_xplenty_stops_a_job_that_runs(front):
    path = front.package(90)
    front.until(path, lambda job: job["status"] == "running")
    there = front.newest()["job_id"]
    assert front.ask("DELETE", path).json["status"] in ("pending_stoppage", "stopping", "stopped")
    assert front.over(path)["status"] == "stopped"
    assert front.slurm.job(there)["job_state"] == "CANCELLED"
    assert front.ask("DELETE", path).status == 422, "there is nothing left to stop"


def test_a_job_that_waits(front):
    path = front.package(90, cluster=7)
    running = [path, front.package(90, cluster=7)]
    for one in running:
        front.until(one, lambda job: job["status"] == "running")
    waits = front.package(88, cluster=7)
    job = front.until(waits, lambda job: job["status"] in ("pending", "running", "completed"))
    assert job["status"] == "pending" and job["started_at"] is None and job["errors"] is None
    for one in running:
        assert front.ask("DELETE", one).status == 200
    assert front.over(waits)["status"] == "completed"


def test_orchestrator_and_the_list(front):
    answer = front.ask("POST", "/orchestrator/v1/command/task", {
        "task": "exec", "params": {"command": "true"}, "scope": {"nodes": ["NODE2"]}})
    assert answer.status == 202, answer.body
    name = answer.json["job"]["name"]
    job = front.until(f"/orchestrator/v1/jobs/{name}", lambda job: job["state"] in ("finished", "failed", "stopped"))
    assert job["state"] == "finished" and job["node_states"] == {"finished": 1}
    names = [item["name"] for item in front.ask("GET", "/orchestrator/v1/jobs").json["items"]]
    assert name in names and len(set(names)) == len(names)


def test_out_of_time(front):
    began = time.monotonic()
    job = front.over(front.push("sleep 100", "NODE1", run_timeout=2))
    assert job["status"] in ("timed_out", "aborted") and time.monotonic() - began < 20, "not the two minutes that Slurm would give it"


def test_what_slurm_refuses_is_refused_and_not_in_doubt(front):
    answer = front.ask("POST", "/organizations/acme/pushy/jobs", {"command": "true", "nodes": ["NODE7"]})
    assert answer.status == 422 and b"Invalid node name specified" in answer.body, answer.body
    refused = front.ask("POST", "/organizations/acme/pushy/jobs", {"command": "true", "nodes": ["NODE1"], "user": "nobody"})
    assert refused.status == 422 and b"run.user" in refused.body
    assert front.gateway.watch("/jobs-in-doubt")[1].strip() in ("", "[]", '{"jobs":[]}'), front.gateway.watch("/jobs-in-doubt")


def test_a_job_it_forgets(tmp_path):
    """Slurm forgets what is over: what was seen of it stays; what was not ends without a word, and is no fault."""
    with Slurm(tmp_path / "cluster", age=2) as slurm:
        front = Front(tmp_path / "front", slurm)
        seen = front.push("true", "NODE1")
        first = front.newest()["job_id"]
        before = front.over(seen)
        unseen = front.push("true", "NODE2")
        last = front.newest()["job_id"]
        for number in (first, last):
            end = time.monotonic() + 60
            while slurm.ask("GET", f"/slurm/v0.0.38/job/{number}").status == 200:
                assert time.monotonic() < end, "it forgets nothing"
                time.sleep(0.2)
        assert front.ask("GET", seen).json == before
        answer = front.ask("GET", unseen)
        assert answer.status == 200 and answer.json["status"] in ("complete", "crashed", "aborted"), answer.body
        assert front.ask("GET", unseen).json == answer.json
        assert front.ask("GET", "/organizations/acme/pushy/jobs").status == 200
        assert front.gateway.stop() == 0


def test_an_answer_is_lost_and_the_job_found_by_its_mark(slurm, tmp_path):
    with losing(slurm) as (url, lost):
        front = Front(tmp_path, slurm, url)
        answer = front.ask("POST", "/acme/api/jobs", {"cluster_id": 52, "package_id": 88, "variables": {}})
        assert answer.status == 503 and lost, answer.body
        job, = front.ask("GET", "/acme/api/jobs").json
        assert front.over(f"/acme/api/jobs/{job['id']}")["status"] == "completed"
        mark = slurm.job(lost[0])["comment"]
        assert [one["job_id"] for one in slurm.jobs() if one["comment"] == mark] == lost, "once, and no more"
        assert front.gateway.stop() == 0


def test_slurm_is_away_and_comes_back(front, slurm):
    """Its controller ends and begins again: who asks meanwhile is told that nobody answers, and no job is lost."""
    path = front.package(90)
    front.until(path, lambda job: job["status"] == "running")
    slurm.daemons[0].terminate()
    slurm.daemons[0].wait()
    answer = front.ask("GET", path)
    assert answer.status in (200, 502, 503), answer.body
    slurm.again("slurmctld")
    assert front.until(path, lambda job: job.get("status") == "running")["status"] == "running"
    assert front.ask("DELETE", path).status == 200
    assert front.over(path)["status"] == "stopped"
