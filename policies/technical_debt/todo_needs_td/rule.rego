# METADATA
# title: Work left for later has an item in the register
# description: >-
#   A mark of work for later in a comment is a debt that nobody owns. It names an item of the register on its line or, when it is the last of its
#   comment, below; in production code of the core also an owner.
# scope: package
# custom:
#   id: technical_debt.todo_needs_td
#   severity: medium
#   category: technical_debt
#   requirements: [J18, L28]
#   fix: Do it now, or open docs/technical_debt/TD-nnn-….md and write the mark as WORD(@owner) TD-nnn.
package arqonbus.technical_debt.todo_needs_td

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"work_markers": {"marker", "td", "owner", "test"}, "file_markers": {"marker", "td", "owner", "test"}, "projects": {"layer"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.marker, sprintf("%s names no item of the debt register", [row.marker])) if {
	some row in array.concat(input.work_markers, input.file_markers)
	count(row.td) == 0
}

deny contains report.finding(row, row.marker, sprintf("%s in code of the core names no owner", [row.marker])) if {
	some row in array.concat(input.work_markers, input.file_markers)
	count(row.td) > 0
	row.owner == ""
	not row.test
	row.project in core
}

core contains row.project if {
	some row in input.projects
	row.layer in {"contract", "domain", "port", "adapter", "transport", "sdk", "app"}
}
