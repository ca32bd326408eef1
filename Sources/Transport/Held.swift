import HTTP2

/// For those who have no other business with sessions.
package typealias Held = HTTP2.Held

/// The same of what it lends.
package typealias Lent = HTTP2.Lent
