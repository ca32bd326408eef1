"""The configuration of a gateway in front of stubs of the platforms: what the matrix of pairs is tried on."""
import textwrap

PHRASES = """
    - {command: "run-etl {day}", task: {name: etl, parameters: {day: "{day}"}}, package: {id: "88", cluster: "52", variables: {DAY: "{day}"}}}
    - {command: "etl-nowhere {day}", task: {name: etl_nowhere, parameters: {day: "{day}"}}, package: {id: "89", cluster: "53", variables: {DAY: "{day}"}}}
    - {command: chef-client, converge: production, package: {id: "434", cluster: "52", variables: {}}}
    - {command: "{line}", task: {name: exec, parameters: {command: "{line}"}}}
  clusters:
    "52": [NODE1, NODE2]
    "53": [DONKEY]
"""

# What the embedded runner may do: one line for each fate that a stub is told.
COMMANDS = r"""
    run-etl succeeds: "sleep 0.3; echo ran etl on $CHEF_PUSH_NODE_NAME"
    run-etl fails: "sleep 0.2; echo it went wrong >&2; exit 3"
    run-etl hangs: "sleep 30"
    run-etl partial: "sleep 0.2; test $CHEF_PUSH_NODE_NAME = NODE1"
    etl-nowhere rejected: "true"
    /run-etl (\S+)/: "sleep 0.3; echo ran etl on $CHEF_PUSH_NODE_NAME"
"""


def between(text, begin, end, new):
    """The text with what stands between two marks (the second one stays) exchanged."""
    head, rest = text.split(begin, 1)
    return head + begin + new.rstrip("\n") + "\n" + rest[rest.index(end):]


def configuration(base, backends=(), routes=(), extra=""):
    """The commented example with other commands, phrases, backends and routes. `backends`: name → lines of YAML."""
    text = between(base, "  commands:\n", "  # Environment variables in which", COMMANDS.lstrip("\n"))
    text = text.replace("nodes: [NODE1, NODE2, NODE3, NODE4, NODE5, NODE6]", "nodes: [%s]" % ", ".join(
        f"{{name: NODE{n}, concurrency: 50}}" for n in range(1, 7)))
    text = between(text, "  phrases:\n", "\n# A folder with mapping files", PHRASES.lstrip("\n"))
    if backends:
        text += "\nbackends:\n" + "".join(
            f"  {name}:\n" + textwrap.indent(textwrap.dedent(lines).strip(), "    ") + "\n" for name, lines in backends.items())
    if routes:
        text += "routes:\n" + "".join(f"  - {route}\n" for route in routes)
    return text + extra
