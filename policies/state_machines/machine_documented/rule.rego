# METADATA
# title: Every set of states in production code belongs to a documented machine
# description: >-
#   A union, constant, enum or tagged union whose name, or whose field's name, says state, phase, status, stage or lifecycle is
#   a state machine. It has a document, or is named with the reason in allowed_patterns.
# scope: package
# custom:
#   id: state_machines.machine_documented
#   severity: high
#   category: state_machines
#   requirements: [J7, P13]
#   fix: >-
#     Write docs/state_machines/<machine>.md with states, events, transitions and invariants, and a test that drives it; name
#     a set that is no machine in policies/data/allowed_patterns.json with the reason.
package arqonbus.state_machines.machine_documented

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"state_unions": {"name", "form", "states", "documented"}, "projects": {"layer"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.name, msg) if {
	some row in input.state_unions
	not row.documented
	not row.project in no_production
	not allowed.covers("state_machines.machine_documented", row)
	msg := sprintf("%s is a set of states (%s) without a document under docs/state_machines", [row.name, concat(", ", row.states)])
}

no_production contains row.project if {
	some row in input.projects
	row.layer in {"tool", "testing"}
}
