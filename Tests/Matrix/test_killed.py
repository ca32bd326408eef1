"""kill -9 at each station of a submit: never two jobs, never an acknowledged one unknown, all else found or settled.

MATRIX_ROUNDS says how often each: 2 by default, 100 by hand."""
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import pytest

from Stories.conftest import DRAGOMAN

from .columns import side_by_side
from .fronts import Canonical, Server
from .killed import Killed

TABLE = "kill -9 of the gateway: platform, station"
ROUNDS = int(os.environ.get("MATRIX_ROUNDS", "2"))
STATIONS = {  # moment, before or after it, how many of them (see kill-at.c)
    "before the intent": ("s", "<", 1), "after the intent": ("s", ">", 1), "before the second sync": ("s", "<", 2),
    "after the second sync": ("s", ">", 2), "after the third sync": ("s", ">", 3), "after the fourth sync": ("s", ">", 4),
    "after sending headers": ("h", ">", 1), "after sending the body": ("b", ">", 1),
    "after the answer arrived": ("r", ">", 1), "before the answer left": ("c", "<", 1), "after the answer left": ("c", ">", 1)}
HUB = Canonical()


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    made = tmp_path_factory.mktemp("preload") / "kill-at.so"
    subprocess.run([shutil.which("cc") or "clang", "-shared", "-fPIC", "-O1", "-o", made,
                    Path(__file__).with_name("kill-at.c")], check=True, timeout=60)
    return made


@pytest.mark.parametrize("back", ["xplenty", "pushy"] + ["orchestrator"] * (ROUNDS > 2))
def test_killed_at_every_station(back, library, tmp_path, column, trial):
    platform = column(back, "counting").platform
    side_by_side(station, [(name, back, platform, library, tmp_path / name.replace(" ", "-"), trial(TABLE, f"{back}, {name}"))
                           for name in STATIONS])


def station(name, back, platform, library, folder, one):
    there, known, reached = Killed(folder, back, platform, library), [], 0
    try:
        for number in range(ROUNDS):
            reached += kill_once(there, STATIONS[name], number, known, one)
        one.results.note(TABLE, one.row, "reached", "ok" if reached else "not possible: never got there")
        days = [day for day, _ in known]
        with one.step("the rest is found"):
            end = time.time() + 12
            while time.time() < end and any(ids and job["phase"] not in HUB.words[-1]
                                            for jobs, ids in there.look(*days).values() for job in jobs):
                time.sleep(0.3)
            for jobs, ids in there.look(*days).values():
                if ids:
                    assert [job["phase"] for job in jobs] == ["succeeded"], (jobs, ids)
        with one.step("or settled"):
            for jobs, ids in there.look(*days).values():
                for job in jobs:
                    if job["phase"] not in HUB.words[-1]:
                        there.settle(job["id"], next(iter(ids), None))
            end = time.time() + 8
            while time.time() < end and any(job["phase"] not in HUB.words[-1]
                                            for jobs, _ in there.look(*days).values() for job in jobs):
                time.sleep(0.3)
            seen = there.look(*days)
            for day, acknowledged in known:
                jobs, ids = seen[day]
                found, wanted = [job["phase"] for job in jobs], ["succeeded"] if ids else ["rejected"]
                assert found == wanted or not found and not acknowledged and not ids, (day, found, wanted)
            doubts = there.gateway.watch("/jobs-in-doubt")[1]
            assert json.loads(doubts) == [], doubts
    finally:
        there.platform = None
        there.end()
    with one.step("ledger check"):
        done = subprocess.run([DRAGOMAN, "ledger", "check", folder / "data/ledger.sqlite"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def kill_once(there, order, number, known, one):
    """One round; even ones have an Idempotency-Key and are repeated after the kill."""
    front, key = (HUB, f"{uuid4()}") if number % 2 == 0 else (Server(), None)
    day = f"{uuid4()}"
    there.order(*order)
    acknowledged = there.post(front, day, key)
    met = there.met or there.gateway.process.poll() is not None
    there.gateway.kill()
    there.start()
    with one.step("never two, never unknown"):
        jobs, made = there.look(day)[day]
        assert len(made) <= 1, made
        assert len(jobs) <= 1 and (not made or jobs), "the platform has a job that nobody knows of"
        if acknowledged:
            job = front.job(there, acknowledged)
            assert job.status == 200 and len(made) == 1, (job.status, job.body, made)
    if key:
        with one.step("a repeat with the key"):
            again = there.post(front, day, key)
            assert len(there.look(day)[day][1]) <= 1, "two jobs"
            assert not acknowledged or again == acknowledged
            acknowledged = acknowledged or again
    known.append((day, acknowledged))
    return met
