/// One door of a server: where it is, who answers there, how it is encrypted.
package struct Listener: Sendable {
  /// Where connections come in.
  package enum Place: Hashable, Sendable {
    /// An address to bind.
    case address(Address)
    /// A stream socket over IPv4 or IPv6 that is bound already, under its number in this process: what a service
    /// manager hands over. The number stays open and can be used again after the listener has been given up.
    case inherited(CInt)
  }

  /// The place, which is also what tells listeners apart when a server changes them.
  package var place: Place

  /// Whoever answers what is asked here.
  package var responder: any Responder

  /// Terms of encryption; nil for none.
  package var tls: TLSTerms?

  /// A listener; unencrypted unless told otherwise.
  package init(at place: Place, responder: any Responder, tls: TLSTerms? = nil) {
    self.place = place
    self.responder = responder
    self.tls = tls
  }

  /// A listener on an address.
  package init(on address: Address, responder: any Responder, tls: TLSTerms? = nil) {
    self.init(at: .address(address), responder: responder, tls: tls)
  }
}
