"""What a push server checks before it does anything: headers, signature, membership, and the body of a new job."""
import base64
import binascii
import calendar
import json
import re
import time

from . import signing
from .wire import Response

MANDATORY = ["X-Ops-UserId", "X-Ops-Timestamp", "X-Ops-Sign", "X-Ops-Content-Hash"]
CHALLENGE = ("WWW-Authenticate", 'X-Ops-Sign version="1.0" version="1.1"')
UNKNOWN = "an unknown validation error has occurred"


class Refusal(Exception):
    def __init__(self, status, body, *headers):
        # No Content-Type: the engine has not set one yet when these answers leave.
        text = json.dumps({"error": body}, separators=(",", ":"), ensure_ascii=False)
        self.response = Response(status, headers, text.encode())


class ServerError(Exception):
    """What in the real server is an exception and becomes a 500 page."""


class Object(dict):
    """A JSON object in which the first of repeated keys wins, and which remembers that there were some."""

    def __init__(self, pairs):
        super().__init__(reversed(pairs))
        self.repeats = len(self) < len(pairs)


def check_headers(request, now, versions):
    missing = [f"'{name}'" for name in MANDATORY if not request.get(name)]
    if missing:
        raise Refusal(400, [f"missing required authentication header(s) {', '.join(missing)}"])
    stamp = request.get("X-Ops-Timestamp")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp):
        raise Refusal(401, ["bad header(s) 'X-Ops-Timestamp'"])
    try:
        at = calendar.timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        raise Refusal(401, ["bad header(s) 'X-Ops-Timestamp'"]) from None
    if abs(now - at) >= 900:
        name = request.get("X-Ops-UserId")
        raise Refusal(401, [f"Failed to authenticate as {name}. Synchronize the clock on your host."])
    if signing.protocol(request.get("X-Ops-Sign")) not in versions:
        raise Refusal(400, ["Unsupported authentication protocol version"])


def check_caller(request, book, org, group):
    """Organization, requester, membership, signature, group: in this order. Hands back the requester's name."""
    name = request.get("X-Ops-UserId")
    house = book.get("organizations", {}).get(org)
    if house is None:
        raise Refusal(404, [f"organization '{org}' does not exist."])
    known = book.get("principals", {}).get(name)
    if not known:
        raise Refusal(401, [f"Failed to authenticate as '{name}'. Ensure that your node_name and client key are correct."],
                      CHALLENGE)
    if name not in house.get("members", []):
        raise Refusal(403, [f"'{name}' is not associated with organization '{org}'"])
    kind = next((one["type"] for one in known if signed(request, one["public_key"], name)), None)
    if kind is None:
        raise Refusal(401, [f"Invalid signature for user or client '{name}'"], CHALLENGE)
    groups = house.get("groups")
    if groups is not None:
        if group == "pushy_job_writers" and group not in groups:
            group = "admins"
        open_to_all = group == "pushy_job_readers" and group not in groups
        if not open_to_all and not within(groups, group, name, kind + "s"):
            raise Refusal(403, [f"User or client '{name}' does not have access to that action on this server."])
    return name


def signed(request, pem, name):
    version = signing.protocol(request.get("X-Ops-Sign"))
    pieces, n = [], 1
    while piece := request.get(f"X-Ops-Authorization-{n}"):
        pieces.append(piece)
        n += 1
    try:
        signature = base64.b64decode("".join(pieces))
    except binascii.Error:
        return False
    hashed = signing.b64(signing.digest(version, request.body))
    if version in ("1.0", "1.1") and request.get("X-Ops-Content-Hash") != hashed:
        return False
    text = signing.text(version, request.method, request.target, request.body, request.get("X-Ops-Timestamp"), name,
                        request.get("X-Ops-Server-API-Version", "0"))
    return signing.verify(pem, version, text, signature)


def within(groups, group, name, kind, seen=()):
    here = groups.get(group)
    if here is None or group in seen:
        return False
    return name in here.get(kind, []) or any(within(groups, g, name, kind, (*seen, group)) for g in here.get("groups", []))


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def texts(value):
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def job_request(data, optional_keys):
    """The body of POST jobs as the server understands it; the first failing row decides the answer."""
    try:
        body = json.loads(data, object_pairs_hook=Object)
    except ValueError:
        raise ServerError("malformed JSON") from None

    def refuse(text):
        raise Refusal(400, text)

    if not isinstance(body, dict):
        refuse(UNKNOWN)
    if not isinstance(body.get("command"), str):
        refuse("invalid command supplied")
    if not texts(body.get("nodes")):
        refuse("at least one node must be supplied")
    for key in ("run_timeout", "quorum"):
        if key in body and not number(body[key]):
            refuse(f"invalid type supplied for {key} (expected a number)")
    if optional_keys:
        for key, fits in (("user", lambda v: isinstance(v, str)), ("dir", lambda v: isinstance(v, str)),
                          ("env", lambda v: isinstance(v, dict) and texts(list(v.values()))),
                          ("file", lambda v: isinstance(v, str))):
            if key in body and not fits(body[key]):
                refuse(UNKNOWN)
        if not isinstance(body.get("capture_output", False), bool):
            refuse("invalid type supplied for capture_output (expected a boolean)")
    allowed = {"command", "nodes", "run_timeout", "quorum"}
    if optional_keys:
        allowed |= {"user", "dir", "env", "file", "capture_output"}
    if body.keys() - allowed:
        refuse("invalid key supplied")
    if not body["nodes"]:
        refuse("at least one node must be supplied")
    if "env" in body and body["env"].repeats:
        refuse("invalid environment value (duplicate key)")
    if "file" in body:
        check_file(body["file"], refuse)
    if any(isinstance(body.get(key), float) and body[key] % 1 for key in ("run_timeout", "quorum")):
        raise ServerError("a fraction where the database wants an integer")
    if len(set(body["nodes"])) < len(body["nodes"]) or len(body.get("user", "")) > 32:
        raise ServerError("the database refused the row")
    return body


def check_file(file, refuse):
    prefix, colon, content = file.partition(":")
    if not colon or prefix not in ("raw", "base64"):
        refuse("invalid file contents (expected 'base64:...' or 'raw:...')")
    data = content.encode()
    if prefix == "base64":
        try:
            data = base64.b64decode("".join(content.split()), validate=True)
        except (binascii.Error, ValueError):
            refuse("invalid file contents (couldn't decode base64 string)")
    if len(data) > 100_000:
        # The real server encodes its iolist as it is: an array of character codes with the digits nested.
        codes = lambda text: [ord(c) for c in text]
        refuse([*codes("invalid file size (must be <= "), codes("100000"), *codes(" bytes)")])
