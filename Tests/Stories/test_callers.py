"""Callers are asked who they are: every way to show it, every way to be turned away, and nothing secret in any log."""
import base64
import hashlib
import http.client
import json
import os
import re
import secrets
import signal
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from conftest import DRAGOMAN, ROOT, Answer, Gateway
from test_tls import certificate, openssl

PUSHY = "/organizations/acme/pushy/jobs"
TASK = "/orchestrator/v1/command/task"
MIXLIB = ROOT / "Tests/Fixtures/credentials/mixlib.rb"
COMMAND = {"command": "true", "nodes": ["NODE1"]}
EXEC = {"task": "exec", "params": {"command": "true"}, "scope": {"nodes": ["NODE1"]}}
SKEW = 900


def digest(secret):
    return "sha256:" + hashlib.sha256(secret.encode()).hexdigest()


class Office:
    """The secrets of one gateway, and the configuration that knows them."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("rebecca", "mallory", "node"):
            openssl("genrsa", "-out", f"{name}.key", "2048", folder=folder)
            openssl("rsa", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub", folder=folder)
        self.token, self.key, self.viewer, self.bearer = (secrets.token_urlsafe(33) for _ in range(4))
        self.password = secrets.token_hex(12)
        self.secrets = [self.token, self.key, self.viewer, self.bearer, self.password]
        (folder / "api.key").write_text(self.key + "\n")
        (folder / "password").write_text(password_line(self.password) + "\n")
        for name in ("api.key", "password"):
            os.chmod(folder / name, 0o600)

    def configuration(self, text=None):
        text = text or (ROOT / "deploy/dragoman.yaml").read_text()
        for empty in ("users: {}", "clients: {}", "accounts: {}"):
            assert f"\n{empty}\n" in text
            text = text.replace(f"\n{empty}\n", "\n")
        assert "credentials: open" in text
        return text.replace("credentials: open", "credentials: required") + f"""
users:
  rebecca:
    accounts: [acme]
    keys: [{self.folder}/rebecca.pub]
    api-keys: [{self.folder}/api.key]
    password: {self.folder}/password
    permissions: [all]
  reader: {{accounts: [acme], keys: [{self.folder}/mallory.pub], api-keys: ["{digest('reader' + self.key)}"], tokens: ["{digest('reader' + self.bearer)}"], permissions: [read]}}
  operator: {{tokens: ["{digest(self.token)}"], permissions: ["orchestrator:view:*", "tasks:run:exec"]}}
  viewer: {{tokens: ["{digest(self.viewer)}"], permissions: ["orchestrator:view:*"], certificates: [viewer]}}
  machine: {{tokens: [env:BEARER], permissions: [canonical/all]}}
  gone: {{tokens: ["{digest('gone' + self.token)}"], revoked: true, permissions: [all]}}
  outsider: {{accounts: [other], keys: [{self.folder}/mallory.pub]}}
clients:
  node1: {{accounts: [acme], keys: [{self.folder}/node.pub]}}
accounts:
  acme: {{groups: {{admins: {{users: [rebecca]}}}}}}
  empty: {{}}
"""


def password_line(password, iterations=20_000):
    salt = secrets.token_bytes(16)
    found = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    text = [base64.b64encode(part).decode().rstrip("=") for part in (salt, found)]
    return f"$pbkdf2-sha256$i={iterations}${text[0]}${text[1]}"


class Guarded(Gateway):
    def start(self, before=(), **environment):
        super().start(before, BEARER=self.office.bearer, **environment)

    def __init__(self, folder, office, config=None):
        self.office = office
        super().__init__(folder, config=office.configuration(config))

    def send(self, method, path, headers, body=b""):
        """A request with exactly these headers, and the path as it stands."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.putrequest(method, path)
        if body or method == "POST":
            headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders(body or None)
        answer = line.getresponse()
        found = Answer(answer.status, answer.headers, answer.read())
        line.close()
        return found

    def access(self):
        time.sleep(0.3)
        return [json.loads(line) for line in (self.folder / "data/access.log").read_text().splitlines()]

    def audit(self):
        time.sleep(0.3)
        return [json.loads(line) for line in (self.folder / "data/audit.log").read_text().splitlines()]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    found = Guarded(folder, Office(folder))
    yield found
    assert found.stop() == 0, found.log.read_text()


