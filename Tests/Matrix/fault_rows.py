"""The rows of the reference's table of faults (§5): each front's status, and the shape or kind of its body."""
import json


def shape(front, answer):
    """(status, shape or kind): HTML page, error string, error array, orchestrator's kind, message, problem."""
    kind = answer.headers["Content-Type"] or ""
    if kind.startswith("text/html"):
        return answer.status, "page"
    body = json.loads(answer.body)
    if front.name.startswith("pushy") and list(body) == ["error"]:
        return answer.status, "array" if isinstance(body["error"], list) else "string"
    if front.name == "orchestrator" and set(body) == {"kind", "msg", "details"}:
        return answer.status, body["kind"].split("/")[1]
    if front.name == "canonical" and kind == "application/problem+json" and body["status"] == answer.status:
        return answer.status, "problem"
    if front.name.startswith("xplenty") and list(body) == ["message"]:
        return answer.status, "message"
    return answer.status, "no fault"


def row(documented, orchestrator, xplenty, canonical):
    return {"pushy documented-2": documented, "pushy server-2": documented, "orchestrator": orchestrator,
            "xplenty v1": xplenty, "xplenty v2": xplenty, "canonical": canonical}


# The rows of §5, written down.
UNKNOWN_JOB = row((404, "page"), (404, "unknown-job"), (404, "message"), (404, "problem"))
UNREADABLE = row((400, "string"), (400, "validation-error"), (422, "message"), (400, "problem"))
MISSING = row((400, "string"), (400, "validation-error"), (422, "message"), (422, "problem"))
REFUSED = row((422, "string"), (400, "validation-error"), (422, "message"), (422, "problem"))
NO_PHRASE = row((422, "string"), (404, "unknown-task"), (422, "message"), (422, "problem"))
UNREACHABLE = row((503, "array"), (503, "unknown-error"), (503, "message"), (503, "problem"))
SLOW = row((504, "array"), (500, "unknown-error"), (503, "message"), (504, "problem"))
NONSENSE = row((502, "array"), (500, "unknown-error"), (502, "message"), (502, "problem"))
