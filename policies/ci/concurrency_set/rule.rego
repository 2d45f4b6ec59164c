# METADATA
# title: Newer runs replace older ones
# description: >-
#   Each workflow names a concurrency group, so that two pushes in a row do not hold two sets of runners.
# scope: package
# custom:
#   id: ci.concurrency_set
#   severity: low
#   category: ci
#   requirements: [L35]
#   fix: Add concurrency with a group to the workflow.
package arqonbus.ci.concurrency_set

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflows": {"kind", "concurrency"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.file, sprintf("%s names no concurrency group", [row.file])) if {
	some row in input.workflows
	row.kind == "workflow"
	row.concurrency == ""
}