def mixlib(key, calls, user="rebecca"):
    """The headers of Chef's own library for (method, path, body, version, time offset)."""
    order = {"do": "sign", "private": Path(key).read_text(), "calls": [
        {"method": method, "path": path, "body": body.decode(), "user": user, "version": version,
         "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))}
        for method, path, body, version, offset in calls]}
    done = subprocess.run(["ruby", MIXLIB], input=json.dumps(order), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, "needs the Debian package ruby-mixlib-authentication: " + done.stderr
    return json.loads(done.stdout)


def signed(guarded, method, path, body=b"", version="1.1", offset=0, user="rebecca", key="rebecca"):
    return mixlib(guarded.folder / f"{key}.key", [(method, path, body, version, offset)], user)[0]


# Signed headers

@pytest.mark.parametrize("version", ["1.0", "1.1", "1.3"])
def test_what_chefs_own_library_signs_is_accepted(guarded, version):
    body = json.dumps(COMMAND).encode()
    made = guarded.send("POST", PUSHY, signed(guarded, "POST", PUSHY, body, version), body)
    assert made.status == 201, made.body
    path = made.headers["Location"].split("/organizations", 1)[1]
    shown = guarded.send("GET", "/organizations" + path, signed(guarded, "GET", "/organizations" + path, b"", version))
    assert shown.status == 200 and shown.json["command"] == "true"
    query = guarded.send("GET", "/organizations" + path + "?include_file=true", signed(guarded, "GET", "/organizations" + path, b"", version))
    assert query.status == 200


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.3"])
def test_what_was_altered_is_refused(guarded, version):
    body = json.dumps(COMMAND).encode()
    headers = signed(guarded, "POST", PUSHY, body, version)
    before = len(json.loads(guarded.send("GET", PUSHY, signed(guarded, "GET", PUSHY)).body))
    wrong = "Invalid signature for user or client 'rebecca'"

    def refused(says, path=PUSHY, method="POST", body=body, **changes):
        changed = {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}
        answer = guarded.send(method, path, {name: value for name, value in changed.items() if value is not None}, body)
        assert (answer.status, answer.json) == (401, {"error": [says]}), (changes, answer.body)
        assert answer.headers["WWW-Authenticate"] == 'X-Ops-Sign version="1.0" version="1.1"'

    refused(wrong, body=body + b" ")
    refused(wrong, body=body.replace(b"true", b"date"))
    pieces = [name for name in headers if name.startswith("X-Ops-Authorization-")]
    assert len(pieces) == 6
    for name in pieces:
        value = headers[name]
        other = ("A" if value[0] != "A" else "B") + value[1:]
        changed = {**headers, name: other}
        assert guarded.send("POST", PUSHY, changed, body).status == 401
        assert guarded.send("POST", PUSHY, {k: v for k, v in headers.items() if k != name}, body).status == 401
    refused("Failed to authenticate as 'rebeccb'. Ensure that your node_name and client key are correct.", X_Ops_Userid="rebeccb")
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 30))
    refused(wrong, X_Ops_Timestamp=later)
    refused(wrong, X_Ops_Content_Hash="A" * 28)
    get = guarded.send("GET", PUSHY, headers)
    assert get.status == 401
    after = len(json.loads(guarded.send("GET", PUSHY, signed(guarded, "GET", PUSHY)).body))
    assert before == after, "nothing that was refused has run"


def test_clocks(guarded):
    for offset, fine in [(-SKEW + 20, True), (SKEW - 20, True), (-SKEW - 5, False), (SKEW + 5, False)]:
        answer = guarded.send("GET", PUSHY, signed(guarded, "GET", PUSHY, offset=offset))
        assert answer.status == (200 if fine else 401), offset
        if not fine:
            assert answer.json == {"error": ["Failed to authenticate as rebecca. Synchronize the clock on your host."]}
            assert answer.headers["WWW-Authenticate"] is None
    headers = signed(guarded, "GET", PUSHY)
    answer = guarded.send("GET", PUSHY, {**headers, "X-Ops-Timestamp": "yesterday"})
    assert (answer.status, answer.json) == (401, {"error": ["bad header(s) 'X-Ops-Timestamp'"]})


