/// What became of one member of a document on its way from one dialect to another (law 2).
package enum Disposition: String, CaseIterable, Sendable {
  /// Arrived under the same name.
  case kept
  /// Arrived under another name.
  case renamed
  /// Can be computed from other members, and is.
  case derived
  /// Rides along sealed; only its own dialect opens it.
  case carried
  /// Arrived, but says less.
  case narrowed
  /// Was absent or null and took the dialect's default.
  case defaulted
  /// The gateway does it itself.
  case emulated
  /// Did not arrive.
  case dropped
  /// Did not arrive, and the request was refused for it.
  case refused

  /// Whether an operator should hear of it.
  package var isLoss: Bool { self == .narrowed || self == .dropped || self == .refused }
}

/// One loss of one translation.
package struct Loss: Sendable, Equatable, Hashable {
  /// The hub field, or `foreign` and the path of a member the hub has no word for.
  package var field: String
  /// What became of it.
  package var disposition: Disposition
  /// Why, in a few words.
  package var because: String

  /// A loss of a field.
  package init(_ field: String, _ disposition: Disposition, because: String) {
    self.field = field
    self.disposition = disposition
    self.because = because
  }
}
