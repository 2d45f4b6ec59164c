# METADATA
# title: An adapter knows no other adapter
# description: >-
#   An adapter depends on ports, domain and contract: on no other adapter, in code, tests or manifest, and on no client library of
#   another adapter's store.
# scope: package
# custom:
#   id: architecture.adapter_isolation
#   severity: high
#   category: architecture
#   requirements: [S4, S1]
#   fix: Let the application layer, which knows both ports, bring the two together.
package arqonbus.architecture.adapter_isolation

import data.arqonbus.lib.facts
import data.arqonbus.lib.packages
import data.arqonbus.lib.report

reads := {
	"project_edges": {"to", "imported", "tested", "declared"},
	"projects": {"layer", "tags"},
	"imports": {"package", "module", "test", "type_only"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, row.to, sprintf("the adapter %s depends on the adapter %s", [row.project, row.to])) if {
	some row in input.project_edges
	row.project in adapters
	row.to in adapters
	row.project != row.to
}

deny contains report.finding(row, row.module, sprintf("the adapter %s imports the client of another store, %s", [row.project, row.module])) if {
	some row in input.imports
	row.project in adapters
	not row.test
	some project in input.projects
	project.project == row.project
	some tag in project.tags
	packages.is_named(data.layering_graph.rows[tag].banned_packages, row["package"])
}

adapters contains row.project if {
	some row in input.projects
	row.layer == "adapter"
}
