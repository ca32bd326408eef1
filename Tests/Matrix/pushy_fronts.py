"""Callers of a push server: those who know its documentation, and those who know the server."""
import re

from .front import Front


class Pushy(Front):
    status, stops, unknown_is_over = "status", False, True

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
