"""TLS on both sides: who the platform is, who the gateway is, and HTTP/2 to the caller."""
import json
import subprocess

import pytest

from Platforms import keys

from .columns import Column, side_by_side
from .fault_rows import NONSENSE, SLOW, UNREACHABLE, shape
from .fronts import FRONTS, Documented

TABLE = "TLS to the platform: front → orchestrator"


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    made = {name: keys.authority(folder, name) for name in ("ca", "stranger")}
    cert, key = made["elsewhere"] = folder / "elsewhere.crt", folder / "elsewhere.key"
    keys.run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", 2, "-subj", "/CN=elsewhere",
             "-addext", "subjectAltName=DNS:elsewhere.example.com")
    return made


def tls(authority, client=None, host=None):
    parts = [f"ca: {authority[0]}"] + ([f"server-name: {host}"] if host else []) + ([f"chain: {client[0]}", f"key: {client[1]}"] if client else [])
    return f"tls: {{{', '.join(parts)}}}"


def test_both_show_their_certificates(papers, tmp_path, trial):
    there = Column(tmp_path, "orchestrator", extra=tls(papers["ca"], papers["ca"]), tls=papers["ca"], client_ca=papers["ca"][0])

    def whole(front, one):
        with one.step("submit, poll, list"):
            id = there.submit(front, "succeeds")
            there.until_over(front, id)
            assert front.success(there, id) and id in front.listed(there)

    try:
        side_by_side(whole, [(front, trial(TABLE, front.name)) for front in FRONTS])
    finally:
        there.end()


@pytest.mark.parametrize("name, trusted, shown, fits", [
    ("another's certificate", "stranger", "ca", [UNREACHABLE]),
    ("no certificate of ours", "ca", None, [UNREACHABLE, NONSENSE, SLOW]),
    ("a stranger's certificate of ours", "ca", "stranger", [UNREACHABLE, NONSENSE, SLOW])])
def test_strangers(name, trusted, shown, fits, papers, tmp_path, trial):
    refused(name, fits, papers["ca"], tls(papers[trusted], papers[shown] if shown else None), papers, tmp_path, trial)


def refused(name, fits, shown, extra, papers, tmp_path, trial):
    there = Column(tmp_path, "orchestrator", extra=extra, tls=shown, client_ca=papers["ca"][0])
    try:
        for index, front in enumerate(FRONTS):
            with trial(TABLE, front.name).step(name):
                answer = front.submit(there, f"stranger-{index}")
                assert shape(front, answer) in [row[front.name] for row in fits], (answer.status, answer.body)
                assert there.platform.submits == 0
    finally:
        there.end()


def test_another_hosts_certificate(papers, tmp_path, trial):
    """Of an authority that is trusted, but for another name; with that name expected it is right."""
    name, key = "elsewhere.example.com", papers["elsewhere"]
    refused("another host's certificate", [UNREACHABLE], key, tls(key, papers["ca"]), papers, tmp_path / "wrong", trial)
    there = Column(tmp_path / "right", "orchestrator", extra=tls(key, papers["ca"], name), tls=key, client_ca=papers["ca"][0])
    try:
        for front in FRONTS:
            with trial(TABLE, front.name).step("the name that is expected"):
                there.submit(front, "expected")
    finally:
        there.end()


@pytest.mark.parametrize("http", ["--http1.1", "--http2"])
def test_tls_on_both_sides(http, papers, tmp_path, trial):
    """curl in front, with the wire's own word for the version of HTTP."""
    cert, key = papers["ca"]
    door = f"tls: {{certificates: [{{chain: {cert}, key: {key}}}]}}"
    there = Column(tmp_path, "orchestrator", extra=tls(papers["ca"]), tls=papers["ca"],
                   edit=lambda text: text.replace("tls: none", door))

    def curl(path, *more):
        done = subprocess.run(["curl", "-sS", http, "--cacert", cert, "-w", "\n%{http_version} %{http_code}", *more,
                               f"https://127.0.0.1:{there.gateway.port}{path}"], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        body, _, last = done.stdout.rpartition("\n")
        return body, last

    try:
        with trial(TABLE, "pushy documented-2").step(f"caller over {http[2:]} with TLS"):
            path, body = Documented().request("succeeds", ["NODE1"], "run-etl")
            made, last = curl(path, "-H", "Content-Type: application/json", "-d", json.dumps(body))
            assert last == ("2 201" if http == "--http2" else "1.1 201"), (last, made)
            there.platform.until(lambda state: state["submits"] == 1)
            end, seen = 100, ""
            while "complete" not in seen and (end := end - 1):
                seen, last = curl(f"{path}/{json.loads(made)['id']}")
            assert json.loads(seen)["nodes"] == {"complete": ["NODE1"]} and last.endswith("200")
    finally:
        there.end()
