# METADATA
# title: Each role is one project
# description: >-
#   Shield, Spine and Storage are there, each as one project of its own; Brain and every other single role has at most one. Two projects
#   with one role would share its rights.
# scope: package
# custom:
#   id: architecture.voltron_roles
#   severity: high
#   category: architecture
#   requirements: [A4, J23]
#   fix: Give the project the role of what it is; a second implementation gets a role of its own in data.layering_graph.
package arqonbus.architecture.voltron_roles

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"projects": {"role", "root", "tags"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(here, role, sprintf("no project has the role %s", [role])) if {
	some role in data.layering_graph.voltron.present
	not role in {row.role | some row in input.projects}
}

deny contains report.finding(row, role, sprintf("%s shares the role %s with another project", [row.project, role])) if {
	some role in data.layering_graph.voltron.single
	tag := sprintf("role:%s", [role])
	holders := [row | some row in input.projects; tag in row.tags]
	count(holders) > 1
	some row in holders
}

here := {"file": "policies/data/layering_graph.json", "line": 1, "project": "workspace"}
