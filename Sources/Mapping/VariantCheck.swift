import JobModel
import YAMLFile

/// Holds the ways in which one member is said against each other.
struct VariantCheck {
  let profiles: [String]
  let report: Spec.Report

  /// Complains about a variant that is never written, and about an `absent` that is never reached.
  func check(_ specs: [Spec], _ variants: [Variant?]) {
    for (index, variant) in variants.enumerated() {
      guard let variant else { continue }
      let written = self.written(variant)
      let later = variants[(index + 1)...].compactMap { $0 }
      let earlier = variants[..<index].compactMap { $0 }.filter(alwaysSays)
      if !written.isEmpty, written.allSatisfy({ profile in earlier.contains { self.written($0).contains(profile) } }) {
        specs[index].complain("this is never written: a way above it always has something to say")
      }
      if variant.absent != nil, variant.unset == nil,
        written.contains(where: { profile in later.contains { self.written($0).contains(profile) } })
      {
        specs[index].complain(key: "absent", "'absent' stands with the last way in which a member is said")
      }
    }
  }

  /// The profiles that write a variant.
  private func written(_ variant: Variant) -> Set<String> { variant.profiles ?? Set(profiles) }

  private func alwaysSays(_ variant: Variant) -> Bool {
    guard variant.when == nil else { return false }
    switch variant.value {
    case .const, .count: return true
    case .object(_, let omitEmpty): return !omitEmpty
    default: return false
    }
  }
}
