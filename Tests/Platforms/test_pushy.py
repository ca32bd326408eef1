"""The push server's own ways: shapes, votes, checks in their order, signatures, feeds."""
import json
import time
from datetime import datetime, timezone

import pytest

from . import signing
from .asking import ask
from .keys import rsa
from .start import Platform
from .test_platforms import until

JOBS = "/organizations/acme/pushy/jobs"


@pytest.fixture(scope="module")
def server():
    with Platform("pushy") as p:
        yield p


def start(p, **body):
    answer = ask(p, "POST", JOBS, {"command": "chef-client", "nodes": ["n1", "n2"], **body}, Host="chef.site.test")
    assert answer.status == 201, answer.body
    return JOBS + "/" + (answer.json.get("uri") or answer.json["id"])[-32:]


def end(p, path):
    return until(p, path, "status", {"complete", "quorum_failed", "timed_out", "crashed", "aborted"})


def test_a_server_answers_with_a_uri_alone(server):
    answer = ask(server, "POST", JOBS, {"command": "", "nodes": ["n1"]}, Host="chef.site.test:443", X_Forwarded_Proto="https")
    assert list(answer.json) == ["uri"] and answer.headers["Location"] == answer.json["uri"]
    assert answer.json["uri"].startswith("https://chef.site.test/organizations/acme/pushy/jobs/")
    assert b" " not in answer.body


def test_the_groups_and_the_options(server):
    path = start(server, env={}, capture_output=False, file="raw:x")
    document = end(server, path)
    assert list(document) == ["nodes", "id", "command", "status", "run_timeout", "created_at", "updated_at", "env",
                              "file_specified"]
    assert document["nodes"] == {"succeeded": ["n1", "n2"]} and document["run_timeout"] == 3600
    listed = next(one for one in ask(server, "GET", JOBS).json if one["id"] == document["id"])
    assert "nodes" not in listed and ask(server, "GET", path, Accept="text/html").status == 406


def test_quorum(server):
    nodes = ["n1", "DONKEY"]
    assert end(server, start(server, nodes=nodes))["nodes"] == {"was_ready": ["n1"], "unavailable": ["DONKEY"]}
    assert end(server, start(server, nodes=nodes, quorum=1))["nodes"] == {"succeeded": ["n1"], "unavailable": ["DONKEY"]}
    assert end(server, start(server, nodes=["DONKEY"], quorum=0))["status"] == "complete"
    assert end(server, start(server, quorum=999))["status"] == "quorum_failed"


def test_ends_that_are_not_good(server):
    server.control("fate", nodes={"n1": {"end": "failed"}, "n2": "crashed"})
    document = end(server, start(server))
    assert (document["status"], document["nodes"]) == ("complete", {"failed": ["n1"], "crashed": ["n2"]})
    server.control("fate", outcome="hangs")
    document = end(server, start(server, run_timeout=0))
    assert (document["status"], document["nodes"]) == ("timed_out", {"timed_out": ["n1", "n2"]})
    server.control("fate", outcome="rejected")
    assert end(server, start(server))["nodes"] == {"nacked": ["n1", "n2"]}
    server.control("fate", outcome="server crashes")
    assert end(server, start(server))["status"] == "crashed"


def test_output(server):
    server.control("fate", nodes={"*": {"stdout": "hé\n", "stderr": ""}})
    path = start(server, capture_output=True)
    end(server, path)
    answer = ask(server, "GET", path + "/output/n1/stdout", Accept="application/octet-stream")
    assert answer.body.decode() == "hé\n" and answer.headers["Content-Type"] == "application/octet-stream"
    assert ask(server, "GET", path + "/output/n2/stderr").body == b""
    assert ask(server, "GET", path + "/output/n1/stdout", Accept="application/json").status == 406
    assert ask(server, "GET", path + "/output/n9/stdout").status == 404
    without = start(server)
    end(server, without)
    assert ask(server, "GET", without + "/output/n1/stdout").status == 404