def test_the_order_of_checks_of_signed_requests(guarded):
    """Each request is wrong in several ways; the row that comes first decides."""
    def ask(method, path, headers, body=b""):
        answer = guarded.send(method, path, headers, body)
        return answer.status, answer.json if answer.headers["Content-Type"] == "application/json" else None

    nothing = {}
    assert ask("GET", "/organizations/acme/pushy/nothing", nothing) == (404, None)
    assert ask("PUT", PUSHY, nothing, b"{}") == (405, None)
    assert ask("POST", PUSHY, nothing, b"x" * 1_000_001) == (400, {"error": [
        "missing required authentication header(s) 'X-Ops-UserId', 'X-Ops-Timestamp', 'X-Ops-Sign', 'X-Ops-Content-Hash'"]})
    bad = b'{"command": 1, "nodes": ["NODE1"]}'
    headers = signed(guarded, "POST", PUSHY, bad)
    assert ask("POST", PUSHY, {**headers, "X-Ops-Userid": "", "X-Ops-Sign": "version=9"}, bad) == (
        400, {"error": ["missing required authentication header(s) 'X-Ops-UserId'"]})
    assert ask("POST", PUSHY, {**headers, "X-Ops-Timestamp": "x", "X-Ops-Sign": "version=9"}, bad)[0] == 401
    assert ask("POST", PUSHY, {**headers, "X-Ops-Sign": "version=9"}, bad) == (400, {"error": ["Unsupported authentication protocol version"]})
    assert ask("POST", PUSHY, {**headers, "X-Ops-Userid": "nobody"}, b"x" * 1_000_001) == (
        413, {"error": "JSON must be no more than 1000000 bytes."})
    assert ask("POST", PUSHY, {**headers, "X-Ops-Userid": "nobody"}, bad) == (400, {"error": "invalid command supplied"})
    nowhere = PUSHY.replace("acme", "nowhere")
    assert ask("GET", nowhere, signed(guarded, "GET", PUSHY, user="nobody")) == (404, {"error": ["organization 'nowhere' does not exist."]})
    assert ask("GET", PUSHY, signed(guarded, "GET", "/x", user="nobody")) == (
        401, {"error": ["Failed to authenticate as 'nobody'. Ensure that your node_name and client key are correct."]})
    assert ask("GET", PUSHY, signed(guarded, "GET", "/x", user="outsider")) == (
        403, {"error": ["'outsider' is not associated with organization 'acme'"]})
    assert ask("GET", PUSHY.replace("acme", "empty"), signed(guarded, "GET", "/x")) == (
        403, {"error": ["'rebecca' is not associated with organization 'empty'"]})
    good = json.dumps(COMMAND).encode()
    reader = signed(guarded, "POST", PUSHY, good, user="reader", key="mallory")
    assert ask("POST", PUSHY, {**reader, "Accept": "text/csv", "Content-Type": "text/plain"}, good) == (
        403, {"error": ["User or client 'reader' does not have access to that action on this server."]})
    unknown = PUSHY + "/" + "0" * 32
    assert ask("GET", unknown, {**signed(guarded, "GET", unknown), "Accept": "text/csv"}) == (406, None)
    assert ask("GET", unknown, signed(guarded, "GET", unknown)) == (404, None)
    rebecca = signed(guarded, "POST", PUSHY, good)
    assert ask("POST", PUSHY, {**rebecca, "Content-Type": "text/plain"}, good) == (415, None)


def test_clients_read_and_administrators_write(guarded):
    """Without permissions of one's own the platform's rule holds: everybody of an organization reads."""
    assert guarded.send("GET", PUSHY, signed(guarded, "GET", PUSHY, user="node1", key="node")).status == 200
    body = json.dumps(COMMAND).encode()
    answer = guarded.send("POST", PUSHY, signed(guarded, "POST", PUSHY, body, user="node1", key="node"), body)
    assert (answer.status, answer.json) == (403, {"error": ["User or client 'node1' does not have access to that action on this server."]})


def test_reading_twice_with_one_signature_is_fine(guarded):
    headers = signed(guarded, "GET", PUSHY)
    assert [guarded.send("GET", PUSHY, headers).status for _ in range(3)] == [200, 200, 200]


