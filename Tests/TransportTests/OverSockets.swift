import Testing

/// All tests that use sockets, one after the other: some measure time or memory, and the machine may be small.
@Suite(.serialized) struct OverSockets {}
