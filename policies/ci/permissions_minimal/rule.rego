# METADATA
# title: Workflows hold only the rights they need
# description: >-
#   Each workflow states its permissions at the top, read at most. A job that writes is listed with the
#   permission.
# scope: package
# custom:
#   id: ci.permissions_minimal
#   severity: critical
#   category: ci
#   requirements: [M16, G18]
#   fix: "State permissions: contents: read at the top; give a write permission to the one job that needs it and list it in policies/data/pipeline.json."
package arqonbus.ci.permissions_minimal

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflows": {"kind", "has_permissions", "permissions"},
	"workflow_jobs": {"job", "permissions"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(row, row.file, sprintf("%s states no permissions", [row.file])) if {
	some row in input.workflows
	row.kind == "workflow"
	not row.has_permissions
}

deny contains report.finding(row, granted, sprintf("%s grants %s to every job", [row.file, granted])) if {
	some row in input.workflows
	some granted in row.permissions
	not is_read(granted)
}

deny contains report.finding(row, granted, sprintf("the job %s is granted %s", [row.job, granted])) if {
	some row in input.workflow_jobs
	some granted in row.permissions
	not is_read(granted)
	not is_listed(row, granted)
}

is_read(granted) if {
	[scope, access] := split(granted, ":")
	scope != "*"
	access in {"read", "none"}
}

is_listed(row, granted) if {
	some entry in data.pipeline.write_permissions
	entry.file == row.file
	entry.job == row.job
	entry.permission == granted
	count(entry.reason) > 10
}
