"""Xplenty's own ways: four encodings, two versions, pages, stops, keys — and the published Python client."""
import base64
import json
import time

import pytest
import xplenty
from xplenty import xplenty_api
from xplenty.exceptions import XplentyAPIException

from .asking import ask
from .start import Platform
from .test_platforms import until

JOBS = "/acme/api/jobs"
FORM = "application/x-www-form-urlencoded"
OVER = {"completed", "failed", "stopped"}


@pytest.fixture(scope="module")
def api():
    with Platform("xplenty") as p:
        yield p


def run(p, **more):
    answer = ask(p, "POST", JOBS, {"cluster_id": 52, "package_id": 88, **more})
    assert answer.status == 201, answer.body
    return f"{JOBS}/{answer.json['id']}"


@pytest.mark.parametrize("path, kind, body", [
    ("", "application/json", b'{"cluster_id":52,"package_id":88,"variables":{"A":"x y"}}'),
    ("", "application/vnd.xplenty+json", b'{"job":{"id":0,"cluster_id":"52","package_id":88,"variables":{"A":"x y"}}}'),
    ("", FORM, b"job[cluster_id]=52&job[package_id]=88&job[variables][A]=x y"),
    ("", FORM, b"job%5Bcluster_id%5D=52&job%5Bjob_id%5D=88&job%5Bvariables%5D%5BA%5D=x+y"),
    ("?job%5Bcluster_id%5D=52&job%5Bpackage_id%5D=88&job%5Bvariables%5D%5BA%5D=x+y", None, None),
])
def test_a_run_in_every_encoding(api, path, kind, body):
    answer = ask(api, "POST", JOBS + path, body, **({"Content-Type": kind} if kind else {}))
    assert answer.status == 201 and answer.json["status"] == "idle"
    assert (answer.json["cluster_id"], answer.json["package_id"], answer.json["variables"]) == (52, 88, {"A": "x y"})


def test_a_job_of_version_2(api):
    job = run(api)
    document = until(api, job, "status", OVER)
    assert document["progress"] == 1.0 and document["errors"] is None and document["outputs"] == []
    assert document["log_url"] == document["url"] + "/log" and document["creator"]["type"] == "User"
    assert "html_url" not in ask(api, "GET", job, Accept="application/vnd.xplenty+json; version=1").json
    for accept in ("application/vnd.xplenty+json, version=2", "application/vnd.xplenty+json version=2", "*/*"):
        assert "html_url" in ask(api, "GET", job, Accept=accept).json
    assert ask(api, "GET", job, Accept="text/html").status == 406
    assert ask(api, "GET", job + "?include=cluster,package").json["cluster"]["name"] == "nightly"
    assert ask(api, "GET", job + "/variables").json == {"DAY": "'2026-01-01'"}
    assert ask(api, "GET", job + "/log").json["url"] == document["log_url"]


def test_failures(api):
    api.control("fate", outcome="fails")
    document = until(api, run(api), "status", OVER)
    assert document["failed_at"] == document["completed_at"] and document["errors"] == "Package failed to execute."
    api.control("fate", outcome="rejected")
    document = until(api, run(api), "status", OVER)
    assert (document["started_at"], document["progress"], document["runtime_in_seconds"]) == (None, 0.0, 0)
    assert until(api, run(api, cluster_id=55), "status", OVER)["errors"].startswith("Specified cluster")
    assert until(api, run(api, cluster_id=54), "status", {"pending"})


def test_queued_is_pending_in_version_1(api):
    api.control("fate", outcome="queued", queued=5)
    job = run(api)
    until(api, job, "status", {"queued"})
    assert ask(api, "GET", job, Accept="application/vnd.xplenty+json; version=1").json["status"] == "pending"


def test_stop_once(api):
    api.control("fate", outcome="hangs", times={"pending_stoppage": 0.5, "stopping": 2})
    job = run(api)
    until(api, job, "status", {"running"})
    answer = ask(api, "DELETE", job)
    assert (answer.status, answer.json["status"]) == (200, "pending_stoppage")
    assert ask(api, "DELETE", job).status == 422
    until(api, job, "status", {"stopping"})
    document = until(api, job, "status", {"stopped"})
    assert document["completed_at"] and document["failed_at"] is None
    assert ask(api, "DELETE", job).status == 422 and ask(api, "DELETE", JOBS + "/1").status == 404


