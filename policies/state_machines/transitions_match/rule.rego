# METADATA
# title: Code and document of a machine have the same transitions
# description: >-
#   The table of transitions that the code looks into and the one of the document say the same: the same states, led out of by
#   the same events into the same states.
# scope: package
# custom:
#   id: state_machines.transitions_match
#   severity: high
#   category: state_machines
#   requirements: [J7, P13, L15]
#   fix: >-
#     Change the table in code and the rows under Transitions together, and drive the transition in the machine's test.
package arqonbus.state_machines.transitions_match

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machine_transitions": {"machine", "from", "event", "to", "in_doc", "in_code"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, subject(row), msg) if {
	some row in input.machine_transitions
	not row.in_doc
	msg := sprintf("the code of the machine %s leads from %s to %s by %s, its document does not", [row.machine, row.from, row.to, row.event])
}

deny contains report.finding(row, subject(row), msg) if {
	some row in input.machine_transitions
	not row.in_code
	msg := sprintf("the document of the machine %s leads from %s to %s by %s, its code does not", [row.machine, row.from, row.to, row.event])
}

subject(row) := sprintf("%s %s %s %s", [row.machine, row.from, row.event, row.to])
