# METADATA
# title: Contract and domain are pure
# description: >-
#   Production code of the layers contract and domain is a function of its arguments: no clock, no randomness, no timer, no network, no
#   environment, no console, no node: module, and no async function.
# scope: package
# custom:
#   id: architecture.domain_pure
#   severity: high
#   category: architecture
#   requirements: [S2, S9, S20, J3]
#   fix: Take the value as an argument, or the capability as a port.
package arqonbus.architecture.domain_pure

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"pure_layer_uses": {"kind", "name"},
	"imports": {"kind", "module", "package", "test"},
	"projects": {"layer"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.name, sprintf("%s is a %s, which pure code is given", [row.name, row.kind])) if {
	some row in input.pure_layer_uses
}

deny contains report.finding(row, row.module, sprintf("%s imports %s into a pure layer", [row.project, row.module])) if {
	some row in input.imports
	row.kind == "builtin"
	not row.test
	row.project in pure
}

pure contains row.project if {
	some row in input.projects
	row.layer in {"contract", "domain"}
}
