"""What an orchestrator checks before it does anything: token, fields, permission, environment, scope."""
import re
from datetime import datetime

VALIDATION = "validation-error"
SCOPES = ("nodes", "query", "node_group", "application")


class Refusal(Exception):
    def __init__(self, status, kind, text, details=None):
        self.status, self.kind, self.text, self.details = status, kind, text, details or {}


def check_caller(r, book):
    """The subject of the token in the header, else in the query; a book's token may be expired or revoked."""
    token = r.get("X-Authentication") or r.param("token")
    if not token:
        raise Refusal(401, "puppetlabs.rbac/user-unauthenticated", "Route requires authentication")
    subject = book.get("tokens", {}).get(token.removesuffix("|no_keepalive"))
    if subject is None:
        raise Refusal(401, "puppetlabs.rbac/invalid-token", "The provided token is invalid.")
    state = subject.get("state", "ok")
    if state != "ok":
        kind, text = {"expired": ("token-expired", "The provided token has expired."),
                      "revoked": ("token-revoked", "Authentication token has been revoked."),
                      "user-revoked": ("user-revoked", "The user has been revoked.")}[state]
        raise Refusal(401, "puppetlabs.rbac/" + kind, text)
    return {"may": None, **subject}


def invalid(field, text):
    raise Refusal(400, VALIDATION, f"{field}: {text}", {field: text})


def digits(name, text):
    if not re.fullmatch(r"[0-9]+", text):
        raise Refusal(400, VALIDATION, f"The {name} in the request is not an integer: {text}", {name: text})
    return int(text)


def whole(r, name):
    text = r.param(name)
    return None if text is None else digits(name, text)


def one_of(r, name, known):
    value = r.param(name)
    if value is not None and value not in known:
        invalid(name, f"must be one of {', '.join(known)}")
    return value


def moment(r, name):
    """A time of the query in whole seconds."""
    text = r.param(name)
    try:
        return None if text is None else int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
    except ValueError:
        invalid(name, "not a timestamp")


def check_task(body, caller, settings):
    if not isinstance(body.get("task"), str):
        invalid("task", "a string is needed")
    if not re.fullmatch(r"[a-z][a-z0-9_]*(::[a-z][a-z0-9_]*)*", body["task"]):
        invalid("task", "not a legal task name")
    for key in ("params", "scope"):
        if not isinstance(body.get(key), dict):
            invalid(key, "an object is needed")
    check_common(body, settings, tuple(SCOPES[:3]))
    if caller["may"] is not None and not {"task:*", "task:" + body["task"]} & set(caller["may"]):
        raise Refusal(403, "not-permitted", f"{caller['login']} may not run {body['task']} on these nodes")
    check_environment(body.get("environment", "production"), settings)


def check_deploy(body, caller, settings):
    if not isinstance(body.get("environment"), str):
        invalid("environment", "a string is needed")
    if body["environment"] == "" and (body.get("enforce_environment") is not False or "scope" not in body):
        invalid("environment", "an empty one needs enforce_environment false and a scope")
    if body.get("noop") is True and body.get("no_noop") is True:
        invalid("noop", "cannot be given with no_noop")
    check_common(body, settings, SCOPES)
    if caller["may"] is not None and "deploy" not in caller["may"]:
        raise Refusal(403, "not-permitted", f"{caller['login']} may not run Puppet")
    if body["environment"]:
        check_environment(body["environment"], settings)


def check_common(body, settings, scopes):
    if not isinstance(body.get("noop"), (bool, type(None))):
        invalid("noop", "a boolean is needed")
    for key in ("concurrency", "timeout"):
        value = body.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            invalid(key, "a positive integer is needed")
    scope = body.get("scope")
    if scope is not None and (not isinstance(scope, dict) or len(scope) != 1 or next(iter(scope)) not in scopes):
        invalid("scope", f"exactly one of {', '.join(scopes)} is needed")
    if scope and "nodes" in scope and not isinstance(scope["nodes"], list):
        invalid("scope", "nodes must be a list")


def check_environment(name, settings):
    if not re.fullmatch(r"[a-z0-9_]+", name):
        invalid("environment", "not a legal environment name")
    if name not in settings["environments"]:
        raise Refusal(404, "unknown-environment", f"Unknown environment {name}", {"environment": name})


def hosts(body, settings):
    """The nodes a scope comes to. Unknown names of a list are taken as they are: they fail one by one, later."""
    (kind, value), = body.get("scope", {"whole": None}).items()
    if kind == "nodes":
        names = value
    elif kind == "query":
        names = query(value, settings["nodes"])
    elif kind == "node_group":
        group = settings["groups"].get(value, [])
        names = settings["nodes"] if group is None else group
    else:
        names = settings["nodes"]
    if not names:
        raise Refusal(400, "empty-target", "No nodes were found for the specified target. Nothing to do.",
                      {"environment": body.get("environment", "production"),
                       "target": "query" if kind == "query" else "nodes"})
    return names


def query(text, known):
    """A little of PQL and AST: certname equal to, in, or like; anything without certname is an error."""
    if isinstance(text, list):
        text = " ".join(re.findall(r"[\w.=~:-]+", str(text)))
        names = re.search(r"(=|~|in) certname (.*)", text)
        return [n for n in known if n in names[2].split() or names[1] == "~" and re.search(names[2], n)] if names else known
    if "certname" not in str(text):
        raise Refusal(400, "query-error", f"PuppetDB query failed: PQL parse error at line 1, column 1: {text}")
    if m := re.search(r'certname\s*~\s*["\'](.*?)["\']', text):
        return [name for name in known if re.search(m[1], name)]
    quoted = re.findall(r'["\'](.*?)["\']', text)
    return [name for name in known if name in quoted] if quoted else known
