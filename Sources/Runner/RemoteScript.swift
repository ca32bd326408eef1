/// What the other machine's shell is given: nothing need be installed there.
///
/// All of it stands in a function that the last line calls: when the connection breaks on the way, nothing is done.
/// What it has to say, it says in lines that begin with the mark of the run.
enum RemoteScript {
  /// Whether the machine could run the order: `ready`, or `refused` with a reason.
  static let vote = #"""
    main() {
      say() { printf '\n%s %s\n' "$mark" "$*"; exit 0; }
      for tool in awk cut dd env grep id mktemp rm setsid sleep wc $tools; do
        command -v "$tool" >/dev/null 2>&1 || say "refused $tool is missing there"
      done
      [ -r /proc/self/environ ] || say "refused there is no /proc there"
      if [ -n "$user" ]; then
        uid=$(id -u -- "$user" 2>/dev/null) || say "refused unknown user $user"
        if [ "$uid" != "$(id -u)" ]; then
          [ "$(id -u)" = 0 ] || say "refused not allowed to run as user $user"
          command -v setpriv >/dev/null 2>&1 || say "refused cannot change to user $user: setpriv is missing there"
        fi
      fi
      [ -d "$dir" ] || say "refused no such directory: $dir"
      if [ -n "$lock" ] && [ -e "$lock" ]; then
        command -v flock >/dev/null 2>&1 || say "refused flock is missing there"
        flock -ns -- "$lock" true || say "refused $lock is locked"
      fi
      say ready
    }
    main

    """#

  /// Runs the command in a session of its own, tells how it ended, and ends it when it is told to, or when nothing is
  /// heard from the gateway any more. awk is there because a shell cannot tell an exit code from a signal.
  static let run = #"""
    # The processes of the run: by their mark, or by their session. A zombie is none.
    members() {
      {
        grep -lsxzF -e "$entry" /proc/[0-9]*/environ
        if [ -s "$t/session" ] && read -r session <"$t/session"; then
          grep -lsE "^[0-9]+ \(.*\) [^ZX] [0-9]+ [0-9]+ $session " /proc/[0-9]*/stat
        fi
      } | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
    }
    tell() {
      for pid in $(members); do
        kill "-$1" "$pid"
        [ "$1" = KILL ] || kill -CONT "$pid"
      done 2>/dev/null
    }
    # Nothing may run any more, nor begin to.
    over() {
      : >"$t/over"
      n=0
      while [ -e "$t/over" ]; do
        tell KILL
        sleep 0.02
        n=$((n + 1))
        if [ "$n" -gt 250 ]; then
          rm -rf "$t"
          kill -KILL 0
        fi
      done
      exit
    }
    watch() {
      while read -r word; do
        : >"$t/beat"
        case $word in
          TERM) if [ -s "$t/session" ]; then tell TERM; else over; fi ;;
          KILL) over ;;
        esac
      done
      over
    }
    # A connection may die without a word.
    listen() {
      n=0
      while sleep "$beat" && [ -d "$t" ]; do
        n=$((n + 1))
        if [ -e "$t/beat" ]; then
          rm -f "$t/beat"
          n=0
        fi
        [ "$n" -lt 4 ] || over
      done
    }
    finish() {
      rm -rf "$t"
      printf '\n%s %s\n' "$mark" "$*" >&4
      printf '\n%s %s\n' "$mark" "$*" >&5
      exit 0
    }
    main() {
      trap : HUP INT TERM PIPE
      exec 3<&0 4>&1 5>&2 </dev/null
      mask=$(umask)
      umask 077
      t=$(mktemp -d "${TMPDIR:-/tmp}/run.XXXXXXXX" 2>/dev/null) || finish 'lost no temporary directory there'
      if [ -n "$size" ]; then
        dd ibs=1 obs=65536 "count=$size" "of=$t/file" <&3 2>/dev/null
        [ "$(wc -c <"$t/file")" -eq "$size" ] || finish 'lost the attached file did not arrive'
      fi
      change=
      if [ -n "$user" ]; then
        gid=$(id -g -- "$user") && home=$(getent passwd "$user" | cut -d: -f6) || finish "lost unknown user $user"
        if [ "$(id -u -- "$user")" != "$(id -u)" ]; then
          change=$user
          chmod 711 "$t"
          [ -z "$size" ] || chown -- "$user:$gid" "$t/file" || finish 'lost the attached file cannot be given away'
        fi
      fi
      cd -- "$dir" 2>/dev/null || finish 'lost the directory is not there'
      export t mark entry user home change gid mask
      watch <&3 3<&- 4>&- 5>&- >/dev/null 2>&1 &
      listen </dev/null 3<&- 4>&- 5>&- >/dev/null 2>&1 &
      exec 3<&-
      result=$(printf '%s\n' "$launch" |
        awk 'BEGIN { print system("exec env \"$entry\" /bin/sh -c \". /dev/stdin\"") }')
      [ -s "$t/session" ] || finish unstarted
      left=
      # More than one look: a process may end, or take on another program, just when it is looked at.
      for pause in 0 0.02 0.05 0.1; do
        sleep "$pause"
        [ -z "$(members)" ] || left=' left'
      done
      if [ -n "$left" ]; then
        tell TERM
        n=0
        while [ -n "$(members)" ] && [ "$n" -lt $((grace + 100)) ]; do
          [ "$n" -lt "$grace" ] || tell KILL
          sleep 0.1
          n=$((n + 1))
        done
      fi
      kill -TERM 0
      case $result in
        '' | *[!0-9]*) finish 'lost its end was not seen' ;;
      esac
      if [ "$result" -ge 512 ]; then
        finish "signalled $((result - 512))$left"
      elif [ "$result" -ge 256 ]; then
        finish "signalled $((result - 256))$left"
      fi
      finish "exited $result$left"
    }
    main

    """#
}
