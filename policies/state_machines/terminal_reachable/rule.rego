# METADATA
# title: From each state a machine can come to its end
# description: >-
#   From every state a terminal state can be reached, and nothing leads out of a terminal one. A machine that never ends says
#   so, with the reason, in the section No end.
# scope: package
# custom:
#   id: state_machines.terminal_reachable
#   severity: high
#   category: state_machines
#   requirements: [J7, P13]
#   fix: >-
#     Add the transition that ends the machine, mark the state as terminal, or say under No end why the machine has none.
package arqonbus.state_machines.terminal_reachable

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machines": {"name", "endless"}, "machine_states": {"machine", "state", "terminal"}, "machine_transitions": {"machine", "from", "to"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, sprintf("%s %s", [row.machine, row.state]), msg) if {
	some machine in input.machines
	terminals := terminals_of(machine.name)
	count(terminals) > 0
	arrows := edges(machine.name)
	some row in input.machine_states
	row.machine == machine.name
	count(graph.reachable(arrows, {row.state}) & terminals) == 0
	msg := sprintf("from the state %s of the machine %s no terminal state is reachable", [row.state, row.machine])
}

deny contains report.finding(row, sprintf("%s %s", [row.machine, row.from]), msg) if {
	some row in input.machine_transitions
	row.from in terminals_of(row.machine)
	msg := sprintf("the state %s of the machine %s is terminal, and yet a transition leads out of it", [row.from, row.machine])
}

deny contains report.finding(machine, machine.name, msg) if {
	some machine in input.machines
	count(terminals_of(machine.name)) == 0
	count(machine.endless) < 20
	msg := sprintf("the machine %s has no terminal state, and does not say why", [machine.name])
}

deny contains report.finding(machine, machine.name, msg) if {
	some machine in input.machines
	count(terminals_of(machine.name)) > 0
	machine.endless != ""
	msg := sprintf("the machine %s has a terminal state and says that it has none", [machine.name])
}

terminals_of(name) := {row.state | some row in input.machine_states; row.machine == name; row.terminal}

edges(name) := {row.state: targets |
	some row in input.machine_states
	row.machine == name
	targets := {arrow.to | some arrow in input.machine_transitions; arrow.machine == name; arrow.from == row.state}
}
