"""Somebody adds a platform by writing one YAML file: other paths, two kinds of ids, milliseconds, a stop by GET, errors in
plain text. No Swift knows of it."""
import json
import shutil
import time

import pytest

from conftest import ROOT, Gateway


@pytest.fixture(scope="module")
def herald(tmp_path_factory):
    folder = tmp_path_factory.mktemp("herald")
    (folder / "mappings").mkdir()
    shutil.copy(ROOT / "Tests/Fixtures/fifth/herald.yaml", folder / "mappings")
    config = (ROOT / "deploy/dragoman.yaml").read_text().replace("mappings: none", f"mappings: {folder / 'mappings'}")
    gateway = Gateway(folder, config)
    yield gateway
    assert gateway.stop() == 0


def test_an_errand_runs(herald):
    before = time.time() * 1000
    answer = herald.ask("POST", "/herald/errands", {"words": "echo hello", "houses": ["NODE1", "NODE2"], "patience": 60})
    assert answer.status == 202
    ticket = answer.json
    assert set(ticket) == {"number", "token"} and len(ticket["token"]) == 32
    by_number, by_token = f"/herald/errands/{ticket['number']}", f"/herald/errands/{ticket['token']}"
    assert answer.headers["Location"] == herald.url + by_number
    errand = herald.until(by_number, lambda errand: errand["standing"] == "DONE")
    assert errand == herald.ask("GET", by_token).json, "both ids are the same errand"
    assert errand["errand"] == {"number": ticket["number"], "token": ticket["token"], "words": "echo hello", "patience_ms": 60}
    assert errand["tally"] == {"FINE": 2} and errand["houses"][0]["answer"] == 0
    assert before - 5 <= errand["given"] <= errand["left"] <= errand["back"] <= time.time() * 1000 + 5
    assert isinstance(errand["back"], int)


def test_everybody_else_reads_it_and_the_other_way_round(herald):
    ticket = herald.ask("POST", "/herald/errands", {"words": "hostname", "houses": ["NODE3"]}).json
    herald.until(f"/herald/errands/{ticket['number']}", lambda errand: errand["standing"] == "DONE")
    pushy = herald.ask("GET", f"/organizations/ORG/pushy/jobs/{ticket['token']}").json
    assert pushy["nodes"] == {"complete": ["NODE3"]} and pushy["command"] == "hostname"
    assert herald.ask("GET", f"/orchestrator/v1/jobs/{ticket['number']}").json["state"] == "finished"
    made = herald.ask("POST", "/organizations/ORG/pushy/jobs", {"command": "false", "nodes": ["NODE1"]}).json["id"]
    errand = herald.until(f"/herald/errands/{made}", lambda errand: errand["standing"] not in ("HEARD", "QUEUED", "OUT"))
    assert errand["standing"] == "BOTCHED" and errand["houses"][0]["standing"] == "BAD"


def test_the_list_and_the_calling_off(herald):
    ticket = herald.ask("POST", "/herald/errands", {"words": "sleep 100", "houses": ["NODE4"]}).json
    path = f"/herald/errands/{ticket['token']}"
    herald.until(path, lambda errand: errand["standing"] == "OUT")
    page = herald.ask("GET", "/herald/errands?first=0&most=1").json
    assert page["first"] == 0 and [item["errand"]["token"] for item in page["errands"]] == [ticket["token"]]
    assert herald.ask("GET", path + "/call-off").json["standing"] == "RECALLED"
    herald.until(path, lambda errand: errand["standing"] == "CALLED_OFF")
    late = herald.ask("GET", path + "/call-off")
    assert late.status == 410 and late.headers["Content-Type"] == "text/plain" and late.body.startswith(b"too late: ")


def test_it_complains_in_plain_text(herald):
    for method, path, body, status, text in [
            ("GET", "/herald/nothing", None, 404, b"nowhere: "), ("PUT", "/herald/errands", {}, 405, b"not like that: "),
            ("GET", "/herald/errands/99999", None, 404, b"no such errand: "), ("GET", "/herald/errands/-", None, 400, b"that is no errand: "),
            ("POST", "/herald/errands", {"houses": ["a"]}, 400, b"not so: what shall be done"),
            ("POST", "/herald/errands", {"words": "true", "houses": ["a"], "x": 1}, 400, b"not so: nobody asked for that"),
            ("POST", "/herald/errands", b"{", 400, b"unreadable: ")]:
        answer = herald.ask(method, path, body)
        assert (answer.status, answer.body[:len(text)]) == (status, text), (path, answer.body)
    form = herald.ask("POST", "/herald/errands", b"words=true&houses[]=NODE1", Content_Type="application/x-www-form-urlencoded")
    assert form.status == 202, form.body


def test_translated_on_paper(dragoman):
    job = (ROOT / "Tests/Fixtures/seeds/pushy-job.json").read_text()
    there = dragoman("translate", "--mappings", ROOT / "Tests/Fixtures/fifth", "--from", "pushy", "--to", "herald", stdin=job)
    assert json.loads(there.stdout)["tally"] == {"BUSY": 2, "FINE": 3, "GONE": 1}
    assert json.loads(there.stdout)["errand"]["token"] == json.loads(job)["id"]
    assert "run.dir: dropped, a bearer goes where he is sent" in there.stderr
