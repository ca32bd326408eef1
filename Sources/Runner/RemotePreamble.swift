/// The scripts for one run, with everything that is particular to it in front, quoted: nothing a caller said is ever
/// parsed by a shell, here or there.
struct RemotePreamble {
  let order: RunOrder
  let place: Int
  let command: RealCommand
  let target: SSHTarget
  let settings: RunnerSettings
  let mark: String
  private let entry: String

  init(order: RunOrder, place: Int, command: RealCommand, target: SSHTarget, settings: RunnerSettings, mark: Mark) {
    self.order = order
    self.place = place
    self.command = command
    self.target = target
    self.settings = settings
    self.mark = mark.value(job: order.job, place: place)
    entry = "\(mark.name)=\(self.mark)"
  }

  /// The remote command: whatever shell the account has, a POSIX one takes so many bytes from its input for its program.
  static func bootstrap(_ script: [UInt8]) -> String {
    "exec /bin/sh -c 'eval \"$(dd ibs=1 obs=4096 count=\(script.count) 2>/dev/null)\"'"
  }

  var vote: [UInt8] {
    let tools = (settings.limits.isSet ? ["prlimit"] : []) + (order.user == nil ? [] : ["getent"])
    return Array(
      (set([
        "mark": mark, "user": order.user ?? "", "dir": order.directory ?? settings.directory,
        "lock": command.lock ?? "", "tools": tools.joined(separator: " "),
      ]) + RemoteScript.vote).utf8)
  }

  var run: [UInt8] {
    let grace = settings.grace / .milliseconds(100)
    return Array(
      (set([
        "mark": mark, "entry": entry, "user": order.user ?? "", "dir": order.directory ?? settings.directory,
        "size": order.file.map { "\($0.count)" } ?? "", "beat": "\(target.beat)",
        "grace": "\(Int(max(0, min(grace.rounded(.up), 1_000_000))))", "launch": launch,
      ]) + RemoteScript.run).utf8)
  }

  private func set(_ values: KeyValuePairs<String, String>) -> String {
    values.map { "\($0)=\(ShellText.quote($1))\n" }.joined()
  }

  /// What turns the waiting shell into the command. Like here: the house's environment, the account's, the caller's, and
  /// last what the command must be able to rely on.
  private var launch: String {
    func pairs(_ all: [(name: String, value: String)]) -> String {
      ShellText.quote(all.map { "\($0.name)=\($0.value)" })
    }
    let variables = settings.variables
    let own = [(variables.job, order.id), (variables.node, order.nodes[place])]
    let account = order.user == nil ? "" : #" "HOME=$home" "USER=$user" "LOGNAME=$user""#
    let file = order.file == nil ? "" : " \"\(variables.file)=$t/file\""
    let limits = settings.limits.isSet ? ShellText.quote(settings.limits.words("prlimit")) : ""
    let shell = ["/bin/sh", "-c", command.program, "sh"] + command.arguments
    return """
      [ ! -e "$t/over" ] || exit 0
      echo $$ >"$t/session"
      printf '\\n%s started\\n' "$mark" >&4
      printf '\\n%s started\\n' "$mark" >&5
      exec </dev/null \(order.capture ? ">&4 2>&5" : ">/dev/null 2>&1") 4>&- 5>&-
      umask "$mask"
      set -- setsid \(limits)
      [ -z "$change" ] || set -- "$@" setpriv "--reuid=$change" "--regid=$gid" --init-groups --
      set -- "$@" \(ShellText.quote(shell))
      exec env -i -- \(pairs(settings.environment))\(account) \(pairs(order.environment)) \(pairs(own))\(file) "$entry" "$@"
      """
  }
}
