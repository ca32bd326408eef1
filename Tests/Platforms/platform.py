"""Plays one of the three real platforms: python3 Tests/Platforms/platform.py --platform pushy|orchestrator|xplenty"""
import argparse
import json
import os
import ssl
import sys
import threading

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # else this file hides the library's `platform`

from Platforms import faults
from Platforms.control import Control
from Platforms.engine import Engine
from Platforms.orchestrator import Orchestrator
from Platforms.pushy import Pushy
from Platforms.wire import Server
from Platforms.xplenty import Xplenty

PLATFORMS = {"pushy": Pushy, "orchestrator": Orchestrator, "xplenty": Xplenty}


def arguments():
    variants = "; ".join(f"{name}: {', '.join(p.VARIANTS)}" for name, p in PLATFORMS.items())
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--platform", required=True, choices=PLATFORMS)
    p.add_argument("--variant", help=f"the first one when not given; {variants}")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--control-port", type=int, default=0)
    p.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    p.add_argument("--client-ca", metavar="FILE", help="with --tls: a client certificate signed by this is demanded")
    p.add_argument("--require-credentials", metavar="FILE", help="JSON, see README.md; without it nobody is asked")
    p.add_argument("--fail", action="append", default=[], metavar="MODE[,key=value…]",
                   help="refuse, deaf, " + ", ".join(sorted(faults.MODES)) + "; keys: method, path, times and the mode's own")
    p.add_argument("--until-eof", action="store_true", help="end when standard input does")
    return p.parse_args()


def main():
    a = arguments()
    kind = PLATFORMS[a.platform]
    variant = a.variant or kind.VARIANTS[0]
    if variant not in kind.VARIANTS:
        sys.exit(f"{a.platform} has the variants {', '.join(kind.VARIANTS)}")
    book = None
    if a.require_credentials:
        with open(a.require_credentials) as file:
            book = json.load(file)
    tls = None
    if a.tls:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*a.tls)
        tls.set_alpn_protocols(["http/1.1"])
        if a.client_ca:
            tls.load_verify_locations(a.client_ca)
            tls.verify_mode = ssl.CERT_REQUIRED
    engine = Engine()
    platform = kind(engine, variant, book)

    def answer(request):
        with engine.lock:
            return platform.answer(request)

    server = Server(engine, answer, faults.Faults(), tls)
    control = Control(server, platform)
    server.listen(a.port)
    door = control.listen(a.control_port)
    for text in a.fail:
        control.fault(**faults.parse(text))
    print(f"listening on 127.0.0.1:{server.port}", flush=True)
    print(f"control on 127.0.0.1:{door}", flush=True)
    try:
        if a.until_eof:
            sys.stdin.buffer.read()
        else:
            threading.Event().wait()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
