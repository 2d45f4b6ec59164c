# METADATA
# title: Each state can be reached from the initial one
# description: >-
#   A state that nothing leads to from the initial state is dead code, or its way in is missing from the table.
# scope: package
# custom:
#   id: state_machines.initial_reaches_all
#   severity: medium
#   category: state_machines
#   requirements: [J7, P13]
#   fix: >-
#     Add the transition that leads to the state, or take the state out of document and code.
package arqonbus.state_machines.initial_reaches_all

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machines": {"name"}, "machine_states": {"machine", "state", "initial"}, "machine_transitions": {"machine", "from", "to"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, sprintf("%s %s", [row.machine, row.state]), msg) if {
	some machine in input.machines
	reached := graph.reachable(edges(machine.name), initials_of(machine.name))
	some row in input.machine_states
	row.machine == machine.name
	not row.state in reached
	msg := sprintf("nothing leads to the state %s of the machine %s", [row.state, row.machine])
}

deny contains report.finding(machine, machine.name, msg) if {
	some machine in input.machines
	count(initials_of(machine.name)) != 1
	msg := sprintf("the machine %s has not one initial state", [machine.name])
}

initials_of(name) := {row.state | some row in input.machine_states; row.machine == name; row.initial}

edges(name) := {row.state: targets |
	some row in input.machine_states
	row.machine == name
	targets := {arrow.to | some arrow in input.machine_transitions; arrow.machine == name; arrow.from == row.state}
}