def test_a_signed_submit_that_was_overheard_is_one_job(guarded):
    def count():
        return len(guarded.send("GET", PUSHY, signed(guarded, "GET", PUSHY)).json)

    before = count()
    body = json.dumps({**COMMAND, "run_timeout": 77}).encode()
    headers = signed(guarded, "POST", PUSHY, body)
    first = guarded.send("POST", PUSHY, headers, body)
    repeats = [guarded.send("POST", PUSHY, headers, body), guarded.send("POST", PUSHY, {**headers, "Idempotency-Key": "other"}, body)]
    for answer in repeats:
        assert (answer.status, answer.json, answer.headers["Location"]) == (201, first.json, first.headers["Location"])
    assert count() == before + 1
    assert guarded.send("POST", PUSHY, {**headers, "Idempotency-Key": "other"}, body + b" ").status == 401
    accepted = [line for line in guarded.audit() if line["outcome"] == "accepted" and line["principal"] == "rebecca"]
    time.sleep(1.1)
    second = guarded.send("POST", PUSHY, signed(guarded, "POST", PUSHY, body), body)
    assert second.json != first.json, "signed again, it is another job"
    assert len([line for line in guarded.audit() if line["outcome"] == "accepted" and line["principal"] == "rebecca"]) == len(accepted) + 1


# Tokens

def token(guarded, **body):
    return guarded.send("POST", "/rbac-api/v1/auth/token", {}, json.dumps(body).encode())


def kind(answer):
    return answer.status, answer.json["kind"]


def test_a_token_is_issued_used_and_expires(guarded):
    made = token(guarded, login="rebecca", password=guarded.office.password, lifetime="2s")
    assert made.status == 200 and set(made.json) == {"token"} and len(made.json["token"]) == 44, made.body
    assert made.headers["Cache-Control"] == "no-store"
    guarded.office.secrets.append(made.json["token"])
    shown = {"X-Authentication": made.json["token"]}
    job = guarded.send("POST", TASK, shown, json.dumps(EXEC).encode())
    assert job.status == 202, job.body
    name = job.json["job"]["name"]
    assert guarded.send("GET", f"/orchestrator/v1/jobs/{name}", shown).json["owner"]["login"] == "rebecca"
    assert guarded.send("GET", f"/orchestrator/v1/jobs/{name}?token={made.json['token']}", {}).status == 200
    time.sleep(2.1)
    answer = guarded.send("GET", f"/orchestrator/v1/jobs/{name}", shown)
    assert kind(answer) == (401, "puppetlabs.rbac/token-expired") and answer.json["msg"] == "The provided token has expired."


def test_a_token_is_issued_to_nobody_else(guarded):
    right = guarded.office.password
    for body in ({"login": "rebecca", "password": right + "x"}, {"login": "nobody", "password": right}, {"login": "viewer", "password": ""}):
        assert kind(token(guarded, **body)) == (401, "puppetlabs.rbac/user-unauthenticated")
    assert kind(token(guarded, login="rebecca")) == (400, "puppetlabs.rbac/schema-violation")
    assert kind(guarded.send("POST", "/rbac-api/v1/auth/token", {}, b"{")) == (400, "puppetlabs.rbac/malformed-request")
    one = token(guarded, login="rebecca", password=right, label="cron")
    assert one.status == 200
    guarded.office.secrets.append(one.json["token"])
    assert kind(token(guarded, login="rebecca", password=right, label="cron")) == (400, "puppetlabs.rbac/schema-violation")


def test_the_loops_go_on_while_passwords_are_hashed(guarded):
    import threading
    threads = [threading.Thread(target=token, args=(guarded,), kwargs={"login": "nobody", "password": "x"}) for _ in range(6)]
    for thread in threads:
        thread.start()
    begin, slowest = time.time(), 0
    while any(thread.is_alive() for thread in threads) and time.time() - begin < 30:
        at = time.time()
        assert guarded.send("GET", "/v1/jobs", {}).status == 401
        slowest = max(slowest, time.time() - at)
    for thread in threads:
        thread.join()
    whole = time.time() - begin
    # Six log-ins hash for more than a second together; a loop that did it would show it, on a slow machine by as much more.
    assert slowest < max(1.0, whole / 2), (slowest, whole)


