"""Secrets of one side never reach the other, nor a log, a metric or an error."""
import base64
import json
import secrets

import pytest

from Platforms import keys

from .columns import LIVES, Column
from .fronts import FRONTS
from .test_credentials import secret

TABLE = "Canary secrets: front → platform"


def canary(name):
    return f"{name}-{secrets.token_hex(12)}"


class Mine:
    """The caller's secrets: in every header that has ever held one, and in the query."""

    def __init__(self):
        self.all = {name: canary(name) for name in (
            "token", "query", "key", "cookie", "signature", "hash", "proxy", "custom", "bearer", "forwarded")}
        basic = base64.b64encode(f"{self.all['key']}:".encode()).decode()
        self.seen = [*self.all.values(), basic]
        self.headers = {
            "Authorization": f"Basic {basic}", "X_Authentication": self.all["token"], "Cookie": f"id={self.all['cookie']}",
            "X_Ops_Authorization_1": self.all["signature"], "X_Ops_Content_Hash": self.all["hash"],
            "X_Ops_UserId": "ann", "Proxy_Authorization": f"Bearer {self.all['proxy']}", "X_Api_Key": self.all["custom"],
            "X_Auth_Token": self.all["bearer"], "X_Forwarded_User": self.all["forwarded"]}


def platform(back, folder):
    """The stub's book, the configuration's line, and what must never leave the gateway for a caller."""
    if back == "pushy":
        private, public = keys.rsa(folder, "own")
        book = {"principals": {"gateway": [{"type": "user", "public_key": public}]},
                "organizations": {"acme": {"members": ["gateway"]}}}
        path = secret(folder, "own.key", private)
        return book, f"credential: {{scheme: signed-headers, user: gateway, key: {path}}}", private.splitlines()[1:-1]
    own = canary("own")
    path = secret(folder, "own", own + "\n")
    if back == "orchestrator":
        return {"tokens": {own: {"login": "ops"}}}, f"credential: {{scheme: token, token: {path}}}", [own]
    basic = base64.b64encode(f"{own}:".encode()).decode()
    return ({"keys": {own: {"owner_id": 12, "accounts": ["acme"]}}}, f"credential: {{scheme: basic-key, key: {path}}}",
            [own, basic])


@pytest.mark.parametrize("back", ["pushy", "orchestrator", "xplenty"])
def test_nothing_crosses(back, tmp_path, trial):
    book, line, theirs = platform(back, tmp_path)
    (tmp_path / "book").write_text(json.dumps(book))
    there = Column(tmp_path / "gateway", back, extra=line, credentials=tmp_path / "book")
    told = [canary("set-cookie"), canary("reply")]  # what the platform says in headers of its own
    there.platform.control("set", headers=[["Set-Cookie", told[0]], ["X-Session-Token", told[1]],
                                           ["WWW-Authenticate", told[1]]])
    trials = {front.name: trial(TABLE, f"{front.name} → {back}") for front in FRONTS}
    mine, bodies, heard = {}, {}, {}
    try:
        for front in FRONTS:
            mine[front.name], heard[front.name] = Mine(), []
            bodies[front.name] = talk(front, back, there, mine[front.name], heard[front.name])
        passed = json.dumps(there.platform.requests())
        kept = written(there)
        for front in FRONTS:
            name, one = front.name, trials[front.name]
            with one.step("the caller's never reach the platform"):
                found = [text for text in mine[name].seen if text in passed]
                assert not found, found
            with one.step("the platform's never reach the caller"):
                found = [text for text in (*theirs, *told) if text in "".join(heard[name])]
                assert not found, found
            with one.step("none in logs, metrics, errors"):
                texts = (*mine[name].seen, *bodies[name], *theirs, *told)
                found = [(where, text) for where, content in kept.items() for text in texts if text in content]
                assert not found, found
    finally:
        there.end()


def talk(front, back, there, mine, heard):
    """Every operation, well and badly, with secrets in headers, query and body; gives those of the bodies."""
    def ask(method, path, body=None):
        answer = there.ask(method, f"{path}?token={mine.all['query']}", body, **{**mine.headers, **front.headers})
        heard.append(answer.body.decode("utf-8", "replace") + str(answer.headers))
        return answer

    hidden = canary("body")
    path, body = front.request("secret", ["NODE1", "NODE2"], "run-etl")
    made = front.made(ask("POST", path, body))
    ask("GET", front.path(made))
    ask("GET", front.list)
    if front.stops:
        front.stop(there, made)
    ask("GET", front.unknown)
    extra = {"orchestrator": {"params": {"day": "x", "password": hidden}},
             "canonical": {"request": {"run": {"env": {"PASSWORD": hidden}}}},
             "xplenty v1": {"variables": {"DAY": "x", "PASSWORD": hidden}},
             "xplenty v2": {"dynamic_variables": {"PASSWORD": hidden}}}.get(front.name, {"env": {"PASSWORD": hidden}})
    ask("POST", path, {**body, **extra})
    ask("POST", path, json.dumps({**body, **extra}).encode()[:-3])
    there.platform.control("fault", mode="error", status=500, times=1)
    there.platform.control("fate", outcome="fails", times=LIVES)
    ask("POST", path, body)
    there.platform.control("heal")
    return [hidden]


def written(there):
    """All that the gateway wrote down for people, and its metrics."""
    data = there.gateway.folder / "data"
    kept = {"log": there.gateway.log.read_text(), "metrics": there.gateway.watch("/metrics")[1],
            "in doubt": there.gateway.watch("/jobs-in-doubt")[1]}
    for name in ("access.log", "audit.log"):
        assert (data / name).exists(), name
        kept[name] = (data / name).read_text()
    return kept
