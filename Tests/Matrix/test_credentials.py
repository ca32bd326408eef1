"""The gateway's own credentials at each platform: right ones are taken, wrong ones are no fault of the caller's."""
import json

import pytest

from Platforms import keys
from Platforms.start import Platform

from .columns import Column, side_by_side
from .fault_rows import NONSENSE, shape
from .fronts import FRONTS

TABLE = "Credentials to platforms: front → platform"


def secret(folder, name, text):
    path = folder / name
    path.write_text(text)
    path.chmod(0o600)
    return path


def pushy(folder, version="1.1"):
    private, public = keys.rsa(folder, "right")
    wrong, _ = keys.rsa(folder, "wrong")
    book = {"principals": {"dragoman": [{"type": "user", "public_key": public}]},
            "organizations": {"acme": {"members": ["dragoman"]}}}
    line = "credential: {{scheme: signed-headers, user: {}, key: {}, version: \"" + version + "\"}}"
    right = secret(folder, "right.key", private)
    return book, line.format("dragoman", right), [
        line.format("dragoman", secret(folder, "wrong.key", wrong)), line.format("nobody", right)]


def orchestrator(folder):
    book = {"tokens": {"right-token": {"login": "ops"}, "old-token": {"login": "ops", "state": "expired"}}}
    line = "credential: {{scheme: token, token: {}}}"
    return book, line.format(secret(folder, "right", "right-token\n")), [
        line.format(secret(folder, "wrong", "wrong-token\n")), line.format(secret(folder, "old", "old-token\n")), ""]


def xplenty(folder):
    book = {"keys": {"right-key": {"owner_id": 12, "accounts": ["acme"]}}}
    line = "credential: {{scheme: basic-key, key: {}}}"
    return book, line.format(secret(folder, "right", "right-key\n")), [
        line.format(secret(folder, "wrong", "wrong-key\n")), ""]


PLATFORMS = {"pushy 1.0": lambda folder: pushy(folder, "1.0"), "pushy 1.1": pushy, "pushy 1.3": lambda folder: pushy(folder, "1.3"),
             "orchestrator": orchestrator, "xplenty": xplenty}


@pytest.mark.parametrize("name", list(PLATFORMS))
def test_credentials(name, tmp_path, trial):
    back = name.split()[0]
    book, right, wrong = PLATFORMS[name](tmp_path)
    (tmp_path / "book").write_text(json.dumps(book))
    trials = {front.name: trial(TABLE, f"{front.name} → {name}") for front in FRONTS}
    with Platform(back, credentials=tmp_path / "book") as platform:
        there = Column(tmp_path / "right-one", back, extra=right, platform=platform)
        try:
            side_by_side(taken, [(there, front, trials[front.name]) for front in FRONTS])
        finally:
            there.gateway.stop()
        submits = platform.submits
        for number, line in enumerate(wrong):
            there = Column(tmp_path / f"wrong-{number}", back, extra=line, platform=platform)
            try:
                side_by_side(refused, [(there, front, trials[front.name]) for front in FRONTS])
            finally:
                there.gateway.stop()
        assert platform.submits == submits


def taken(there, front, one):
    with one.step("right: submit"):
        id = there.submit(front, "right")
    with one.step("right: poll"):
        there.until_over(front, id)
        assert front.success(there, id)
    if front.stops and there.back != "pushy":
        with one.step("right: stop"):
            id = there.submit(front, "stopped", {"outcome": "hangs"})
            assert front.stop(there, id).status in (200, 202)


def refused(there, front, one):
    with one.step("wrong: no fault of the caller's"):
        answer = front.submit(there, f"wrong-{front.name.replace(' ', '-')}")
        assert shape(front, answer) == NONSENSE[front.name], (answer.status, answer.body)
