"""Long lists: jobs that are at home since before the gateway came, in pages or without, beside jobs that run elsewhere."""
import json
import socket
import time

import pytest

from Platforms.start import Platform
from Stories.conftest import Gateway

from .arrangement import configuration
from .columns import LIVES, NODES
from .fronts import Canonical, Orchestrator, Server, Xplenty

MANY = 10_000
REQUESTS = {
    "xplenty": {"package_id": 88, "cluster_id": 52, "variables": {}},
    "pushy": {"command": "run-etl old", "nodes": ["NODE1"]},
    "orchestrator": {"environment": "production", "task": "etl", "params": {"day": "old"}, "scope": {"nodes": ["NODE1"]}},
}
PROFILES = {"pushy": "@server-2", "xplenty": "@v2", "orchestrator": ""}
ORCHESTRATOR, XPLENTY = Orchestrator(), Xplenty()


def seconds(kind):
    return {"outcome": "succeeds", "times": {"accepted": 0, "waiting": 0, "running": 1}}


class Site:
    """A gateway in front of platforms; the first one is home to the callers of `dialect`."""

    def __init__(self, folder, dialect, backs, routes=()):
        self.platforms = {back: Platform(back) for back in backs}
        if "orchestrator" in self.platforms:
            self.platforms["orchestrator"].control("set", nodes=NODES)
        backends = {
            back: f"dialect: {back}{PROFILES[back]}\nnumber: {number}\nurl: {platform.url}\naccount: acme"
            for number, (back, platform) in enumerate(self.platforms.items(), 1)}
        self.home = self.platforms[backs[0]]
        homes = f"homes: {{{dialect}: {backs[0]}}}\n" if dialect else ""
        folder.mkdir(exist_ok=True)
        self.gateway = Gateway(folder, configuration(backends, routes or [f"{{backend: {backs[-1]}}}"], extra=homes))

    def old(self, count, **more):
        kind = next(name for name, platform in self.platforms.items() if platform is self.home)
        return [str(id) for id in self.home.control(
            "jobs", count=count, request=REQUESTS[kind], age=86400 * 2, **seconds(kind), **more)]

    def asked(self, pattern):
        return [r for p in self.platforms.values() for r in p.requests() if pattern in f"{r['method']} {r['target']}"]

    def end(self):
        code = self.gateway.stop()
        for platform in self.platforms.values():
            platform.end()
        assert code == 0, self.gateway.log.read_text()[-3000:]


@pytest.fixture
def site(tmp_path):
    made = []

    def make(*words, **more):
        made.append(Site(tmp_path / "site", *words, **more))
        return made[-1]

    yield make
    for one in made:
        one.end()


def first_piece(gateway, path):
    """What came first, and how long the whole was in coming: a socket, since clients wait for more."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as door:
        door.sendall(f"GET {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n".encode())
        first = door.recv(65536)
        yield first
        rest = first
        while piece := door.recv(1 << 20):
            rest += piece
        yield rest


def test_ten_thousand_jobs_of_a_home_with_pages(site):
    there = site("orchestrator", ["xplenty"])
    ids = there.old(MANY)
    there.gateway.ask("GET", "/orchestrator/v1/jobs?limit=1")
    there.home.control("clear")
    before = there.gateway.rss()
    pieces = first_piece(there.gateway, "/orchestrator/v1/jobs")
    assert next(pieces).startswith(b"HTTP/1.1 200")
    assert len(there.asked("GET /acme/api/jobs")) < MANY / 100, "the first piece waits for the last page"
    whole = next(pieces)
    assert whole.endswith(b"0\r\n\r\n") and whole.count(b'"name":"') >= MANY
    assert there.gateway.rss() - before < 40, "a list is not kept in memory"
    jobs = there.gateway.ask("GET", "/orchestrator/v1/jobs").json
    assert [job["name"] for job in jobs["items"]] == ids and jobs["pagination"]["total"] == MANY
    assert {job["state"] for job in jobs["items"]} == {"finished"}
    part = there.gateway.ask("GET", "/orchestrator/v1/jobs?limit=3&offset=250&order=desc&order_by=name").json["items"]
    assert [job["name"] for job in part] == ids[::-1][250:253]
    # What the list names can be asked for, by the same name.
    assert ORCHESTRATOR.job(there.gateway, ids[7]).json["name"] == ids[7]


def test_ten_thousand_jobs_of_a_home_without_pages(site):
    """Its ids do not fit the callers' grammar: they get numbers, which stay."""
    there = site("orchestrator", ["pushy"])
    ids = there.old(MANY)
    before = there.gateway.rss()
    jobs = there.gateway.ask("GET", "/orchestrator/v1/jobs").json
    assert len({job["name"] for job in jobs["items"]}) == MANY == jobs["pagination"]["total"]
    assert there.gateway.rss() - before < 80
    name = jobs["items"][17]["name"]
    there.home.control("clear")
    job = ORCHESTRATOR.job(there.gateway, name).json
    assert job["name"] == name and job["state"] == "finished"
    [asked] = [r for r in there.asked("GET /organizations/acme/pushy/jobs/") if "output" not in r["target"]][:1]
    assert asked["target"].rsplit("/", 1)[1] in ids
    there.gateway.stop()
    there.gateway.start()
    assert [job["name"] for job in there.gateway.ask("GET", "/orchestrator/v1/jobs").json["items"]] == [
        job["name"] for job in jobs["items"]]
    assert ORCHESTRATOR.job(there.gateway, name).json["name"] == name


