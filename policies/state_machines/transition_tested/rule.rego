# METADATA
# title: Each transition is driven by a test
# description: >-
#   The test that the document names drives the real object over its table: it reaches each state and lets each event happen
#   there.
# scope: package
# custom:
#   id: state_machines.transition_tested
#   severity: high
#   category: state_machines
#   requirements: [J7, L15]
#   fix: >-
#     Name the test under Code, and give its driveMachine() the state under reach and the event under events.
package arqonbus.state_machines.transition_tested

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machine_transitions": {"machine", "from", "event", "to", "tested"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, sprintf("%s %s %s", [row.machine, row.from, row.event]), msg) if {
	some row in input.machine_transitions
	not row.tested
	msg := sprintf("no test of the machine %s leads from %s to %s by %s", [row.machine, row.from, row.to, row.event])
}
