"""The gateway's own credentials at each platform: right ones are taken, wrong ones are no fault of the caller's."""
import json

import pytest

from Platforms import keys

from .columns import LIVES, Column
from .fronts import FRONTS
from .test_faults import NONSENSE, shape

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
    there = Column(tmp_path / "right-one", back, extra=right, credentials=tmp_path / "book")
    trials = [trial(TABLE, f"{front.name} → {name}") for front in FRONTS]
    try:
        made = {}
        for front, one in zip(FRONTS, trials):
            with one.step("right: submit"):
                made[front] = front.made(front.submit(there, f"right-{len(made)}"))
        for front, one in zip(FRONTS, trials):
            with one.step("right: poll"):
                assert front.success(there, made[front]) or there.until_over(front, made[front])
                assert front.success(there, made[front])
        if back == "orchestrator" or back == "xplenty":
            stopping(there, trials)
    finally:
        there.end()
    for number, line in enumerate(wrong):
        there = Column(tmp_path / f"wrong-{number}", back, extra=line, credentials=tmp_path / "book")
        try:
            for index, (front, one) in enumerate(zip(FRONTS, trials)):
                with one.step("wrong: no fault of the caller's"):
                    answer = front.submit(there, f"wrong-{index}")
                    assert shape(front, answer) == NONSENSE[front.name], (answer.status, answer.body)
                    assert there.platform.submits == 0
        finally:
            there.end()


def stopping(there, trials):
    """A stop is signed, too."""
    for index, (front, one) in enumerate(zip(FRONTS, trials)):
        if front.stops:
            with one.step("right: stop"):
                there.platform.control("fate", outcome="hangs", times=LIVES)
                id = front.made(front.submit(there, f"stop-{index}"))
                assert front.stop(there, id).status in (200, 202)
