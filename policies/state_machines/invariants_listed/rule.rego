# METADATA
# title: Each machine has invariants, and each has a test
# description: >-
#   A document lists what holds in every state and over every sequence of events, numbered. A live test of the machine names
#   each number in its title.
# scope: package
# custom:
#   id: state_machines.invariants_listed
#   severity: high
#   category: state_machines
#   requirements: [J7, P13, L15]
#   fix: >-
#     List at least one invariant in the document, and write a test whose title begins with its number, such as I-1.
package arqonbus.state_machines.invariants_listed

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machines": {"name"}, "machine_invariants": {"machine", "id", "tested"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(machine, machine.name, sprintf("the machine %s lists no invariant", [machine.name])) if {
	some machine in input.machines
	not machine.name in {row.machine | some row in input.machine_invariants}
}

deny contains report.finding(row, sprintf("%s %s", [row.machine, row.id]), msg) if {
	some row in input.machine_invariants
	not row.tested
	msg := sprintf("no test of the machine %s names its invariant %s", [row.machine, row.id])
}
