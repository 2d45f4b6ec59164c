# METADATA
# title: Each document describes code that is there
# description: >-
#   The set of states and the table of transitions that a document names are declared in the files it names.
# scope: package
# custom:
#   id: state_machines.no_unknown_machine
#   severity: high
#   category: state_machines
#   requirements: [J7, P13]
#   fix: >-
#     Correct the rows under Code, or remove the document together with its machine.
package arqonbus.state_machines.no_unknown_machine

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machines": {"name", "states_file", "states_name", "table_file", "table_name", "states_found", "table_found"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, sprintf("%s states", [row.name]), msg) if {
	some row in input.machines
	not row.states_found
	msg := sprintf("%s does not declare %s, the states of the machine %s", [row.states_file, row.states_name, row.name])
}

deny contains report.finding(row, sprintf("%s transitions", [row.name]), msg) if {
	some row in input.machines
	not row.table_found
	msg := sprintf("%s does not declare %s, the transitions of the machine %s", [row.table_file, row.table_name, row.name])
}
