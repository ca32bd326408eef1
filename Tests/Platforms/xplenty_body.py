"""The four ways a client of Xplenty sends parameters, read into one object: flat JSON, wrapped JSON, form, query."""
import json
import re
from urllib.parse import parse_qsl


class BadBody(Exception):
    def __init__(self, status, text):
        self.status, self.text = status, text


def put(target, name, value):
    """`job[variables][A]` → {"job": {"variables": {"A": value}}}"""
    first, *rest = re.findall(r"[^\[\]]+", name) or [name]
    for key in rest:
        target, first = target.setdefault(first, {}), key
        if not isinstance(target, dict):
            raise BadBody(400, f"{name} does not fit what came before it")
    target[first] = value


def parameters(r, wrapper):
    """Query and body together, unwrapped."""
    found = {}
    for name, value in r.params:
        put(found, name, value)
    kind = (r.get("content-type") or "").partition(";")[0].strip().lower()
    if r.body:
        if kind in ("application/json", "application/vnd.xplenty+json"):
            try:
                body = json.loads(r.body)
            except ValueError:
                raise BadBody(400, "There was a problem in the JSON you submitted") from None
            if body is not None and not isinstance(body, dict):
                raise BadBody(400, "A JSON object is needed")
            found |= body or {}
        elif kind in ("application/x-www-form-urlencoded", ""):
            # Brackets and blanks may be raw: nothing but + and percent escapes is decoded.
            for name, value in parse_qsl(r.body.decode(), keep_blank_values=True):
                put(found, name, value)
        else:
            raise BadBody(415, f"The media type {kind} is not supported.")
    inner = found.get(wrapper)
    return {**{k: v for k, v in found.items() if k != wrapper}, **inner} if isinstance(inner, dict) else found


def integer(value):
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]+", value) else None


def version(accept, newest):
    """1 or 2 as Accept says, in any of its three spellings; None when nothing on offer is acceptable."""
    known = ("*/*", "application/*", "application/json", "application/vnd.xplenty+json")
    if not any(name in accept for name in known):
        return None
    asked = re.search(r"version=(\d+)", accept)
    return 1 if newest == 1 or asked and asked[1] == "1" else 2