def test_lists():
    with Platform("xplenty") as p:
        first = p.control("jobs", count=150)[0]
        page = ask(p, "GET", JOBS)
        assert [one["id"] for one in page.json] == list(range(first + 149, first + 129, -1))
        assert page.headers["Link"] == f'<{p.url}{JOBS}?offset=20&limit=20>; rel="next"'
        assert len(ask(p, "GET", JOBS + "?limit=1000").json) == 100 and ask(p, "GET", JOBS + "?offset=150").json == []
        assert ask(p, "GET", JOBS + "?direction=asc&limit=1&sort=created_at").json[0]["id"] == first
        assert ask(p, "GET", JOBS + "?status=running").json == []
        assert len(ask(p, "GET", JOBS + "?status=completed&limit=100&offset=100").json) == 50
        newest = ask(p, "GET", JOBS + "?limit=10&sort=updated").json
        assert len(ask(p, "GET", f"{JOBS}?since={newest[4]['updated_at']}").json) == 5


def test_errors_and_the_rate(api):
    for body in ({}, {"cluster_id": 52}, {"cluster_id": 99, "package_id": 88}, {"cluster_id": 52, "package_id": "x"},
                 {"cluster_id": 52, "package_id": 88, "variables": {"A": []}}):
        answer = ask(api, "POST", JOBS, body)
        assert answer.status == 422 and list(answer.json) == ["message"]
    assert ask(api, "POST", JOBS, b"{", Content_Type="application/json").status == 400
    assert ask(api, "POST", JOBS, b"<a/>", Content_Type="text/xml").status == 415
    for method, path in (("PUT", JOBS), ("GET", "/"), ("GET", JOBS + "/x"), ("GET", "/acme/api/nothing")):
        assert ask(api, method, path).json == {"message": "Item not found."}
    api.control("set", rate_remaining=1)
    assert ask(api, "GET", JOBS).headers["X-RateLimit-Remaining"] == "0"
    answer = ask(api, "GET", JOBS)
    assert (answer.status, answer.json) == (429, {"message": "Rate Limit Exceeded"})
    assert ask(api, "GET", "/acme/api/rate_limit_status").json == {"limits": {"limit": 5000, "remaining": 0}}
    api.control("set", rate_remaining=5000)


def test_keys_with_and_without_the_colon(tmp_path):
    (tmp_path / "book.json").write_text(json.dumps({"keys": {"KEY123": {"owner_id": 12, "accounts": ["acme"]}}}))
    with Platform("xplenty", credentials=tmp_path / "book.json") as p:
        basic = lambda text: "Basic " + base64.b64encode(text).decode()
        assert ask(p, "GET", JOBS, Authorization=basic(b"KEY123")).status == 200
        assert ask(p, "GET", JOBS, Authorization=basic(b"KEY123:")).status == 200
        for wrong in (basic(b"KEY124:"), "Basic *", "Bearer KEY123", ""):
            assert ask(p, "GET", JOBS, Authorization=wrong).status == 401
        assert ask(p, "GET", JOBS).headers["WWW-Authenticate"]
        assert ask(p, "GET", "/other/api/jobs", Authorization=basic(b"KEY123")).status == 404


def test_the_published_python_client(tmp_path, monkeypatch):
    (tmp_path / "book.json").write_text(json.dumps({"keys": {"KEY123": {"owner_id": 12, "accounts": ["acme"]}}}))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Platform("xplenty", credentials=tmp_path / "book.json") as p:
        monkeypatch.setattr(xplenty_api, "API_URL", p.url + "/%s/api/")
        client = xplenty.XplentyClient(account_id="acme", api_key="KEY123")
        assert [one.name for one in client.clusters][-1] == "nightly" and client.get_package(88).name == "etl"
        job = client.add_job(52, 88, {"DAY": "'x'"}, {})
        assert job.status == "idle" and job.created_at.year >= 2026
        deadline = time.monotonic() + 5
        while client.get_job(job.id).status != "completed":
            assert time.monotonic() < deadline
        assert client.get_job(job.id).progress == 1.0 and [one.id for one in client.jobs] == [job.id]
        p.control("fate", outcome="hangs")
        held = client.add_job(52, 88)
        assert client.stop_job(held.id)["status"] == "pending_stoppage"
        with pytest.raises(XplentyAPIException):
            client.stop_job(held.id)
        assert int(client.account_limits.limit) == 5000 and client.schedules == []
        wrong = xplenty.XplentyClient(account_id="acme", api_key="nobody")
        with pytest.raises(XplentyAPIException, match="401|nvalid"):
            wrong.jobs
        assert (p.submits, p.stops) == (2, 1)