def test_tokens_and_the_order_of_checks(guarded):
    office = guarded.office
    nobody = (401, "puppetlabs.rbac/user-unauthenticated")
    for method, path in [("GET", "/orchestrator/v1/jobs"), ("GET", "/orchestrator/v1/nothing"), ("PUT", "/orchestrator/v1/jobs"), ("POST", TASK)]:
        answer = guarded.send(method, path, {}, b"{" if method == "POST" else b"")
        assert kind(answer) == nobody and answer.json["msg"] == "Route requires authentication"
    wrong = guarded.send("GET", "/orchestrator/v1/nothing?token=" + office.token, {"X-Authentication": "wrong"})
    assert kind(wrong) == (401, "puppetlabs.rbac/invalid-token"), "the header decides"
    assert kind(guarded.send("GET", "/orchestrator/v1/jobs", {"X-Authentication": "gone" + office.token})) == (401, "puppetlabs.rbac/user-revoked")
    shown = {"X-Authentication": office.viewer}
    assert kind(guarded.send("GET", "/orchestrator/v1/nothing", shown)) == (404, "puppetlabs.orchestrator/not-found")
    assert kind(guarded.send("POST", TASK, shown, b"{")) == (400, "puppetlabs.orchestrator/validation-error")
    denied = guarded.send("POST", TASK, shown, json.dumps(EXEC).encode())
    assert kind(denied) == (403, "puppetlabs.orchestrator/not-permitted")
    assert denied.json["msg"] == "viewer is not permitted to run the task exec"
    own = {"X-Authentication": office.token}
    assert guarded.send("POST", TASK, own, json.dumps(EXEC).encode()).status == 202
    other = json.dumps({**EXEC, "task": "bolt_shim::command"}).encode()
    assert kind(guarded.send("POST", TASK, own, other)) == (403, "puppetlabs.orchestrator/not-permitted")
    deploy = json.dumps({"environment": "production", "scope": {"nodes": ["NODE1"]}}).encode()
    assert kind(guarded.send("POST", "/orchestrator/v1/command/deploy", own, deploy)) == (403, "puppetlabs.orchestrator/not-permitted")
    query = json.dumps({**EXEC, "scope": {"query": ["from", "nodes"]}}).encode()
    assert kind(guarded.send("POST", TASK, own, query)) == (400, "puppetlabs.orchestrator/query-error")
    assert kind(guarded.send("GET", "/orchestrator/v1/jobs", {"X-Authentication": office.key})) == (401, "puppetlabs.rbac/invalid-token")
    quiet = guarded.send("GET", "/orchestrator/v1/jobs", {"x-authentication": office.viewer + "|no_keepalive"})
    assert quiet.status == 200


# Keys and bearers

def basic(text):
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def test_an_api_key_with_its_colon_and_without(guarded):
    key = guarded.office.key
    for good in (basic(key), basic(key + ":")):
        assert guarded.send("GET", "/acme/api/jobs", good).status == 200
    made = guarded.send("POST", "/acme/api/jobs", basic(key), json.dumps({"cluster_id": 52, "package_id": 88}).encode())
    assert made.status == 201, made.body
    for bad in ({}, basic(key + ":x"), basic("x" + key), {"Authorization": "Bearer " + key}, {"Authorization": "Basic !"}):
        for method, path in [("GET", "/acme/api/jobs"), ("GET", "/acme/api/nothing"), ("PUT", "/acme/api/jobs")]:
            answer = guarded.send(method, path, bad)
            assert answer.status == 401 and set(answer.json) == {"message"}, (bad, answer.body)
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="Xplenty"'
    assert guarded.send("GET", "/other/api/jobs", basic(key)).status == 403
    reader = basic("reader" + key)
    assert guarded.send("GET", "/acme/api/jobs", reader).status == 200
    denied = guarded.send("POST", "/acme/api/jobs", reader, b"{")
    assert (denied.status, set(denied.json)) == (403, {"message"}), "before the body is read"
    assert guarded.send("DELETE", f"/acme/api/jobs/{made.json['id']}", reader).status == 403


def test_the_makers_own_client_logs_in(guarded, monkeypatch):
    import xplenty.xplenty_api as api
    from xplenty import XplentyClient
    from xplenty.exceptions import XplentyAPIException
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(api, "API_URL", guarded.url + "/%s/api/")
    client = XplentyClient(account_id="acme", api_key=guarded.office.key)
    job = client.add_job(52, 88)
    assert job.status in ("idle", "pending", "running") and job.id in [item.id for item in client.jobs]
    with pytest.raises(XplentyAPIException, match="API key"):
        XplentyClient(account_id="acme", api_key="wrong").get_job(job.id)


