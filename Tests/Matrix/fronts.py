"""The clients: what each dialect's caller sends, reads, and takes for success."""
import re


class Front:
    """One caller. `words` are its job words in the order they may come, the last row being the ends."""
    headers = {}
    stops = True

    def ask(self, gateway, method, path, body=None):
        return gateway.ask(method, path, body, **self.headers)

    def submit(self, gateway, day, nodes=("NODE1", "NODE2"), work="run-etl", **more):
        return self.ask(gateway, "POST", *self.request(day, list(nodes), work, **more))

    def job(self, gateway, id):
        return self.ask(gateway, "GET", self.path(id))

    def word(self, document):
        return document[self.status]

    def place(self, word):
        """Where a word stands in the order; len(order) - 1: over."""
        return next(place for place, words in enumerate(self.words) if word in words)

    def over(self, document):
        return self.place(self.word(document)) == len(self.words) - 1

    def listed(self, gateway):
        """id → word."""
        answer = self.ask(gateway, "GET", self.list)
        assert answer.status == 200, (answer.status, answer.body)
        return {self.same(entry): self.word(entry) for entry in self.entries(answer.json)}


class Pushy(Front):
    status, stops = "status", False

    def __init__(self, account="acme"):
        self.list = f"/organizations/{account}/pushy/jobs"
        self.unknown = self.list + "/" + "0" * 32

    def request(self, day, nodes, work, timeout=None, **more):
        body = {"command": f"{work} {day}", "nodes": nodes, **more}
        return self.list, {**body, "run_timeout": timeout} if timeout else body

    def path(self, id):
        return f"{self.list}/{id}"

    def entries(self, jobs):
        return jobs

    def same(self, entry):
        return entry["id"]

    def nodes(self, gateway, id):
        groups = self.job(gateway, id).json["nodes"]
        return {node: word for word, nodes in groups.items() for node in nodes}

    def success(self, gateway, id):
        """knife's rule."""
        job = self.job(gateway, id).json
        return job["status"] == "complete" and set(job["nodes"]) <= {"succeeded", "complete", "nacked", "unavailable"}


class Documented(Pushy):
    name = "pushy documented-2"
    words = [["voting"], ["running"], ["complete", "aborted", "timed_out", "quorum_failed"]]

    def made(self, answer):
        assert answer.status == 201 and list(answer.json) == ["id"], (answer.status, answer.body)
        assert re.fullmatch("[0-9a-f]{32}", answer.json["id"]), answer.body
        return answer.json["id"]


class Server(Pushy):
    name = "pushy server-2"
    headers = {"X_Chef_Version": "16.12.3"}
    words = [["new"], ["voting"], ["running"], ["complete", "crashed", "aborted", "timed_out", "quorum_failed"]]

    def made(self, answer):
        assert answer.status == 201 and list(answer.json) == ["uri"], (answer.status, answer.body)
        assert answer.headers["Location"] == answer.json["uri"], answer.headers
        return re.fullmatch(r"http://[^/]+" + self.list + "/([0-9a-f]{32})", answer.json["uri"])[1]


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
