# METADATA
# title: The table that is documented is the one that runs
# description: >-
#   The code looks into the table of transitions that the document names, and nothing in it is computed, so that it can be
#   compared.
# scope: package
# custom:
#   id: state_machines.table_is_used
#   severity: high
#   category: state_machines
#   requirements: [J7, L15]
#   fix: >-
#     Take the next state from the table, `table[state][event]`, and write the table as one object of literals.
package arqonbus.state_machines.table_is_used

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machines": {"name", "table_name", "table_found", "table_whole", "table_used"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, sprintf("%s used", [row.name]), msg) if {
	some row in input.machines
	row.table_found
	not row.table_used
	msg := sprintf("the code does not look into %s, the table of the machine %s", [row.table_name, row.name])
}

deny contains report.finding(row, sprintf("%s whole", [row.name]), msg) if {
	some row in input.machines
	row.table_found
	not row.table_whole
	msg := sprintf("parts of %s, the table of the machine %s, are computed", [row.table_name, row.name])
}
