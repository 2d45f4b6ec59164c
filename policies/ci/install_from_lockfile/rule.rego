# METADATA
# title: Pipelines install from lockfiles
# description: >-
#   Workflows install by npm ci and run only programs that are installed. No command adds a package, takes the
#   newest version, or fetches one while it runs.
# scope: package
# custom:
#   id: ci.install_from_lockfile
#   severity: high
#   category: ci
#   requirements: [M13, J27]
#   fix: Use npm ci; declare the program as a development dependency and start it by npx --no or an npm script.
package arqonbus.ci.install_from_lockfile

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_commands": {"job", "words"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.words[0], sprintf("%s installs past the lockfile", [concat(" ", array.slice(row.words, 0, 2))])) if {
	some row in input.workflow_commands
	row.words[0] in {"pnpm", "yarn", "bun", "bunx", "pnpx"}
}

deny contains report.finding(row, row.words[0], sprintf("npm %s installs past the lockfile", [verb])) if {
	some row in input.workflow_commands
	row.words[0] == "npm"
	verb := npm_verb(row)
	verb in {"i", "install", "add", "update", "up", "upgrade", "link", "exec", "x", "create", "init", "rebuild", "it", "install-test"}
}

deny contains report.finding(row, row.words[0], "npx fetches a package while it runs") if {
	some row in input.workflow_commands
	row.words[0] == "npx"
	some word in npx_words(row)
	regex.match(`^(-y|--yes|-p|--package.*|-c|--call.*)$|^(@[^/]+/)?[a-z][\w.-]*@`, word)
}

deny contains report.finding(row, row.words[0], sprintf("%s installs without checksums", [row.words[0]])) if {
	some row in input.workflow_commands
	row.words[0] in {"pip", "pip3", "pipx", "uv", "poetry", "gem", "cargo", "brew"}
	"install" in row.words
	not "--require-hashes" in row.words
}

deny contains report.finding(row, row.words[0], "go takes a version that nothing pins") if {
	some row in input.workflow_commands
	row.words[0] == "go"
	some word in row.words
	regex.match(`@(latest|main|master|v\d+(\.\d+)?)$`, word)
}

# The options of npx itself and the program it starts; what follows belongs to the program.
npx_words(row) := array.slice(row.words, 1, first + 2) if {
	first := [i | some i, word in array.slice(row.words, 1, count(row.words)); not startswith(word, "-")][0]
} else := row.words

npm_verb(row) := [word | some word in array.slice(row.words, 1, count(row.words)); not startswith(word, "-")][0]
