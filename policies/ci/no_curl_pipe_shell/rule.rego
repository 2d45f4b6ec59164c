# METADATA
# title: Nothing is downloaded and run
# description: >-
#   Programs come through a lockfile, a module with checksums, or a pinned action. A workflow downloads nothing by
#   hand and feeds no shell with what came from elsewhere.
# scope: package
# custom:
#   id: ci.no_curl_pipe_shell
#   severity: critical
#   category: ci
#   requirements: [J27, M14]
#   fix: Take the program as a dependency with a checksum in a lockfile or go.sum.
package arqonbus.ci.no_curl_pipe_shell

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_commands": {"job", "words", "joined_by"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.words[0], sprintf("%s downloads past every checksum", [row.words[0]])) if {
	some row in input.workflow_commands
	program(row) in {"curl", "wget", "aria2c", "iwr", "irm", "invoke-webrequest", "invoke-restmethod"}
}

deny contains report.finding(row, row.words[0], sprintf("%s runs what another command prints", [row.words[0]])) if {
	some row in input.workflow_commands
	row.joined_by == "|"
	program(row) in {"sh", "bash", "zsh", "dash", "ksh", "python", "python3", "node", "perl", "ruby", "iex", "invoke-expression", "xargs"}
}

deny contains report.finding(row, row.words[0], sprintf("%s runs a text that is downloaded", [row.words[0]])) if {
	some row in input.workflow_commands
	program(row) in {"sh", "bash", "zsh", "eval", "source", ".", "python", "python3", "node"}
	some word in row.words
	regex.match(`([$][(]|\x60|<)\s*(curl|wget)`, word)
}

# Name without folder, so that /usr/bin/curl is curl.
program(row) := lower(parts[count(parts) - 1]) if parts := split(row.words[0], "/")