def test_two_backends_in_one_list(site):
    """Old jobs at home, new ones elsewhere: one order, one set of pages, no job twice and none missing."""
    there = site("orchestrator", ["orchestrator", "xplenty"])
    old = there.old(2000)
    new = [ORCHESTRATOR.made(ORCHESTRATOR.submit(there.gateway, f"{day}")) for day in range(30)]
    whole = there.gateway.ask("GET", "/orchestrator/v1/jobs").json
    names = [job["name"] for job in whole["items"]]
    assert names == old + new and whole["pagination"]["total"] == len(names)
    assert [int(name) for name in new] == list(range(int(old[-1]) + 1, int(old[-1]) + 31)), "clients count jobs by their numbers"
    paged = []
    for offset in range(0, 2100, 300):
        paged += there.gateway.ask("GET", f"/orchestrator/v1/jobs?limit=300&offset={offset}").json["items"]
    assert [job["name"] for job in paged] == names
    newest = there.gateway.ask("GET", "/orchestrator/v1/jobs?limit=31&order=desc&order_by=name").json["items"]
    assert [job["name"] for job in newest] == new[::-1] + old[-1:]
    assert there.gateway.ask("GET", "/orchestrator/v1/jobs?offset=5000").json["items"] == []
    # Each is answered by its owner.
    assert ORCHESTRATOR.job(there.gateway, old[3]).json["state"] == "finished"
    there.platforms["xplenty"].until(lambda state: state["submits"] == 30)
    # The home's own words go through as they are.
    own = json.loads(json.dumps(next(job for job in whole["items"] if job["name"] == old[5])))
    direct = Orchestrator().ask(Direct(there.home), "GET", f"/orchestrator/v1/jobs?limit=1&offset=5").json["items"][0]
    assert json.dumps(own).replace(there.gateway.url, "") == json.dumps(direct).replace(there.home.url, "")


class Direct:
    """A platform asked without a gateway."""

    def __init__(self, platform):
        self.port = platform.port
        self.url = platform.url

    ask = Gateway.ask


def test_numbers_have_no_gaps_wherever_jobs_run(site):
    """Half of the jobs run at home; some are made there past the gateway, under numbers that have been given already."""
    there = site("orchestrator", ["orchestrator", "xplenty"], routes=["{work: etl_nowhere, backend: xplenty}", "{backend: orchestrator}"])
    old = there.old(20)
    made = []
    for day in range(12):
        work = "etl-nowhere" if day % 2 else "run-etl"
        made.append(ORCHESTRATOR.made(ORCHESTRATOR.submit(
            there.gateway, f"{day}", nodes=["DONKEY"] if day % 2 else ["NODE1", "NODE2"], work=work)))
    numbers = sorted(int(name) for name in made)
    assert numbers == list(range(int(old[-1]) + 1, int(old[-1]) + 13)) and [str(n) for n in numbers] == made
    past = there.old(2)

    def listed():
        return [job["name"] for job in there.gateway.ask("GET", "/orchestrator/v1/jobs").json["items"]]

    whole = sorted(map(int, listed()))
    assert whole == list(range(int(old[0]), int(old[0]) + 34)), (whole, past)
    for name in made:
        job = ORCHESTRATOR.job(there.gateway, name).json
        assert job["name"] == name and job["id"].endswith("/" + name)
        assert job["options"]["task"] == ("etl_nowhere" if (int(name) - int(made[0])) % 2 else "etl")
    there.gateway.stop()
    there.gateway.start()
    assert sorted(map(int, listed())) == whole
    last = ORCHESTRATOR.made(ORCHESTRATOR.submit(there.gateway, "last"))
    assert int(last) == whole[-1] + 1
    # A submit in doubt is a job, and has a number.
    there.home.control("fault", mode="close-after-work", method="POST", times=1)
    assert ORCHESTRATOR.submit(there.gateway, "doubt").status == 500
    there.gateway.said("in doubt")
    assert int(listed()[-1]) == int(last) + 1 == max(map(int, listed()))


def test_pushy_callers_see_old_and_new(site):
    there = site("pushy", ["pushy", "orchestrator"])
    old, front = there.old(500), Server()
    new = [front.made(front.submit(there.gateway, f"{day}")) for day in range(5)]
    assert sorted(front.listed(there.gateway)) == sorted(old + new)


