"""The clients: what each dialect's caller sends, reads, and takes for success."""
import re

from .front import Front
from .pushy_fronts import Documented, Server


class Orchestrator(Front):
    name, status = "orchestrator", "state"
    list = "/orchestrator/v1/jobs"
    unknown = list + "/999999"
    words = [["new"], ["ready"], ["running"], ["stopping"], ["finished", "failed", "stopped"]]

    def request(self, day, nodes, work, **more):
        task = {"run-etl": "etl", "etl-nowhere": "etl_nowhere"}[work]
        return "/orchestrator/v1/command/task", {
            "environment": "production", "task": task, "params": {"day": day}, "scope": {"nodes": nodes}, **more}

    def made(self, answer):
        assert answer.status == 202 and list(answer.json) == ["job"], (answer.status, answer.body)
        job = answer.json["job"]
        assert re.fullmatch(r"http://[^/]+/orchestrator/v1/jobs/" + job["name"], job["id"]), answer.body
        return job["name"]

    def path(self, id):
        return f"{self.list}/{id}"

    def entries(self, page):
        return page["items"]

    def same(self, entry):
        return entry["name"]

    def items(self, gateway, id):
        answer = self.ask(gateway, "GET", self.path(id) + "/nodes")
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json["items"]

    def nodes(self, gateway, id):
        return {item["name"]: item["state"] for item in self.items(gateway, id)}

    def success(self, gateway, id):
        """`finished`, and every node `finished`; a node that never ran is `skipped` (partial success)."""
        return self.word(self.job(gateway, id).json) == "finished" and set(
            self.nodes(gateway, id).values()) <= {"finished", "skipped"}

    def stop(self, gateway, id):
        return self.ask(gateway, "POST", "/orchestrator/v1/command/stop", {"job": id})


class Xplenty(Front):
    name, status = "xplenty v2", "status"
    headers = {"Accept": "application/vnd.xplenty+json; version=2"}
    words = [["idle"], ["pending"], ["queued"], ["running"], ["pending_stoppage"], ["stopping"], ["completed", "failed", "stopped"]]

    def __init__(self, account="acme"):
        self.list = f"/{account}/api/jobs"
        self.unknown = self.list + "/999999"

    def request(self, day, nodes, work, **more):
        package, cluster = {"run-etl": (88, 52), "etl-nowhere": (89, 53)}[work]
        return self.list, {"package_id": package, "cluster_id": cluster, "variables": {"DAY": day}, **more}

    def made(self, answer):
        assert answer.status == 201, (answer.status, answer.body)
        assert isinstance(answer.json["id"], int) and answer.json["variables"].keys() == {"DAY"}, answer.body
        return answer.json["id"]

    def path(self, id):
        return f"{self.list}/{id}"

    def entries(self, jobs):
        return jobs

    def same(self, entry):
        return entry["id"]

    def nodes(self, gateway, id):
        return None

    def success(self, gateway, id):
        return self.job(gateway, id).json["status"] == "completed"

    def stop(self, gateway, id):
        return self.ask(gateway, "DELETE", self.path(id))


class Xplenty1(Xplenty):
    name = "xplenty v1"
    headers = {"Accept": "application/vnd.xplenty+json; version=1"}


class Canonical(Front):
    name, status = "canonical", "phase"
    list = "/v1/jobs"
    unknown = list + "/999999"
    words = [["accepted"], ["waiting"], ["running", "unknown"], ["stopping"],
             ["succeeded", "failed", "crashed", "stopped", "expired", "rejected", "ended", "unknown-over"]]

    def request(self, day, nodes, work, **run):
        asked = {"work": {"kind": "command", "command": f"{work} {day}"}, "target": {"nodes": nodes}}
        return self.list, {"request": {**asked, "run": run} if run else asked}

    def made(self, answer):
        assert answer.status == 201 and answer.headers["Location"].endswith("/v1/jobs/" + answer.json["id"]), (
            answer.status, answer.body)
        return answer.json["id"]

    def path(self, id):
        return f"{self.list}/{id}"

    def entries(self, page):
        return page["jobs"]

    def same(self, entry):
        return entry["id"]

    def nodes(self, gateway, id):
        answer = self.ask(gateway, "GET", self.path(id) + "/nodes")
        assert answer.status == 200, (answer.status, answer.body)
        return {node["name"]: node["phase"] for node in answer.json["nodes"]}

    def success(self, gateway, id):
        return self.job(gateway, id).json["phase"] == "succeeded"

    def stop(self, gateway, id):
        return self.ask(gateway, "POST", self.path(id) + "/stop")


FRONTS = [Documented(), Server(), Orchestrator(), Xplenty1(), Xplenty(), Canonical()]
