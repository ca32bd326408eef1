"""A client that nobody here wrote drives the gateway: the xplenty package of the platform's own makers."""
import time

import xplenty.xplenty_api as api
from xplenty import XplentyClient
from xplenty.exceptions import XplentyAPIException

import pytest


@pytest.fixture
def client(gateway, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(api, "API_URL", gateway.url + "/%s/api/")
    return XplentyClient(account_id="acme", api_key="KEY123")


def over(client, number):
    end = time.time() + 15
    while time.time() < end:
        job = client.get_job(number)
        if job.status in ("completed", "failed", "stopped"):
            return job
        time.sleep(0.1)
    raise AssertionError(f"{number} is still {job.status}")


def test_the_xplenty_client_runs_a_job_to_its_end(client):
    job = client.add_job(52, 434, {"DAY": "'2026-11-01'"}, {})
    assert job.status in ("idle", "pending", "running") and job.variables == {"DAY": "'2026-11-01'"}
    done = over(client, job.id)
    assert (done.status, done.progress, done.package_id, done.cluster_id) == ("completed", 1.0, 434, 52)
    assert done.created_at <= done.started_at <= done.completed_at and done.failed_at is None
    assert job.id in [item.id for item in client.jobs]


def test_the_xplenty_client_is_told_of_faults_in_its_own_words(client):
    with pytest.raises(XplentyAPIException, match="Item not found"):
        client.get_job(999_999)
    job = client.add_job(52, 88)
    over(client, job.id)
    with pytest.raises(XplentyAPIException, match="is over"):
        client.stop_job(job.id)


def test_the_xplenty_client_stops_a_job(gateway, client):
    body = {"task": "exec", "params": {"command": "sleep 60"}, "scope": {"nodes": ["NODE5"]}}
    number = int(gateway.ask("POST", "/orchestrator/v1/command/task", body).json["job"]["name"])
    gateway.until(f"/acme/api/jobs/{number}", lambda job: job["status"] == "running")
    assert client.stop_job(number)["status"] == "pending_stoppage"
    assert over(client, number).status == "stopped"


def test_nothing_of_the_key_is_in_the_log(gateway, client):
    client.add_job(52, 88)
    text = gateway.log.read_text()
    assert "principal=key-" in text and "KEY123" not in text and "S0VZMTIz" not in text
