"""One dialect and profile on both sides: the body goes through as it is, but for ids and URLs that must be the gateway's."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .columns import Column
from .fronts import Documented, Orchestrator, Server, Xplenty

TABLE = "The same bytes: one dialect on both sides"
HEX = "53bce4f1dfa0a45476eae92c335680ee"
# Written oddly on purpose: spaces, order, escapes, numbers of 19 digits and more, members nobody knows, members twice.
ODD = r'"big" :9223372036854775807 ,"huge":123456789012345678901234567890,"e":1.50E+02, "esc":"\u00e9\/\ud83d\ude00 \"","no":null,"x":{"b":[ ],"a":{}}'
PUSHY = (r'{ "command":"run-etl odd",	"status" : "running","id":"$ID" ,' + ODD + r',"run_timeout": 3600,"created_at":"Tue, 04 Sep 2012 23:01:02 GMT",'
         r'"updated_at":"Tue, 04 Sep 2012 23:17:56 GMT" , "nodes":{"running":["NODE1" ,"NODE2"]}, "twice":1,"twice" :2}' + "\n")
ETL = (r'{ "status" : "running", "id" :$ID,' + ODD + r',"url": "$BASE/acme/api/jobs/$ID","variables":{"DAY" : "odd"},"owner_id":12,"progress":0.50,'
       r'"outputs_count":0,"outputs":[],"started_at":"2026-10-01T08:00:00Z","created_at":"2026-10-01T08:00:00Z","failed_at":null,'
       r'"updated_at":"2026-10-01T08:00:01Z","cluster_id":52,"package_id":88,"errors":null,"runtime_in_seconds":7,"completed_at":null,'
       r'"log_url":"$BASE/acme/api/jobs/$ID/log", "twice":1,"twice" :2}')
JOB = (r'{ "state" : "running" , "name":"$ID","id":"$BASE/orchestrator/v1/jobs/$ID",' + ODD + r',"command":"task","type":"task","options":{"task":"etl",'
       r'"params":{"day":"odd"},"scope":{"nodes":["NODE1","NODE2"]},"environment":"production"},"node_count":2,"owner":{"login":"admin","id":"7"},'
       r'"timestamp":"2026-10-01T08:00:00Z","nodes":{"id":"$BASE/orchestrator/v1/jobs/$ID/nodes"},"events":{"id":"$BASE/orchestrator/v1/jobs/$ID/events"},'
       r'"report" : {"id":"$BASE/orchestrator/v1/jobs/$ID/report"},"twice":1,"twice" :2}')
NODES = (r'{"items" :[ {"name":"NODE1","state":"running",' + ODD + r',"start_timestamp":"2026-10-01T08:00:00Z"},{"state":"running","name":"NODE2"}],'
         r'"next-events":{"id":"$BASE/orchestrator/v1/jobs/$ID/events?start=7","event":"7"}}')
# Front, profile of the platform, its id, the answer to a submit, then path → body.
CASES = [
    (Documented(), "pushy", "documented-2", HEX, (201, '{"id":"$ID"}'), {"/organizations/acme/pushy/jobs/$ID": PUSHY}),
    (Server(), "pushy", "server-2", HEX, (201, '{"uri":"$BASE/organizations/acme/pushy/jobs/$ID"}'),
     {"/organizations/acme/pushy/jobs/$ID": PUSHY}),
    (Xplenty(), "xplenty", "v2", "4711", (201, ETL), {"/acme/api/jobs/$ID": ETL}),
    (Orchestrator(), "orchestrator", None, "4711", (202, '{"job":{"id":"$BASE/orchestrator/v1/jobs/$ID","name":"$ID"}}'),
     {"/orchestrator/v1/jobs/$ID": JOB, "/orchestrator/v1/jobs/$ID/nodes": NODES}),
]


def filled(text, id, base):
    return text.replace("$ID", str(id)).replace("$BASE", base)


class Fixed:
    """A platform that says the same texts again and again."""

    def __init__(self, id, submitted, texts):
        fixed = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, text = submitted if self.command == "POST" else (200, fixed.paths.get(self.path.split("?")[0], "[]"))
                body = filled(text, id, fixed.url).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.paths = {filled(path, id, ""): text for path, text in texts.items()}
        self.door = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.door.daemon_threads = True
        self.port = self.door.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.door.serve_forever, daemon=True).start()

    def end(self):
        self.door.shutdown()
        self.door.server_close()


@pytest.mark.parametrize("front, back, profile, id, submitted, texts", CASES, ids=[case[0].name for case in CASES])
def test_the_body_goes_through(front, back, profile, id, submitted, texts, tmp_path, trial):
    one = trial(TABLE, front.name)
    there = Column(tmp_path, back, variant=profile, platform=Fixed(id, submitted, texts))
    try:
        own = front.made(front.submit(there, "odd"))
        for path, text in texts.items():
            with one.step("nodes" if path.endswith("/nodes") else "job"):
                answer = there.gateway.ask("GET", filled(path, own, ""), None, **front.headers)
                assert answer.status == 200, answer.body
                assert answer.body.decode() == filled(text, own, there.gateway.url)
    finally:
        there.end()
