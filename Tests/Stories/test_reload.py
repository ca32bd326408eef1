"""A configuration is taken up while the server runs: all of it, or nothing changes."""
import os
import re
import signal
import subprocess
import threading
import time

import pytest

from conftest import PATIENCE, ROOT, Gateway

PUSHY = "/organizations/ORG/pushy/jobs"


@pytest.fixture
def own(tmp_path):
    gateway = Gateway(tmp_path)
    yield gateway
    assert gateway.stop() == 0


def write(gateway, text):
    """As editors and orchestration do: a new file in the old one's place."""
    new = gateway.config.with_suffix(".new")
    new.write_text(text)
    os.replace(new, gateway.config)


def reloaded(gateway, result="ok"):
    return int(gateway.metric("dragoman_configuration_reloads_total", result=result))


def hang_up(gateway, result="ok", seconds=20):
    before = reloaded(gateway, result)
    gateway.process.send_signal(signal.SIGHUP)
    end = time.time() + seconds * PATIENCE
    while reloaded(gateway, result) == before:
        assert time.time() < end, gateway.log.read_text()[-2000:]
        time.sleep(0.01)


def run(gateway, command):
    return gateway.ask("POST", PUSHY, {"command": command, "nodes": ["NODE1"]})


def test_a_new_command_a_new_node_and_a_new_phrase_are_taken_up(own):
    made = run(own, "id -un").json["id"]
    own.until(f"{PUSHY}/{made}", lambda job: job["status"] not in ("voting", "running"))
    assert "nacked" in str(own.ask("GET", f"{PUSHY}/{made}", None, X_Chef_Version="16").json["nodes"])
    text = own.config.read_text()
    text = text.replace("    hostname: hostname\n", "    hostname: hostname\n    id -un: id -un\n")
    text = text.replace("NODE6]", "NODE6, NODE7]")
    write(own, text)
    hang_up(own)
    answer = own.ask("POST", PUSHY, {"command": "id -un", "nodes": ["NODE7"]})
    job = own.until(f"{PUSHY}/{answer.json['id']}", lambda job: job["status"] not in ("voting", "running"))
    assert job["nodes"] == {"complete": ["NODE7"]}


def test_a_changed_file_is_noticed_without_being_told(own):
    write(own, own.config.read_text().replace("level: info", "level: debug"))
    assert own.said("configuration taken up.*file has changed|file has changed.*configuration taken up", 10)


BROKEN = [
    ("data: ", "dta: ", "'dta' is no key"),
    ("credentials: open", "credentials: opn", "'opn'"),
    ("dialects: all", "dialects: all\n    dialect: all", "'dialect' is no key"),
    ("address: 127.0.0.1:0", "address: 127.0.0.1", "is no address"),
    ("address: 127.0.0.1:0", "address: 0.0.0.0:0", "'open' asks nobody"),
    ("loops: cores", "loops: many", "loops"),
    ("loops: cores", "loops: 0", "from 1 to 1024"),
    ("streams: 128", "streams: 0", "streams must be from"),
    ("connections: 20000", "connections: many", "connections"),
    ("output-limit: 1048576", "output-limit: -1", "output-limit"),
    ("[NODE1, NODE2, NODE3]", "[NODE1, NODE99]", "no node 'NODE99'"),
    ("/sleep (\\d{1,4})/", "/sleep (\\d{1,4}/", "cannot be used"),
    ("echo \\1", "echo \\7", "cannot be used"),
    ("level: info", "level: loud", "'loud' is no log level"),
    ("mappings: none", "mappings: ./nowhere", "nowhere"),
    ("retention: none", "retention: {days: -1}", "days must not be negative"),
    ("tls: none", "tls: {certificates: [{chain: ./none.pem, key: ./none.key}]}", "none.pem cannot be read"),
    ("grace: 10", "grace: [", ""),
    ("  nodes: [NODE1", "\tnodes: [NODE1", ""),
    ("public-url: from-host", "public-url: gopher://x", "neither from-host"),
    ("loops: cores", "loops: 77", "loops cannot change"),
    ("access.log", "no/such/folder/access.log", "cannot be opened"),
    ("variables: {job:", "variables: {jb:", "'jb' is no key"),
]


