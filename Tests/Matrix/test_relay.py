"""A platform that is shown its callers' own credentials, where nothing in them is about the request."""
import base64
import json
import subprocess

import pytest

from Platforms.start import Platform
from Stories.conftest import DRAGOMAN

from .arrangement import configuration
from .columns import Column
from .fronts import Canonical, Orchestrator, Xplenty



def basic(key):
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


CASES = {
    "orchestrator": (Orchestrator(), {"tokens": {"right-token": {"login": "ops"}}}, {"X-Authentication": "right-token"},
                     {"X-Authentication": "wrong-token"}),
    "xplenty": (Xplenty(), {"keys": {"right-key": {"owner_id": 12, "accounts": ["acme"]}}}, {"Authorization": basic("right-key")},
                {"Authorization": basic("wrong-key")}),
}


@pytest.mark.parametrize("back", list(CASES))
def test_the_platform_sees_who_asks(back, tmp_path):
    front, book, right, wrong = CASES[back]
    (tmp_path / "book").write_text(json.dumps(book))
    with Platform(back, credentials=tmp_path / "book") as platform:
        there = Column(tmp_path / "there", back, extra="credential: {scheme: relay}", route=f", dialect: {back}", platform=platform)
        try:
            def ask(method, path, body=None, **headers):
                return there.gateway.ask(method, path, body, **front.headers, **headers)

            request = front.request("1", ["NODE1", "NODE2"], "run-etl")
            for shown in ({}, wrong):
                assert ask("POST", *request, **shown).status == 401
            assert platform.submits == 0
            made = ask("POST", *request, **right)
            id = front.made(made)
            assert platform.submits == 1 and ask("GET", front.path(id), **right).status == 200
            if back == "orchestrator":
                assert ask("GET", front.path(id) + "?token=right-token").status == 200
            assert ask("GET", front.list, **right).status == 200
            # Others have no credential of its own, and are told so; nobody is sent there in their name.
            before = len(platform.requests())
            assert Canonical().job(there.gateway, "1").status in (403, 200)
            assert len(platform.requests()) == before
            text = there.gateway.log.read_text() + "".join(
                path.read_text() for path in (tmp_path / "there").rglob("*.log"))
            assert "right-token" not in text and "right-key" not in text
        finally:
            there.end()


@pytest.mark.parametrize("dialect, route, words", [
    ("pushy@server-2", "{backend: there, dialect: pushy}", "cannot be relayed"),
    ("orchestrator", "{backend: there}", "dialect: orchestrator"),
])
def test_what_cannot_be_relayed_is_refused_at_the_start(dialect, route, words, tmp_path):
    path = tmp_path / "dragoman.yaml"
    path.write_text(configuration({"there": f"""
        dialect: {dialect}
        number: 1
        url: http://127.0.0.1:9
        credential: {{scheme: relay}}
        """}, [route]))
    done = subprocess.run([DRAGOMAN, "check", "--config", path], capture_output=True, text=True)
    assert done.returncode == 1 and words in done.stderr + done.stdout and "dragoman.yaml:" in done.stderr + done.stdout
