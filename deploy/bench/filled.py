"""Ledgers with many jobs: one job that the program itself wrote, copied with a number, an id and times of its own."""
import json
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime

import documents
from doors import Question, ask, made
from dragoman import JSON, Site
from lab import Lab

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NODE = documents.NODES[0]
HEAD = '{"id":"1"'
CHECKED = 10_000  # of the larger ones a check would take minutes, and they are made in the same way
# The last job has the model's times, each other a second less than the next.
SHIFT = "(n - :count) * 1000"
COUNTED = "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :count)"
# By table, its columns in order. The platform's ids are others than those that it gives in a measurement.
COLUMNS = {
    "job": ("n, dialect, scope, principal, backend, CAST(20000000 + n AS TEXT), phase, over, "
            f"created + {SHIFT}, changed + {SHIFT}, finished + {SHIFT}, {{document}}, attempt, n"),
    "history": f"n, sequence, phase, at + {SHIFT}",
    "intent": f"n, 'dragoman-' || printf('%032x', n), state, at + {SHIFT}"}


class Finished(Lab):
    """A lab whose platform has done every job at once, on one node."""

    def answers(self, folder):
        path = documents.table(folder)
        job = documents.orchestrator_job("########") | {
            "state": "finished", "finished_timestamp": "2026-01-20T19:44:11Z", "duration": "9.5", "node_count": 1,
            "node_states": {"finished": 1}}
        nodes = documents.orchestrator_nodes("########")
        nodes["items"] = [node | {"name": NODE} for node in nodes["items"] if node["state"] == "finished"][:1]
        first = ""
        for name, pattern, document in (("nodes", "*/nodes", nodes), ("job", "*", job)):
            (folder / name).write_text(documents.compact(document))
            first += f"GET {documents.ORCHESTRATOR}/{pattern} 200 {folder / name}\n"
        path.write_text(first + path.read_text())
        return path


def model(options, data):
    """Makes a ledger with one job, by the program, which hears that it is over."""
    with Finished(options, wanted=(), site=Site(data=data)) as lab:
        url = f"http://127.0.0.1:{lab.dragoman.open}{documents.JOBS}"
        body = documents.compact({"command": "chef-client", "nodes": [NODE], "run_timeout": 3600})
        job = lab.dragoman.create(Question(url, made("[0-9a-f]{32}"), JSON, body, 201), "([0-9a-f]{32})")
        status, seen = ask(Question(f"{url}/{job}", None))
        assert status == 200 and json.loads(seen)["status"] == "complete", f"the model does not end: {status} {seen}"


def document(text):
    """SQL for the document of job n."""
    found = ":tail"
    # The earliest first: what has been replaced is no text that is still looked for.
    for time in sorted(set(TIME.findall(text))):
        at = round(datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp() * 1000)
        found = f"replace({found}, '{time}', strftime('%Y-%m-%dT%H:%M:%fZ', ({at} + {SHIFT}) / 1000.0, 'unixepoch'))"
    return f"""CAST('{{"id":"' || n || '"' || {found} AS BLOB)"""


def fill(path, count):
    """Copies the one job of a ledger that no server uses, until there are `count`."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
            db.execute(f"PRAGMA {setting}").fetchall()
        text, = db.execute("SELECT CAST(document AS TEXT) FROM job").fetchone()
        assert text.startswith(HEAD), text
        for table, columns in COLUMNS.items():
            db.execute(f"CREATE TEMP TABLE model_{table} AS SELECT * FROM {table}")
            db.execute(f"DELETE FROM {table}")
            names = {"count": count, "tail": text[len(HEAD):]} if table == "job" else {"count": count}
            # CROSS: in the order of the numbers.
            db.execute(f"INSERT INTO {table} {COUNTED} SELECT {columns.replace('{document}', document(text))} "
                       f"FROM counted CROSS JOIN model_{table}", names)


def filled(options, folder, count):
    """The data folder with a ledger of so many jobs, made when it is wanted for the first time."""
    data = folder / str(count)
    if data.exists():
        return data
    model(options, data)
    fill(data / "ledger.sqlite", count)
    if count <= CHECKED:
        done = subprocess.run([options.dragoman, "ledger", "check", "--data", data], capture_output=True, text=True)
        assert done.returncode == 0, f"dragoman ledger check: {done.stdout} {done.stderr}"
    return data
