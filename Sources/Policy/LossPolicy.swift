import JobModel

/// What a route may lose: binding fields are refused unless it allows their loss by name; all others are reported.
package struct LossPolicy: Sendable {
  private let allowed: Set<String>

  /// A policy that allows the loss of the named hub fields.
  package init(allowing fields: Set<String> = []) { allowed = fields }

  /// The first loss a submit must be refused for; nil when it may go on.
  package func refusal(among losses: [Loss]) -> Loss? {
    losses.first { $0.disposition == .refused && !allowed.contains($0.field) }
  }
}
