"""Dragoman as a site would run it: routes, a phrasebook, credentials, limits, access log, losses, a ledger on disk."""
import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path

import documents
import signing
from doors import Question, ask, made, orchestrator_seen, pushy_seen
from process import Process

TOKEN = "a-token-of-the-benchmark-0123456789"
SITE = "http://gateway.example.com"
JSON = {"Content-Type": "application/json"}
CONFIGURATION = """
data: {data}
watch: false
loops: 1
listeners:
  - {{address: 127.0.0.1:0, dialects: {dialects}, public-url: "{site}", credentials: open}}
  - {{address: 127.0.0.1:0, dialects: [pushy, orchestrator], public-url: "{site}", credentials: required}}
  - {{address: 127.0.0.1:0, dialects: [pushy], public-url: "{site}", credentials: open,
      tls: {{certificates: [{{chain: {folder}/tls.pem, key: {folder}/tls.key}}]}}}}
admin: {{address: 127.0.0.1:0}}
users:
  bench: {{accounts: [acme], keys: [{folder}/bench.pub], tokens: ["sha256:{digest}"], permissions: [all]}}
accounts:
  acme: {{groups: {{admins: {{users: [bench]}}}}}}
backends:
  puppet:
    {{dialect: orchestrator, number: 1, url: "http://127.0.0.1:{backend}", http: "2",
     credential: {{scheme: token, token: {folder}/token}}}}
  chef: {{dialect: pushy@server-2, number: 2, url: "http://127.0.0.1:{backend}", http: "2", account: acme}}
routes:
  - {{dialect: pushy, backend: puppet, allow-losses: [run.user, run.dir, run.env, run.file, run.quorum, run.timeout]}}
  - {{dialect: orchestrator, backend: chef, allow-losses: [work.environment]}}
mappings: {mappings}
phrasebook:
  phrases:
{phrases}    - {{command: chef-client, task: {{name: chef_client}}}}
    - command: "package {{name}} {{action}} {{version}}"
      task: {{name: package, parameters: {{name: "{{name}}", action: "{{action}}", version: "{{version}}"}}}}
runner: {{nodes: [NODE1], commands: {{}}, variables: {{job: JOB, node: NODE, file: FILE}}}}
log: {{level: info, access: {data}/access.log, audit: {data}/audit.log}}
"""


@dataclass
class Site:
    """What a configuration has that others have not."""
    data: Path | None = None  # a folder that stays
    dialects: str = "[pushy]"  # at the open door
    mappings: Path | str = "none"
    phrases: str = ""  # lines of YAML that come first


class Dragoman(Process):
    """A gateway with one running job on each of two platforms."""

    def __init__(self, program, folder, backend, environment=None, site=Site()):
        folder.mkdir()
        self.folder = folder
        signing.certificate(folder)
        signing.keys(folder)
        (folder / "token").write_text(TOKEN)
        (folder / "token").chmod(0o600)
        (folder / "dragoman.yaml").write_text(CONFIGURATION.format(
            folder=folder, site=SITE, backend=backend, digest=hashlib.sha256(TOKEN.encode()).hexdigest(),
            data=site.data or folder / "data", dialects=site.dialects, mappings=site.mappings, phrases=site.phrases))
        begin = time.monotonic()
        super().__init__("dragoman", [program, "serve", "--config", folder / "dragoman.yaml"], folder, environment=environment)
        self.open, self.guarded, self.tls = self.doors(3)
        self.start_up = time.monotonic() - begin

    def doors(self, count):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            found = re.findall(r"address=127\.0\.0\.1:(\d+)", self.log.read_text())
            if len(found) > count:
                return map(int, found[:count])
            time.sleep(0.005)
        raise RuntimeError("dragoman does not start:\n" + self.said())

    # What it is asked

    def submit(self):
        return Question(f"http://127.0.0.1:{self.open}{documents.JOBS}", made("[0-9a-f]{32}"), JSON,
                        documents.compact(documents.PUSHY_SUBMIT), 201)

    def submit_task(self):
        return Question(f"http://127.0.0.1:{self.guarded}{documents.TASK}", made(r"\d+"),
                        {**JSON, "X-Authentication": TOKEN}, documents.compact(documents.ORCHESTRATOR_SUBMIT), 202, slack=8)

    def create(self, question, pattern):
        status, body = ask(question)
        found = re.search(pattern, body.decode())
        assert status == question.status and found, f"{question.url}: {status} {body[:300]!r}\n{self.said()}"
        return found[1]

    def pushy(self, door="open", http1=False):
        """A pushy client looks at a job that runs on the orchestrator."""
        if not hasattr(self, "job"):
            self.job = self.create(self.submit(), r"([0-9a-f]{32})")
        scheme = "https" if door == "tls" else "http"
        path = f"{documents.JOBS}/{self.job}"
        headers = signing.headers(self.folder, "GET", path) if door == "guarded" else {}
        expected = pushy_seen(self.job)
        if headers:  # Who signs is shown what Chef's own server says.
            expected["nodes"]["succeeded"] = expected["nodes"].pop("complete")
        return Question(f"{scheme}://127.0.0.1:{getattr(self, door)}{path}", expected, headers, http1=http1)

    def orchestrator(self, http1=False):
        """An orchestrator client shows its token and looks at a job that runs on the Chef server."""
        if not hasattr(self, "number"):
            self.number = self.create(self.submit_task(), r'"name":"(\d+)"')
        path = f"{documents.ORCHESTRATOR}/{self.number}"
        return Question(f"http://127.0.0.1:{self.guarded}{path}", orchestrator_seen(self.number, SITE),
                        {"X-Authentication": TOKEN}, slack=4, http1=http1)

    def list(self):
        """All jobs, of which there must be a thousand, all running."""
        def whole(found):
            ids = {job["id"] for job in found}
            assert len(ids) == documents.LISTED, f"{len(ids)} jobs in the list"
            return [{**job, "command": "chef-client", "status": "running"} for job in found]
        return Question(f"http://127.0.0.1:{self.open}{documents.JOBS}", whole)
