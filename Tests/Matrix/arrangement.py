"""A gateway in front of stubs of the platforms: what the matrix of pairs is tried on."""
import textwrap

PHRASES = """
    - {command: "run-etl {day}", task: {name: etl, parameters: {day: "{day}"}}, package: {id: "88", cluster: "52", variables: {DAY: "{day}"}}}
    - {command: chef-client, converge: production, package: {id: "89", cluster: "52", variables: {}}}
    - {command: "{line}", task: {name: exec, parameters: {command: "{line}"}}}
"""


def configuration(base, backends, routes, extra=""):
    """The commented example with other backends, routes and phrases. `backends`: name → lines of YAML."""
    head, _, rest = base.partition("phrasebook:\n  phrases:\n")
    tail = rest[rest.index("  # The nodes of each cluster"):].replace('"52": [NODE1, NODE2]', '"52": [NODE1, NODE2]')
    text = head + "phrasebook:\n  phrases:" + PHRASES + tail
    text += "\nbackends:\n" + "".join(
        f"  {name}:\n" + textwrap.indent(textwrap.dedent(lines).strip(), "    ") + "\n" for name, lines in backends.items())
    return text + "routes:\n" + "".join(f"  - {route}\n" for route in routes) + extra