def test_bearers(guarded):
    office = guarded.office
    shown = {"Authorization": "Bearer " + office.bearer}
    assert guarded.send("GET", "/v1/jobs", shown).status == 200
    assert guarded.send("GET", "/v1/nothing", {}).status == 404, "this dialect says so to anybody"
    for bad in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic " + office.bearer}):
        answer = guarded.send("GET", "/v1/jobs", bad)
        assert answer.status == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.dumps({"request": {"work": {"kind": "command", "command": "true"}, "target": {"nodes": ["NODE1"]}}}).encode()
    made = guarded.send("POST", "/v1/jobs", shown, body)
    assert made.status == 201
    reader = {"Authorization": "Bearer reader" + office.bearer}
    assert guarded.send("POST", f"/v1/jobs/{made.json['id']}/stop", reader).status == 403
    denied = guarded.send("POST", "/v1/jobs", reader, body)
    assert denied.status == 403 and denied.json["kind"] == "forbidden"
    # Permissions of one dialect are none of another.
    assert kind(guarded.send("GET", "/orchestrator/v1/jobs", {"X-Authentication": office.bearer})) == (403, "puppetlabs.orchestrator/not-permitted")


# What is written down

def test_logs_and_jobs_say_who_it_was(guarded):
    body = json.dumps(COMMAND).encode()
    made = guarded.send("POST", PUSHY, {**signed(guarded, "POST", PUSHY, body), "X-Request-Id": "known-1"}, body)
    assert made.status == 201
    newest = guarded.send("GET", "/orchestrator/v1/jobs?order=desc&order_by=name&limit=1", {"X-Authentication": guarded.office.viewer})
    assert newest.json["items"][0]["owner"]["login"] == "rebecca"
    guarded.send("POST", PUSHY, {**signed(guarded, "POST", PUSHY, body, user="rebecca", key="mallory"), "X-Request-Id": "forged-1"}, body)
    guarded.send("POST", "/acme/api/jobs", {**basic("reader" + guarded.office.key), "X-Request-Id": "denied-1"}, b"{}")
    access = {line["request"]: line for line in guarded.access()}
    assert access["known-1"]["principal"] == "rebecca"
    assert access["forged-1"]["status"] == 401 and not access["forged-1"].get("principal"), "nobody is named who only says so"
    assert access["denied-1"]["principal"] == "reader" and access["denied-1"]["fault"] == "forbidden"
    audit = {line["request"]: line for line in guarded.audit()}
    assert (audit["known-1"]["principal"], audit["known-1"]["credentials"], audit["known-1"]["outcome"]) == ("rebecca", "signed-headers", "accepted")
    assert audit["denied-1"]["principal"] == "reader" and "forged-1" in audit


def test_no_secret_is_in_any_log_or_metric(guarded):
    office = guarded.office
    for secret in office.secrets:
        guarded.send("GET", f"/orchestrator/v1/jobs?token={secret}&limit=1", {})
        guarded.send("GET", f"/v1/jobs?access_token={secret}", {"Authorization": "Bearer " + secret})
        guarded.send("GET", "/acme/api/jobs", basic(secret))
        guarded.send("GET", "/orchestrator/v1/jobs", {"X-Authentication": secret})
        token(guarded, login="rebecca", password=secret)
    time.sleep(0.5)
    texts = {str(path.relative_to(guarded.folder)): path.read_bytes() for path in [guarded.log, *(guarded.folder / "data").rglob("*")] if path.is_file()}
    texts["metrics"] = guarded.watch("/metrics")[1].encode()
    assert {"log", "data/access.log", "data/audit.log", "data/tokens", "metrics"} <= set(texts)
    for secret in office.secrets:
        for form in (secret.encode(), base64.b64encode(secret.encode()).rstrip(b"="), base64.b64encode(secret.encode() + b":").rstrip(b"=")):
            for name, text in texts.items():
                assert form not in text, f"a secret is in {name}"


# Standing

@pytest.fixture
def own(tmp_path):
    found = Guarded(tmp_path, Office(tmp_path))
    yield found
    assert found.stop() == 0, found.log.read_text()


def hang_up(own):
    count = len(own.said("configuration (taken up|refused)", 0.1))
    own.process.send_signal(signal.SIGHUP)
    end = time.time() + 10
    while len(own.said("configuration (taken up|refused)", 0.1)) == count and time.time() < end:
        time.sleep(0.05)


