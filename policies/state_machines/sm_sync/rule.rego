# METADATA
# title: Who changes a machine's code looks at its document
# description: >-
#   With a base commit to compare with: a file that holds a machine's states, table or field was changed, and its document was
#   not. That can be right, for most changes touch no state; so it is advice.
# scope: package
# custom:
#   id: state_machines.sm_sync
#   severity: low
#   category: state_machines
#   requirements: [J7]
#   fix: >-
#     Read the machine's document again: actions, invariants and meanings are text that no parser compares with the code.
package arqonbus.state_machines.sm_sync

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machines": {"name", "code_changed", "doc_changed"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

warn contains report.finding(row, row.name, sprintf("the code of the machine %s was changed, its document was not", [row.name])) if {
	input.meta.base == "commit"
	some row in input.machines
	row.code_changed
	not row.doc_changed
}