@pytest.mark.parametrize("body, text", [
    ([], "an unknown validation error has occurred"),
    ({"nodes": ["n1"]}, "invalid command supplied"),
    ({"command": None, "nodes": []}, "invalid command supplied"),
    ({"command": "x", "nodes": []}, "at least one node must be supplied"),
    ({"command": "x", "nodes": ["n1"], "quorum": "1"}, "invalid type supplied for quorum (expected a number)"),
    ({"command": "x", "nodes": ["n1"], "run_timeout": True}, "invalid type supplied for run_timeout (expected a number)"),
    ({"command": "x", "nodes": ["n1"], "env": {"a": 1}}, "an unknown validation error has occurred"),
    ({"command": "x", "nodes": ["n1"], "capture_output": 1}, "invalid type supplied for capture_output (expected a boolean)"),
    ({"command": "x", "nodes": ["n1"], "colour": 1}, "invalid key supplied"),
    (b'{"command":"x","nodes":["n1"],"env":{"a":"1","a":"2"}}', "invalid environment value (duplicate key)"),
    ({"command": "x", "nodes": ["n1"], "file": "RAW:x"}, "invalid file contents (expected 'base64:...' or 'raw:...')"),
    ({"command": "x", "nodes": ["n1"], "file": "base64:*"}, "invalid file contents (couldn't decode base64 string)"),
])
def test_what_a_body_is_refused_for(server, body, text):
    answer = ask(server, "POST", JOBS, body)
    assert (answer.status, answer.json) == (400, {"error": text})


def test_errors_that_are_pages_and_errors_that_are_odd(server):
    for method, path, status in [("GET", "/nowhere", 404), ("GET", JOBS + "/not_a_number", 404), ("PUT", JOBS + "/1", 405)]:
        answer = ask(server, method, path)
        assert answer.status == status and b"webmachine" in answer.body and answer.headers["Content-Type"] == "text/html"
    assert ask(server, "DELETE", JOBS).headers["Allow"] == "POST, GET"
    assert ask(server, "POST", JOBS, b"{").status == 500
    assert ask(server, "POST", JOBS, {"command": "x", "nodes": ["n1", "n1"]}).status == 500
    big = ask(server, "POST", JOBS, {"command": "x", "nodes": ["n1"], "file": "raw:" + "x" * 100_001})
    assert big.status == 400 and big.json["error"][:3] == [105, 110, 118] and [49, 48, 48, 48, 48, 48] in big.json["error"]
    huge = ask(server, "POST", JOBS, b"x" * 1_000_001)
    assert (huge.status, huge.json) == (413, {"error": "JSON must be no more than 1000000 bytes."})
    assert "Content-Type" not in huge.headers
    assert ask(server, "POST", JOBS, {"command": "x", "nodes": ["n1"]}, Content_Type="text/plain").status == 415


def test_version_1_knows_four_keys_and_fewer_paths():
    with Platform("pushy", variant="server-1") as p:
        answer = ask(p, "POST", JOBS, {"command": "x", "nodes": ["n1"], "env": {}})
        assert (answer.status, answer.json) == (400, {"error": "invalid key supplied"})
        assert rb"\/organizations\/" in ask(p, "POST", JOBS, {"command": "x", "nodes": ["n1"]}).body
        assert ask(p, "GET", "/organizations/acme/pushy/job_status_feed").status == 404


def test_documented_words():
    with Platform("pushy", variant="documented-2") as p:
        p.control("fate", nodes={"n1": {"end": "failed"}})
        answer = ask(p, "POST", JOBS, {"command": "x", "nodes": ["n1", "n2"]})
        assert list(answer.json) == ["id"]
        assert end(p, f"{JOBS}/{answer.json['id']}")["nodes"] == {"crashed": ["n1"], "complete": ["n2"]}


def test_nodes_and_the_server_itself(server):
    listed = ask(server, "GET", "/organizations/acme/pushy/node_states").json
    assert {"node_name": "n1", "availability": "available"} in listed
    assert ask(server, "GET", "/organizations/acme/pushy/node_states/NOBODY").json == {
        "node_name": "NOBODY", "status": "offline", "availability": "unavailable"}
    status = ask(server, "GET", "/pushy/_status").json
    assert status["status"] == "it's alive" and status["node_fsm_count"] == len(listed)


# Signatures

