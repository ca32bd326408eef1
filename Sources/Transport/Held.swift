import HTTP2

/// For those who have no other business with sessions.
package typealias Held = HTTP2.Held
