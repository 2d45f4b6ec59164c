# METADATA
# title: State lives in objects, not in modules
# description: >-
#   Production code of apps and libraries has no variable at the top of a module, no constant there whose content functions change, no
#   changeable static property, and sets nothing on globalThis or on what another module exports.
# scope: package
# custom:
#   id: architecture.module_state
#   severity: medium
#   category: architecture
#   requirements: [S17, A16, F1]
#   fix: Put the state into an object that is made where the app is composed, and ended with it.
package arqonbus.architecture.module_state

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"module_state": {"name", "kind"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.name, sprintf("%s is state of the module", [row.name])) if {
	some row in input.module_state
	regex.match(`^(apps|libs)/`, row.file)
	not allowed.covers("architecture.module_state", row)
}
