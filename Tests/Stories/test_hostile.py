"""Nothing a client sends ends the process: a few thousand odd requests, seeded, and the gateway still answers."""
import json
import random
import socket

PATHS = ["/organizations/ORG/pushy/jobs", "/organizations/ORG/pushy/jobs/{}", "/organizations/ORG/pushy/jobs/{}/output/{}/{}",
         "/orchestrator/v1/jobs", "/orchestrator/v1/jobs/{}", "/orchestrator/v1/jobs/{}/nodes", "/orchestrator/v1/command/task",
         "/orchestrator/v1/command/deploy", "/orchestrator/v1/command/stop", "/acme/api/jobs", "/acme/api/jobs/{}", "/v1/jobs",
         "/v1/jobs/{}", "/v1/jobs/{}/nodes", "/v1/jobs/{}/stop", "/{}/api/jobs", "/{}", "//", "/%"]
WORDS = ["1", "-1", "0", "2", "99999999999999999999", "a" * 32, "%00", "%ff", "..", "é", "NODE1", "stdout", "null", "{}", "' OR 1=1", "-" * 40]
NAMES = ["limit", "offset", "order", "order_by", "sort", "status", "since", "direction", "include_file", "job[cluster_id]", "job[variables][a]", "by", "phase"]
VALUES = [None, True, 0, -1, 1.5, 1e300, 2 ** 70, "", "x", "\u0000", "\ud83d\ude00", [], {}, ["a"], [[]], {"a": {"b": []}}, "raw:x", "base64:!", {"nodes": ["a"]}, "NODE1", ["NODE1", "NODE1"]]
KEYS = ["command", "nodes", "run_timeout", "quorum", "env", "file", "user", "dir", "capture_output", "task", "params", "scope", "environment",
        "noop", "concurrency", "timeout", "job", "cluster_id", "package_id", "job_id", "variables", "dynamic_variables", "request", "foreign", "a" * 300]


def body(dice):
    kind = dice.randrange(6)
    if kind == 0:
        return bytes(dice.randrange(256) for _ in range(dice.randrange(60)))
    if kind == 1:
        return b"[" * dice.randrange(200)
    if kind == 2:
        return ("&".join(f"{dice.choice(NAMES)}={dice.choice(WORDS)}" for _ in range(4))).encode()
    document = {dice.choice(KEYS): dice.choice(VALUES) for _ in range(dice.randrange(8))}
    text = json.dumps({"request": {"work": document, "target": document, "run": document}} if kind == 3 else document).encode()
    return text[:dice.randrange(len(text) + 1)] if kind == 4 else text


def test_odd_requests_are_answered(gateway):
    dice = random.Random(20261122)
    answered = 0
    for turn in range(3000):
        path = dice.choice(PATHS)
        while "{}" in path:
            path = path.replace("{}", dice.choice(WORDS).replace(" ", "+").replace("{}", "x"), 1)
        if dice.random() < 0.5:
            path += "?" + "&".join(f"{dice.choice(NAMES)}={dice.choice(WORDS)}" for _ in range(dice.randrange(4))).replace(" ", "+")
        content = body(dice)
        method = dice.choice(["GET", "POST", "POST", "POST", "DELETE", "PUT", "HEAD", "BREW"])
        kind = dice.choice(["application/json", "application/x-www-form-urlencoded", "text/plain", "application/vnd.xplenty+json"])
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:9000:9000\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as connection:
            connection.sendall(head.encode("latin-1", "replace") + content)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        assert answer.startswith(b"HTTP/1.1 "), (method, path, content)
        assert not answer.startswith(b"HTTP/1.1 500"), (method, path, content, answer)
        answered += 1
    assert answered == 3000 and gateway.process.poll() is None
    assert gateway.ask("GET", "/v1/jobs?limit=1").status == 200