def test_twenty_broken_configurations_change_nothing(own):
    good = own.config.read_text()
    for old, new, why in BROKEN:
        assert old in good, old
        begin = own.log.stat().st_size
        write(own, good.replace(old, new, 1))
        hang_up(own, "refused")
        said = own.log.read_bytes()[begin:].decode()
        assert "the last good one goes on" in said and why in said, (new, said)
        if new not in ("mappings: ./nowhere", "loops: 77", "no/such/folder/access.log"):
            assert re.search(r"dragoman\.yaml:\d+:\d+: ", said), said
        assert run(own, "true").status == 201, new
    assert reloaded(own) == 0
    write(own, good)
    hang_up(own)
    assert own.metric("dragoman_configuration_last_reload_successful") == 1


def test_two_hundred_reloads_under_load_fail_no_request(own):
    made = run(own, "true").json["id"]
    own.until(f"{PUSHY}/{made}", lambda job: job["status"] == "complete")
    text = own.config.read_text()
    reports = []
    done = threading.Event()

    def load(*arguments):
        """Paced at well under what the server can do, from before the first reload until after the last."""
        while not done.is_set():
            ran = subprocess.run(
                ["h2load", *arguments, f"{own.url}{PUSHY}/{made}"], capture_output=True, text=True, timeout=300 * PATIENCE)
            reports.append(ran.stdout)

    callers = [
        threading.Thread(target=load, args=("-n", "2000", "-c", "8", "-m", "4", "--rps", "60")),
        threading.Thread(target=load, args=("--h1", "-n", "2000", "-c", "8", "--rps", "60")),
    ]
    for caller in callers:
        caller.start()
    time.sleep(0.5)
    try:
        for count in range(200 // PATIENCE):
            write(own, text.replace("streams: 128", f"streams: {100 + count}").replace("grace: 10", f"grace: {5 + count % 7}"))
            hang_up(own)
    finally:
        done.set()
        for caller in callers:
            caller.join()
    assert len(reports) > 3
    for report in reports:
        assert "2000 succeeded, 0 failed, 0 errored, 0 timeout" in report, report
        assert "status codes: 2000 2xx, 0 3xx, 0 4xx, 0 5xx" in report, report


def test_listeners_come_and_go(own):
    text = own.config.read_text()
    door = "  - {address: 127.0.0.2:0, credentials: open, dialects: [canonical], public-url: from-host}\n"
    write(own, text.replace("listeners:\n", "listeners:\n" + door))
    hang_up(own)
    import urllib.request
    port = re.search(r"127\.0\.0\.2:(\d+)", own.said("127.0.0.2:.*listening")[0])[1]
    with urllib.request.urlopen(f"http://127.0.0.2:{port}/v1/jobs") as answer:
        assert answer.status == 200
    write(own, text)
    hang_up(own)
    assert own.said("no longer listening")
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.2:{port}/v1/jobs", timeout=2)
    assert own.ask("GET", "/v1/jobs").status == 200


def test_a_new_dialect_is_spoken_after_a_reload(own):
    folder = own.folder / "mappings"
    folder.mkdir()
    write(own, own.config.read_text().replace("mappings: none", f"mappings: {folder}"))
    hang_up(own)
    prefix = "/herald"
    herald = (ROOT / "Tests/Fixtures/fifth/herald.yaml").read_text()
    assert f"{prefix}" in herald
    begin = own.log.stat().st_size
    (folder / "herald.yaml").write_text(herald.replace("documents:", "docments:", 1))
    assert own.said("docments", 10) and own.ask("GET", "/v1/jobs").status == 200
    (folder / "herald.yaml").write_text(herald)
    end = time.time() + 10 * PATIENCE
    while "herald" not in own.watch("/metrics")[1] and time.time() < end:
        time.sleep(0.1)
    assert 'dialect="herald"' in own.watch("/metrics")[1] or own.ask("GET", "/herald").status != 404
    assert begin < own.log.stat().st_size
