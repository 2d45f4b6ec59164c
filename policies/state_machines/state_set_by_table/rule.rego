# METADATA
# title: A machine changes its state by its table alone
# description: >-
#   What is written to the field of a machine comes out of its table of transitions. A state written past the table is a
#   transition that no document and no test knows.
# scope: package
# custom:
#   id: state_machines.state_set_by_table
#   severity: high
#   category: state_machines
#   requirements: [J7, L15]
#   fix: >-
#     Name the event, add it to the table and the document, and let the machine's step look up the next state.
package arqonbus.state_machines.state_set_by_table

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machines": {"name", "field_file", "field"}, "state_writes": {"field", "values", "by_table", "test"}, "projects": {"layer"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, sprintf("%s %s", [machine.name, row.field]), msg) if {
	some machine in input.machines
	some row in past_table
	row.file == machine.field_file
	row.field == machine.field
	msg := sprintf("%s of the machine %s is written past its table of transitions", [row.field, machine.name])
}

deny contains report.finding(row, sprintf("%s %s", [row.field, value]), msg) if {
	some row in past_table
	not row.project in no_production
	some value in row.values
	msg := sprintf("%s becomes %s past any table of transitions", [row.field, value])
}

no_production contains row.project if {
	some row in input.projects
	row.layer in {"tool", "testing"}
}

past_table contains row if {
	some row in input.state_writes
	not row.test
	not row.by_table
}
