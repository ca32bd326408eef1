"""The command line, as a new user meets it."""
import itertools
import json

import pytest

from conftest import ROOT, SEEDS

JOBS = {"pushy": "pushy-job.json", "orchestrator": "orchestrator-job.json", "xplenty": "xplenty-job.json"}


@pytest.mark.parametrize("source, target", itertools.product(["pushy", "orchestrator", "xplenty", "canonical"], repeat=2))
def test_every_pair_translates_the_seeds_documents(dragoman, source, target):
    for dialect, name in JOBS.items():
        if source == "canonical":
            made = dragoman("translate", "--from", dialect, "--to", "canonical", SEEDS / name)
            done = dragoman("translate", "--from", "canonical", "--to", target, stdin=made.stdout)
        elif source == dialect:
            done = dragoman("translate", "--from", source, "--to", target, SEEDS / name)
        else:
            continue
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)
        strict = dragoman("translate", "--strict", "--from", source, "--to", target,
                          stdin=made.stdout if source == "canonical" else (SEEDS / name).read_text())
        assert strict.returncode == (3 if done.stderr else 0)
        assert strict.stdout == done.stdout and strict.stderr == done.stderr
        if target == "canonical" or source == target:
            assert done.stderr == ""


@pytest.mark.parametrize("dialect, name", [
    ("pushy", "pushy-job.json"), ("pushy", "pushy-job-with-file.json"), ("pushy@documented-1", "pushy-job-1.json"),
    ("orchestrator", "orchestrator-job.json"), ("xplenty", "xplenty-job.json"), ("xplenty@v1", "xplenty-job.json")])
def test_through_canonical_and_back_is_the_same_value(dragoman, dialect, name):
    document = json.loads((SEEDS / name).read_text(), parse_float=str, parse_int=str)
    first = next(key for key, value in document.items() if isinstance(value, (dict, list)) and value)
    for depth in range(4):
        if depth == 1:
            document["unheard/of~"] = {"a": [1, {"b": None}]}
        if depth == 2 and isinstance(document[first], dict):
            document[first]["second level"] = "é\"\\"
        if depth == 3:
            for value in document.values():
                if isinstance(value, list) and value and isinstance(value[0], dict):
                    value[0]["third level"] = [True]
        text = json.dumps(document)
        there = dragoman("translate", "--from", dialect, "--to", "canonical", stdin=text)
        back = dragoman("translate", "--from", "canonical", "--to", dialect, stdin=there.stdout)
        assert there.returncode == back.returncode == 0, there.stderr + back.stderr
        assert json.loads(back.stdout) == json.loads(text)


@pytest.mark.parametrize("dialect, name, place", [
    ("pushy", "pushy-job-with-file.printed.json", "line 10, column 3"), ("xplenty", "xplenty-job.printed.json", "line 29, column 5")])
def test_what_the_documentation_prints_wrongly_is_refused_with_its_place(dragoman, dialect, name, place):
    done = dragoman("translate", "--from", dialect, "--to", "canonical", SEEDS / name)
    assert done.returncode == 1 and done.stdout == ""
    assert place in done.stderr, done.stderr


def test_a_submit_goes_through_the_phrasebook(dragoman):
    done = dragoman("translate", "--from", "pushy", "--to", "orchestrator", "--what", "submit", SEEDS / "pushy-submit.json")
    assert json.loads(done.stdout)["environment"] == "production"
    assert json.loads(done.stdout)["scope"]["nodes"] == [f"NODE{n}" for n in range(1, 7)]
    done = dragoman("translate", "--from", "orchestrator", "--to", "pushy", "--what", "submit",
                    stdin='{"task":"nobody::knows","params":{},"scope":{"nodes":["a"]}}')
    assert done.returncode == 1 and "nobody::knows" in done.stderr


def test_check_finds_what_is_wrong(dragoman, tmp_path):
    assert dragoman("check").returncode == 0
    done = dragoman("check", "--config", ROOT / "deploy/dragoman.yaml")
    assert done.returncode == 0 and "127.0.0.1:8080" in done.stdout
    text = (ROOT / "deploy/dragoman.yaml").read_text()
    broken = tmp_path / "broken.yaml"
    for old, new, complaint in [
        ("drain: 20", "dran: 20", "did you mean 'drain'"), ("127.0.0.1:8080", "0.0.0.0:8080", "'open' asks nobody"),
        ("127.0.0.1:8081", "nowhere", "HOST:PORT"), ("level: info", "level: loud", "loud"), ("streams: 128", "streams: 0", "streams must be from 1"),
        (r"/sleep (\d{1,4})/", r"/sleep (/", "cannot be used"), ("{command: chef-client, converge: production}", "{command: chef-client}", "two of"),
        ("dialects: all", "dialects: all\n    dialects: all", "twice")]:
        assert old in text
        broken.write_text(text.replace(old, new, 1))
        done = dragoman("check", "--config", broken)
        assert done.returncode == 1, (new, done.stdout)
        assert complaint in done.stdout and str(broken) in done.stdout, (new, done.stdout)
        at = "credentials: open" if "0.0.0.0" in new else new.split("\n")[0]
        lines = [n for n, line in enumerate(broken.read_text().split("\n"), 1) if at in line and not line.strip().startswith("#")]
        line = lines[0]
        found = int(done.stdout.split(str(broken) + ":")[1].split(":")[0])
        assert abs(found - line) <= 1, (new, done.stdout)
    assert dragoman("check", "--config", tmp_path / "nowhere.yaml").returncode == 1


def test_explain_and_help(dragoman):
    done = dragoman("explain", "pushy", "xplenty")
    assert done.returncode == 0 and "run.user" in done.stdout
    assert json.loads(dragoman("explain", "orchestrator", "pushy", "--json").stdout)
    assert dragoman("explain", "pushy", "klingon").returncode == 1
    for command in ("serve", "check", "translate", "explain", "test"):
        assert dragoman(command, "--help").returncode == 0
    assert dragoman("translate").returncode == 64


def test_the_examples_hold(dragoman, tmp_path):
    done = dragoman("test", ROOT / "mappings/examples")
    assert done.returncode == 0, done.stdout
    (tmp_path / "wrong.md").write_text('```\n% translate --from pushy --to xplenty --what fault\n{"error":["x"]}\n^D\n{"message":"y"}\n```\n')
    assert dragoman("test", tmp_path).returncode == 1