def test_a_reload_changes_who_may_call_and_keeps_tokens_and_signatures(own):
    made = token(own, login="rebecca", password=own.office.password).json["token"]
    body = json.dumps(COMMAND).encode()
    headers = signed(own, "POST", PUSHY, body)
    first = own.send("POST", PUSHY, headers, body)
    assert first.status == 201
    text = own.config.read_text()
    own.config.write_text(text.replace("permissions: [canonical/all]", "permissions: [canonical/read]"))
    hang_up(own)
    assert own.send("GET", "/orchestrator/v1/jobs", {"X-Authentication": made}).status == 200
    again = own.send("POST", PUSHY, headers, body)
    assert (again.status, again.json) == (201, first.json), "a signature is good for one job"
    bearer = {"Authorization": "Bearer " + own.office.bearer}
    order = {"request": {"work": {"kind": "command", "command": "true"}, "target": {"nodes": ["NODE1"]}}}
    assert own.send("GET", "/v1/jobs", bearer).status == 200
    assert own.send("POST", "/v1/jobs", bearer, json.dumps(order).encode()).status == 403
    own.config.write_text(text.replace("\n  rebecca:\n", "\n  rebecca:\n    revoked: true\n"))
    hang_up(own)
    assert kind(own.send("GET", "/orchestrator/v1/jobs", {"X-Authentication": made})) == (401, "puppetlabs.rbac/user-revoked")
    assert own.send("GET", PUSHY, signed(own, "GET", PUSHY)).status == 401
    own.config.write_text(text.replace("rebecca.pub", "nowhere.pub"))
    hang_up(own)
    refused = own.said("configuration refused")
    assert refused and re.search(r"dragoman\.yaml:\d+:\d+: .*nowhere\.pub", refused[-1])


def test_a_token_outlives_the_server(own):
    made = token(own, login="rebecca", password=own.office.password).json["token"]
    short = token(own, login="rebecca", password=own.office.password, lifetime="1s").json["token"]
    assert oct((own.folder / "data/tokens").stat().st_mode & 0o777) == "0o600"
    time.sleep(1.1)
    own.kill()
    own.start()
    assert own.send("GET", "/orchestrator/v1/jobs", {"X-Authentication": made}).status == 200
    assert own.send("GET", "/orchestrator/v1/jobs", {"X-Authentication": short}).status == 401


def test_a_changed_key_file_is_noticed(own):
    (own.folder / "rebecca.pub").write_bytes((own.folder / "mallory.pub").read_bytes())
    assert own.said("configuration taken up", 10)
    assert own.send("GET", PUSHY, signed(own, "GET", PUSHY, key="mallory")).status == 200
    assert own.send("GET", PUSHY, signed(own, "GET", PUSHY)).status == 401


def test_client_certificates_show_who_one_is(tmp_path):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-subj", "/CN=Test CA", "-days", "2", "-out", "ca.pem", folder=tmp_path)
    for name in ("server", "viewer", "stranger"):
        certificate(tmp_path, name, "localhost")
    text = (ROOT / "deploy/dragoman.yaml").read_text().replace("tls: none", (
        f"tls: {{certificates: [{{chain: {tmp_path}/server.pem, key: {tmp_path}/server.key}}], "
        f"client-certificates: optional, client-ca: {tmp_path}/ca.pem}}"))
    own = Guarded(tmp_path, Office(tmp_path), text)
    try:
        def ask(name=None, method="GET", path="/orchestrator/v1/jobs", body=None, **headers):
            context = ssl.create_default_context(cafile=tmp_path / "ca.pem")
            if name:
                context.load_cert_chain(tmp_path / f"{name}.pem", tmp_path / f"{name}.key")
            line = http.client.HTTPSConnection("localhost", own.port, context=context, timeout=30)
            line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        status, jobs = ask("viewer")
        assert status == 200 and jobs["items"] == []
        assert ask()[1]["kind"] == ask("stranger")[1]["kind"] == "puppetlabs.rbac/user-unauthenticated"
        assert ask("viewer", X_Authentication="wrong")[1]["kind"] == "puppetlabs.rbac/invalid-token", "a token decides"
        status, denied = ask("viewer", "POST", TASK, json.dumps(EXEC), X_Authentication="")
        assert status == 403 and denied["msg"] == "viewer is not permitted to run the task exec"
        assert ask("viewer", path="/v1/jobs")[0] == 401, "only where the dialect takes it"
    finally:
        assert own.stop() == 0


