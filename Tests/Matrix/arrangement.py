"""The configuration of a gateway in front of stubs of the platforms: what the matrix of pairs is tried on."""
import textwrap

BASE = r"""
data: ./dragoman-data
listeners:
  - {address: 127.0.0.1:8080, dialects: all, public-url: from-host, credentials: open, tls: none}
admin: {address: 127.0.0.1:8081}
log: {level: info, access: ./dragoman-data/access.log, audit: ./dragoman-data/audit.log}
runner:
  nodes: [{name: NODE1, concurrency: 50}, {name: NODE2, concurrency: 50}, {name: NODE3, concurrency: 50}]
  commands:  # a line for each fate that a stub is told
    run-etl fails: "sleep 0.2; echo it went wrong >&2; exit 3"
    run-etl hangs: "sleep 30"
    run-etl partial: "sleep 0.2; test $CHEF_PUSH_NODE_NAME = NODE1"
    etl-nowhere rejected: "true"
    /run-etl (\S+)/: "sleep 0.3; echo ran etl on $CHEF_PUSH_NODE_NAME"
  variables: {job: CHEF_PUSH_JOB_ID, node: CHEF_PUSH_NODE_NAME, file: CHEF_PUSH_JOB_FILE}
phrasebook:
  phrases:
    - {command: "run-etl {day}", task: {name: etl, parameters: {day: "{day}"}}, package: {id: "88", cluster: "52", variables: {DAY: "{day}"}}}
    - {command: "etl-nowhere {day}", task: {name: etl_nowhere, parameters: {day: "{day}"}}, package: {id: "89", cluster: "53", variables: {DAY: "{day}"}}}
    - {command: "{line}", task: {name: exec, parameters: {command: "{line}"}}}
  clusters:
    "52": [NODE1, NODE2]
    "53": [DONKEY]
"""


def configuration(backends=(), routes=(), extra=""):
    """`backends`: name → lines of YAML; `routes`: a line each."""
    text = BASE
    if backends:
        text += "backends:\n" + "".join(
            f"  {name}:\n" + textwrap.indent(textwrap.dedent(lines).strip(), "    ") + "\n" for name, lines in backends.items())
    if routes:
        text += "routes:\n" + "".join(f"  - {route}\n" for route in routes)
    return text + extra
