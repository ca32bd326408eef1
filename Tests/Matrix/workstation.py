"""Where knife is called: its user's key, and a gateway that asks for signed headers."""
from Platforms import keys

from .columns import LIVES
from .guarded import digest, guarded
from .knife import Knife

BEARER = "the operator's own"


class Workstation:
    """Where rebecca, an administrator of the organization, calls knife."""

    def __init__(self, folder, back, **more):
        self.key, public = keys.rsa(folder, "rebecca")
        (folder / "rebecca.pub").write_text(public)
        self.there = guarded(folder, back, f"""
users:
  rebecca: {{accounts: [acme], keys: [{folder}/rebecca.pub]}}
  operator: {{tokens: ["{digest(BEARER)}"], permissions: [canonical/all]}}
accounts: {{acme: {{groups: {{admins: {{users: [rebecca]}}}}}}}}
""", **more)
        self.platform = self.there.platform

    def knife(self, act, *words, version="1.1", offset=0, key=None, **options):
        return Knife(self.there.gateway, key or self.key, version=version, offset=offset).does(act, *words, **options)

    def fate(self, outcome, **more):
        if self.platform:
            self.platform.control("fate", jobs=None, outcome=outcome, **{"times": LIVES, **more})

    def submits(self):
        return self.platform.submits if self.platform else 0