def now(shift=0):
    return datetime.fromtimestamp(time.time() + shift, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    key, public = rsa(folder, "alice")
    other, other_public = rsa(folder, "other", 3072)
    book = {"principals": {"alice": [{"type": "client", "public_key": other_public}, {"type": "user", "public_key": public}],
                           "bob": [{"type": "user", "public_key": public}], "eve": [{"type": "user", "public_key": public}]},
            "organizations": {"acme": {"members": ["alice", "bob"], "groups": {
                "pushy_job_writers": {"users": [], "groups": ["crew"]}, "crew": {"users": ["alice"]}}}}}
    (folder / "book.json").write_text(json.dumps(book))
    with Platform("pushy", credentials=folder / "book.json") as p:
        p.key, p.other = key, other
        yield p


def sign(p, version, user="alice", method="POST", path=JOBS, body=b'{"command":"x","nodes":["n1"]}', shift=0, change=(),
         key=None):
    headers = signing.headers(key or p.key, version, method, path, body, now(shift), user)
    headers = {k: v for k, v in {**headers, **dict(change)}.items() if v is not None}
    if method == "POST":
        headers["Content-Type"] = "application/json"
    return ask(p, method, path, body or None, **headers)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
def test_a_good_signature_and_an_altered_one(signed, version):
    assert sign(signed, version).status == 201
    assert sign(signed, version, method="GET", body=b"").status == 200
    assert sign(signed, version, user="alice", key=signed.other).status == 403  # a client of that name, in no group
    bad = sign(signed, version, change={"X-Ops-Authorization-2": None})
    assert (bad.status, bad.json) == (401, {"error": ["Invalid signature for user or client 'alice'"]})
    assert bad.headers["WWW-Authenticate"] == 'X-Ops-Sign version="1.0" version="1.1"'
    assert sign(signed, version, change={"X-Ops-Timestamp": now(-9)}).status == 401


def test_who_and_when(signed):
    for change, status, text in [
        ({"X-Ops-Sign": None, "X-Ops-Userid": ""}, 400,
         "missing required authentication header(s) 'X-Ops-UserId', 'X-Ops-Sign'"),
        ({"X-Ops-Sign": "algorithm=sha256; version=1.3"}, 400, "Unsupported authentication protocol version"),
        ({"X-Ops-Timestamp": "2026-11-22 10:15:30"}, 401, "bad header(s) 'X-Ops-Timestamp'"),
    ]:
        answer = sign(signed, "1.3", change=change)
        assert (answer.status, answer.json) == (status, {"error": [text]})
    assert sign(signed, "1.1", shift=-800).status == 201
    assert sign(signed, "1.1", shift=3600).json == {
        "error": ["Failed to authenticate as alice. Synchronize the clock on your host."]}
    assert sign(signed, "1.1", user="nobody").json == {
        "error": ["Failed to authenticate as 'nobody'. Ensure that your node_name and client key are correct."]}
    assert sign(signed, "1.1", user="eve").json == {"error": ["'eve' is not associated with organization 'acme'"]}
    assert sign(signed, "1.1", user="bob").status == 403 and sign(signed, "1.1", "bob", "GET", body=b"").status == 200
    assert sign(signed, "1.1", path="/organizations/other/pushy/jobs").status == 404
    assert sign(signed, "1.1", body=b"[]").status == 400 and ask(signed, "GET", "/pushy/_status").status == 200
    assert sign(signed, "1.1", body=b"[]", change={"X-Ops-Authorization-1": "x"}).status == 400  # the body comes first


# Feeds

def events(text):
    return [(dict(line.split(": ", 1) for line in block.split("\n")))
            for block in text.decode().split("\n\n") if block and not block.startswith(":")]


def test_the_feed_of_a_job_live_and_afterwards(server):
    server.control("fate", nodes={"n2": {"end": "failed"}})
    path = start(server)
    feed = path.replace("/jobs/", "/job_status_feed/")
    answer = ask(server, "GET", feed, Accept="text/event-stream")
    assert answer.headers["Content-Type"] == "text/event-stream" and answer.body.endswith(b"\n\n")
    told = events(answer.body)
    assert [e["event"] for e in told] == ["start", "quorum_vote", "quorum_vote", "quorum_succeeded", "run_start", "run_start",
                                          "run_complete", "run_complete", "job_complete"]
    stamps = [json.loads(e["data"])["timestamp"] for e in told]
    assert stamps == sorted(set(stamps)) and [e["id"] for e in told] == [f"job-{n}" for n in range(1, 10)]
    assert "env" not in json.loads(told[0]["data"]) and json.loads(told[0]["data"])["quorum"] == 2
    again = ask(server, "GET", feed, Last_Event_ID="job-7")
    assert [e["id"] for e in events(again.body)] == ["job-8", "job-9"] and not again.body.endswith(b"\n")
    server.control("set", linger=0)
    summary, = events(ask(server, "GET", feed).body)
    server.control("set", linger=5)
    assert summary["event"] == "summary" and json.loads(summary["data"])["nodes"] == {"succeeded": ["n1"], "failed": ["n2"]}
    assert ask(server, "GET", feed + "0").status == 404 and ask(server, "GET", feed, Accept="application/json").status == 406
