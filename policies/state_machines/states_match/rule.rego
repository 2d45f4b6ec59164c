# METADATA
# title: Code and document of a machine have the same states
# description: >-
#   A state that code has and its document has not was never thought through: nobody wrote what leads into it, what leads out,
#   and what holds there. A state that only the document has tells people of a machine that does not exist.
# scope: package
# custom:
#   id: state_machines.states_match
#   severity: high
#   category: state_machines
#   requirements: [J7, P13, L15]
#   fix: >-
#     Add the state to the States and Transitions of the document and to the table in code, drive it in the machine's test, or
#     take it out of both.
package arqonbus.state_machines.states_match

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machine_states": {"machine", "state", "in_doc", "in_code"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, sprintf("%s %s", [row.machine, row.state]), msg) if {
	some row in input.machine_states
	not row.in_doc
	msg := sprintf("the code of the machine %s has the state %s, its document has not", [row.machine, row.state])
}

deny contains report.finding(row, sprintf("%s %s", [row.machine, row.state]), msg) if {
	some row in input.machine_states
	not row.in_code
	msg := sprintf("the document of the machine %s has the state %s, its code has not", [row.machine, row.state])
}