def test_elsewhere_than_on_loopback_credentials_are_required(office):
    text = office.configuration().replace("127.0.0.1:8080", "0.0.0.0:0")
    done = check(office, text)
    assert done.returncode == 0 and "credentials: required" in done.stdout, done.stdout
    done = check(office, text.replace("credentials: required", "credentials: open"))
    assert done.returncode == 1 and "'open' asks nobody" in done.stdout
    done = check(office, (ROOT / "deploy/dragoman.yaml").read_text().replace("credentials: open", "credentials: required"))
    assert done.returncode == 1 and "nobody has any" in done.stdout


def test_a_dialect_that_asks_nobody_is_not_spoken_where_all_are_asked(office):
    folder = office.folder / "mappings"
    folder.mkdir()
    herald = (ROOT / "Tests/Fixtures/fifth/herald.yaml").read_text()
    (folder / "herald.yaml").write_text(re.sub("(?m)^credential: .*\n", "", herald).replace("method, credential,", "method,"))
    text = office.configuration().replace("mappings: none", f"mappings: {folder}")
    done = check(office, text)
    assert done.returncode == 1 and "the dialect 'herald' knows none" in done.stdout, done.stdout
    assert check(office, text.replace("dialects: all", "dialects: [pushy]")).returncode == 0


BROKEN = [
    ("skew: 900", "skew: soon", "skew must be a whole number"), ("skew: 900", "skw: 900", "did you mean 'skew'"),
    ("lifetime: 1h", "lifetime: long", "lifetime is a number followed by"),
    ("api.key]", "ca.none]", "cannot be read"), ("rebecca.pub", "rebecca.key", "a private key stands where a public key belongs"),
    ("permissions: [read]", "permissions: [write]", "'write' is no permission"),
    ("users: [rebecca]", "users: [rebeca]", "'rebeca' does not stand under 'users'"),
    ("env:BEARER", "env:BEARE", "no environment variable BEARE"), ("env:BEARER", "hunter2hunter2", "a token does not stand here"),
    ("revoked: true", "revoked: maybe", "revoked must be true or false"), ("accounts: [other]", "account: [other]", "did you mean 'accounts'"),
    ("  empty: {}", "  empty: {members: []}", "'members' is no key"),
]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


def check(office, text):
    """What `dragoman check` says of a configuration."""
    file = office.folder / "other.yaml"
    file.write_text(text)
    return subprocess.run(
        [DRAGOMAN, "check", "--config", file], capture_output=True, text=True, env={**os.environ, "BEARER": office.bearer}, timeout=60)


@pytest.mark.parametrize("old, new, complaint", BROKEN)
def test_what_is_wrong_with_callers_is_said_with_its_place(office, old, new, complaint):
    text = office.configuration()
    assert old in text
    at = text.rindex(old)
    text = text[:at] + new + text[at + len(old):]
    done = check(office, text)
    assert done.returncode == 1 and complaint in done.stdout, done.stdout
    line = text[:at].count("\n") + 1
    found = re.search(rf"other\.yaml:(\d+):\d+: .*{re.escape(complaint)}", done.stdout)
    assert found and int(found[1]) == line, (line, done.stdout)
    assert "hunter2" not in done.stdout


def test_a_secret_that_everybody_may_read_is_refused(office):
    os.chmod(office.folder / "api.key", 0o644)
    done = check(office, office.configuration())
    os.chmod(office.folder / "api.key", 0o600)
    assert done.returncode == 1 and "may be used by everybody" in done.stdout and "chmod" in done.stdout
    assert office.key not in done.stdout


def test_secrets_are_made_on_the_command_line(dragoman):
    made, line = dragoman("secret", "token").stdout.split()
    assert len(made) == 44 and line == digest(made)
    assert dragoman("secret", "digest", stdin=made + "\n").stdout.strip() == line
    password = dragoman("secret", "password", stdin="correct horse\n").stdout.strip()
    assert re.fullmatch(r"\$pbkdf2-sha256\$i=600000\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}", password)
    assert dragoman("secret", "password", stdin="").returncode == 64
