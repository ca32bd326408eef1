"""kill -9 at each station of a submit: never two jobs, never an acknowledged one unknown, all else found or settled.

MATRIX_ROUNDS says how often each: 2 by default, 100 by hand."""
import http.client
import json
import os
import random
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import pytest

from Stories.conftest import DRAGOMAN

from .columns import Column, side_by_side
from .fronts import Canonical, Server

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


def free_port():
    """One that nobody is given by chance while the gateway is down."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise OSError("no free port")


class Killed(Column):
    """A gateway that dies where it is told to."""

    def __init__(self, folder, back, platform, library):
        admin = free_port()
        super().__init__(folder, back, platform=platform, edit=lambda text: text.replace("127.0.0.1:8081", f"127.0.0.1:{admin}"))
        self.orders, self.library = folder / "orders", library
        self.gateway.stop()
        self.order()
        self.start()

    def order(self, moment="\0", side="\0", count=0):
        with open(self.orders, "r+b" if self.orders.exists() else "wb") as file:
            file.write(struct.pack("<ccxxiii", moment.encode(), side.encode(), count, self.platform.port, 0))

    def start(self):
        self.order()
        self.gateway.start(LD_PRELOAD=str(self.library), KILL_AT=str(self.orders))

    @property
    def met(self):
        return struct.unpack("<ccxxiii", self.orders.read_bytes())[4] == 1

    def post(self, front, day, key):
        """The id of an acknowledged job; None when nobody was told anything."""
        path, body = front.request(day, ["NODE1", "NODE2"], "run-etl")
        headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in front.headers.items()}}
        headers |= {"Idempotency-Key": f'"{key}"'} if key else {}
        try:
            door = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=20)
            door.request("POST", path, json.dumps(body), headers)
            answer = door.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        if answer.status != 201:
            return None
        return json.loads(text).get("id") or json.loads(text)["uri"].rsplit("/", 1)[1]

    def there(self, day):
        """The platform's ids of jobs with this day."""
        return [job["id"] for job in self.platform.control("known") if day in json.dumps(job["request"])]

    def here(self, day):
        return [job for job in self.ask("GET", "/v1/jobs?limit=1000").json["jobs"] if day in json.dumps(job["request"])]

    def settle(self, job, id):
        word = ["--as", id] if id else ["--never-there"]
        subprocess.run([DRAGOMAN, "ledger", "settle", str(job), "--config", self.gateway.config, *map(str, word)],
                       check=True, capture_output=True, timeout=60)


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
        with one.step("the rest is found"):
            end = time.time() + 12
            while time.time() < end and not all(job["phase"] in HUB.words[-1] or not there.there(day)
                                                for day, _ in known for job in there.here(day)):
                time.sleep(0.3)
            for day, _ in known:
                if there.there(day):
                    assert [job["phase"] for job in there.here(day)] == ["succeeded"], (there.here(day), there.there(day))
        with one.step("or settled"):
            for day, _ in known:
                for job in there.here(day):
                    if job["phase"] not in HUB.words[-1]:
                        there.settle(job["id"], next(iter(there.there(day)), None))
            for day, acknowledged in known:
                wanted = ["succeeded"] if there.there(day) else ["rejected"]
                found = [job["phase"] for job in there.here(day)]
                assert found == wanted or not found and not acknowledged and not there.there(day), (day, found, wanted)
            assert "job" not in there.gateway.watch("/jobs-in-doubt")[1].replace("jobs", ""), there.gateway.watch("/jobs-in-doubt")
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
        made = there.there(day)
        assert len(made) <= 1, made
        assert len(there.here(day)) <= 1 and (not made or there.here(day)), "the platform has a job that nobody knows of"
        if acknowledged:
            job = front.job(there, acknowledged)
            assert job.status == 200 and len(made) == 1, (job.status, job.body, made)
    if key:
        with one.step("a repeat with the key"):
            again = there.post(front, day, key)
            assert len(there.there(day)) <= 1, "two jobs"
            assert not acknowledged or again == acknowledged
            acknowledged = acknowledged or again
    known.append((day, acknowledged))
    return met
