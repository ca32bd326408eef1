/// The mapping files that come with the program, built into it.
package enum Shipped {
  /// Name and text of each, in the order in which they are listed.
  package static let files: [(name: String, text: String)] = [
    ("pushy.yaml", String(decoding: PackageResources.pushy_yaml, as: UTF8.self)),
    ("orchestrator.yaml", String(decoding: PackageResources.orchestrator_yaml, as: UTF8.self)),
    ("xplenty.yaml", String(decoding: PackageResources.xplenty_yaml, as: UTF8.self)),
    ("canonical.yaml", String(decoding: PackageResources.canonical_yaml, as: UTF8.self)),
  ]
}
