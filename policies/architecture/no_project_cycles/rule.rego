# METADATA
# title: Projects do not depend on each other in a circle
# description: >-
#   The graph of projects has no cycle, by imports of code and tests or by manifests, and no project imports itself by its own name.
# scope: package
# custom:
#   id: architecture.no_project_cycles
#   severity: high
#   category: architecture
#   requirements: [S8, J3]
#   fix: Move what both need into a project of a lower layer.
package arqonbus.architecture.no_project_cycles

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"project_edges": {"to", "imported", "tested", "declared"},
	"imports": {"package", "module", "kind"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.to, sprintf("%s and %s depend on each other", [row.project, row.to])) if {
	some row in input.project_edges
	row.project in graph.reachable(edges, {row.to})
}

deny contains report.finding(row, row.module, sprintf("%s imports itself by name", [row.project])) if {
	some row in input.imports
	row.kind == "workspace"
	row["package"] == row.project
}

edges[project] := targets if {
	some project in {row.project | some row in input.project_edges}
	targets := {row.to | some row in input.project_edges; row.project == project}
}
