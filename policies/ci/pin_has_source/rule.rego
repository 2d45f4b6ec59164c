# METADATA
# title: The commit of an action is known to be its version
# description: >-
#   Each action that a workflow uses is recorded in policies/data/actions.yaml: its commit, its version, where the
#   two were seen together and when. The comment behind the commit states that version.
# scope: package
# custom:
#   id: ci.pin_has_source
#   severity: high
#   category: ci
#   requirements: [J27, M14]
#   fix: Look the commit up in the repository of the action and record it in policies/data/actions.yaml; correct the comment.
package arqonbus.ci.pin_has_source

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_uses": {"target", "ref", "kind", "action", "comment"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.actions is missing") if not data.actions

deny contains report.finding(row, row.action, sprintf("the commit of %s has no entry in policies/data/actions.yaml", [row.action])) if {
	some row in input.workflow_uses
	row.kind == "action"
	count(entries(row)) == 0
}

deny contains report.finding(row, row.action, sprintf("the comment behind %s does not state the version %s", [row.action, entry.version])) if {
	some row in input.workflow_uses
	row.kind == "action"
	some entry in entries(row)
	row.comment != entry.version
}

deny contains report.finding(row, row.action, sprintf("the entry of %s lacks source or date", [row.action])) if {
	some row in input.workflow_uses
	row.kind == "action"
	some entry in entries(row)
	not is_sourced(entry)
}

entries(row) := {entry | some entry in data.actions; entry.action == row.action; entry.sha == row.ref}

is_sourced(entry) if {
	count(entry.source) > 15
	regex.match(`^\d{4}-\d\d-\d\d$`, entry.looked_up)
}