def test_pushy_callers_with_a_home_of_numbers(site):
    there = site("pushy", ["xplenty"])
    old, front = there.old(250), Server()
    listed = list(front.listed(there.gateway))
    assert len(set(listed)) == 250 and all(len(id) == 32 for id in listed)
    assert front.job(there.gateway, listed[9]).json["id"] == listed[9]
    assert f"/acme/api/jobs/{old[9]}" in str(there.asked("GET /acme/api/jobs/"))


@pytest.mark.parametrize("back", ["orchestrator", "xplenty", "pushy"])
def test_many_open_jobs_are_not_asked_for_one_by_one(site, back):
    there = site(None, [back])
    there.home.control("fate", jobs=None, outcome="hangs")
    front = Canonical()
    ids = [front.made(front.submit(there.gateway, f"{day}")) for day in range(60)]
    there.home.control("clear")
    end = time.time() + 30
    while set(front.listed(there.gateway).values()) != {"running"}:
        assert time.time() < end, front.listed(there.gateway)
        time.sleep(0.2)
    there.home.control("clear")
    assert sorted(front.listed(there.gateway)) == sorted(ids)
    asked = there.asked("GET")
    assert len(asked) <= 2, [r["target"] for r in asked]


def test_a_home_that_breaks_off_is_seen(site):
    """A list that has begun and cannot be finished ends in an error, never as a shorter list."""
    there = site("orchestrator", ["xplenty"])
    there.old(3000)
    there.home.control("fault", mode="error", status=500, path="offset=2500")
    pieces = first_piece(there.gateway, "/orchestrator/v1/jobs")
    assert next(pieces).startswith(b"HTTP/1.1 200")
    assert not next(pieces).endswith(b"0\r\n\r\n")
    there.home.control("heal")
    there.home.control("fault", mode="error", status=500, path="offset=0")
    assert there.gateway.ask("GET", "/orchestrator/v1/jobs").status in (500, 503)


def test_long_lists_of_open_jobs_are_as_the_platform_has_them(site):
    """More than one portion, more than one page: each job is as it is now, in either order."""
    there = site("xplenty", ["orchestrator"])
    there.home.control("fate", jobs=None, outcome="hangs", times=LIVES)
    front = Canonical()
    ids = [front.made(front.submit(there.gateway, f"{day}")) for day in range(300)]
    time.sleep(1)
    for order in ("asc", "desc"):
        jobs = there.gateway.ask("GET", f"/v1/jobs?limit=1000&order={order}").json["jobs"]
        assert len(jobs) == len(ids) and {job["phase"] for job in jobs} == {"running"}


def test_ten_thousand_jobs_of_two_backends(site):
    there = site("orchestrator", ["orchestrator", "xplenty"])
    old = there.old(MANY)
    new = [ORCHESTRATOR.made(ORCHESTRATOR.submit(there.gateway, f"{day}")) for day in range(5)]
    there.home.control("clear")
    before = there.gateway.rss()
    pieces = first_piece(there.gateway, "/orchestrator/v1/jobs")
    assert next(pieces).startswith(b"HTTP/1.1 200")
    assert len(there.asked("GET /orchestrator/v1/jobs")) < MANY / 500, "the first piece waits for the last page"
    assert next(pieces).endswith(b"0\r\n\r\n") and there.gateway.rss() - before < 40
    jobs = there.gateway.ask("GET", "/orchestrator/v1/jobs").json
    assert [job["name"] for job in jobs["items"]] == old + new and jobs["pagination"]["total"] == len(old + new)


def test_a_list_asked_again_says_what_is_so_now(site):
    """Jobs are not written anew for each list: how long they have been running, what has ended, and who asks, shows all the same."""
    there, canonical = site(None, ["xplenty"]), Canonical()
    there.home.control("fate", jobs=None, outcome="hangs", times=LIVES)
    ids = [ORCHESTRATOR.made(ORCHESTRATOR.submit(there.gateway, f"{day}")) for day in range(6)]

    def listed():
        return {job["name"]: job for job in there.gateway.ask("GET", "/orchestrator/v1/jobs").json["items"]}

    def wait_for(states):
        end = time.time() + 20
        while (found := {name: job["state"] for name, job in listed().items()}) != states:
            assert time.time() < end, (found, states)
            time.sleep(0.1)

    wait_for({name: "running" for name in ids})
    first, canon = listed(), canonical.listed(there.gateway)
    time.sleep(0.2)
    for name, job in listed().items():
        assert float(job.pop("duration")) > float(first[name].pop("duration"))
        assert job == first[name] and ORCHESTRATOR.job(there.gateway, name).json["name"] == name
    assert set(canon.values()) == {"running"} and canonical.listed(there.gateway) == canon
    assert ORCHESTRATOR.stop(there.gateway, ids[2]).status in (200, 202)
    wait_for({name: "stopped" if name == ids[2] else "running" for name in ids})
    ended = listed()[ids[2]]
    assert ended == listed()[ids[2]] and ended["finished_timestamp"]
