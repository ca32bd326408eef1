"""Stubs of the three real platforms, for tests of a gateway. Written from the wire references alone."""
