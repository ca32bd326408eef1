"""The xplenty client of the platform's own makers (PyPI, 3.0.0) runs its packages on an orchestrator, and cannot tell."""
import json
import secrets
import time

import pytest
import xplenty.xplenty_api as api
from xplenty import XplentyClient
from xplenty.exceptions import XplentyAPIException

from .columns import LIVES
from .guarded import digest, guarded

KEY = secrets.token_hex(16)
OVER = ("completed", "failed", "stopped")


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    found = guarded(tmp_path_factory.mktemp("xplenty-client"), "orchestrator",
                    f'users: {{etl: {{accounts: [acme], api-keys: ["{digest(KEY)}"]}}}}\n')
    yield found
    found.end()


@pytest.fixture
def client(there, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(api, "API_URL", there.gateway.url + "/%s/api/")
    return XplentyClient(account_id="acme", api_key=KEY)


def run(there, client, day, outcome="succeeds", **times):
    """The client's job, after the platform was seen to have one more, and only one."""
    there.platform.control("fate", jobs=None, outcome=outcome, times={**LIVES, **times})
    before = there.platform.submits
    job = client.add_job(52, 88, {"DAY": day}, {})
    assert there.platform.submits == before + 1
    assert (job.package_id, job.cluster_id, job.variables) == (88, 52, {"DAY": day})
    return job


def until(client, id, *words):
    end = time.time() + 20
    while (job := client.get_job(id)).status not in words:
        assert time.time() < end, f"{id} is still {job.status}"
        time.sleep(0.1)
    return job


def on_the_platform(there, day):
    """The orchestrator's own record of the day's job."""
    found, = [job for job in there.platform.control("known") if job["request"]["params"] == {"day": day}]
    return found


def test_a_job_that_succeeds(there, client):
    job = run(there, client, "monday")
    assert job.status in ("idle", "pending", "running")
    job = until(client, job.id, *OVER)
    assert (job.status, job.progress, job.failed_at, job.errors) == ("completed", 1.0, None, None), vars(job)
    assert job.created_at <= job.started_at <= job.completed_at
    task = on_the_platform(there, "monday")
    assert task["word"] == "finished"
    assert (task["request"]["task"], task["request"]["scope"]) == ("etl", {"nodes": ["NODE1", "NODE2"]})


def test_a_job_that_fails(there, client):
    job = until(client, run(there, client, "tuesday", "fails").id, *OVER)
    assert (job.status, job.errors) == ("failed", "failed on NODE1, NODE2"), vars(job)
    assert job.failed_at == job.completed_at is not None
    assert on_the_platform(there, "tuesday")["word"] == "failed"


def test_a_job_that_is_stopped(there, client):
    stops = there.platform.stops
    job = run(there, client, "wednesday", running=1.5)  # what runs there may finish; nothing new begins
    until(client, job.id, "running")
    assert client.stop_job(job.id)["status"] == "pending_stoppage"
    assert there.platform.stops == stops + 1
    assert until(client, job.id, *OVER).status == "stopped"
    task = on_the_platform(there, "wednesday")
    assert task["word"] == "stopped"
    stop, = [one for one in there.platform.requests() if one["target"].endswith("/command/stop")]
    assert json.loads(stop["body"])["job"] == str(task["id"])
    with pytest.raises(XplentyAPIException, match="is over"):
        client.stop_job(job.id)
    assert there.platform.stops == stops + 1


def test_the_list_has_each_job_as_it_is(there, client):
    good, bad = run(there, client, "thursday"), run(there, client, "friday", "fails")
    ends = {job.id: until(client, job.id, *OVER).status for job in (good, bad)}
    assert ends == {good.id: "completed", bad.id: "failed"}
    listed = {job.id: job for job in client.jobs}
    assert {id: listed[id].status for id in ends} == ends
    assert (listed[good.id].package_id, listed[good.id].cluster_id, listed[good.id].progress) == (88, 52, 1.0)
    assert list(listed) == sorted(listed, reverse=True), "newest first"


def test_each_side_has_its_own_credential(there, client):
    run(there, client, "saturday")
    before = there.platform.submits
    for key in ("wrong", KEY[:-1], KEY.upper()):
        other = XplentyClient(account_id="acme", api_key=key)
        for ask in (lambda: other.add_job(52, 88, {"DAY": "sunday"}), lambda: other.jobs, lambda: other.get_job(1)):
            with pytest.raises(XplentyAPIException):
                ask()
    with pytest.raises(XplentyAPIException):
        XplentyClient(account_id="other", api_key=KEY).jobs
    assert there.platform.submits == before
    sent = there.platform.requests()
    assert {value for one in sent for name, value in one["headers"] if name.lower() == "x-authentication"} == {"right-token"}
    assert not any(name.lower() == "authorization" for one in sent for name, _ in one["headers"])
    assert KEY not in json.dumps(sent) and KEY not in there.gateway.log.read_text()
