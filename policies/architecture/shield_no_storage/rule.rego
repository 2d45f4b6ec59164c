# METADATA
# title: The Shield imports no storage
# description: >-
#   The Shield keeps no state but its connections. Production code of the edge therefore loads no database client and no storage
#   package: not by import() or require, not under an alias of its manifest, and not through a library that it imports. Types are let
#   through here and counted by type_import_budget.
# scope: package
# custom:
#   id: architecture.shield_no_storage
#   severity: high
#   category: architecture
#   requirements: [A5, A11, J3]
#   fix: Ask the Spine over the link for what is stored, or move the code to the Spine.
package arqonbus.architecture.shield_no_storage

import data.arqonbus.lib.facts
import data.arqonbus.lib.packages
import data.arqonbus.lib.report

reads := {
	"imports": {"module", "kind", "package", "type_only", "test"},
	"projects": {"role", "layer", "root"},
	"project_dependencies": {"name", "section", "installed"},
	"project_edges": {"to", "imported"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, row.module, sprintf("the Shield loads %s", [row.module])) if {
	some row in input.imports
	is_edge(row)
	loads(row)
}

deny contains report.finding(row, row.name, sprintf("the Shield depends on %s, which is storage", [row.name])) if {
	some row in input.project_dependencies
	row.section != "devDependencies"
	is_edge(row)
	holds_state(row.installed)
}

deny contains report.finding(row, row.module, sprintf("%s loads %s, and the Shield loads %s", [row.project, row.module, row.project])) if {
	some row in input.imports
	row.project in reached
	not is_edge(row)
	loads(row)
}

loads(row) if {
	not row.test
	not row.type_only
	row["package"] in stateful
}

stateful contains name if {
	some name in {row["package"] | some row in input.imports}
	holds_state(name)
}

# By tag, and by place: a tag that is gone changes nothing.
is_edge(row) if row.project in shields

is_edge(row) if startswith(row.file, "apps/shield/")

shields contains row.project if {
	some row in input.projects
	row.role == "shield"
}

shields contains row.project if {
	some row in input.projects
	row.root == "apps/shield"
}

# Every project is a key: what is none is not reached.
graph_of_imports[project] := targets if {
	some project in {name | some row in input.project_edges; some name in [row.project, row.to]}
	targets := {row.to | some row in input.project_edges; row.project == project; row.imported == true}
}

reached := graph.reachable(graph_of_imports, shields)

storages contains row.project if {
	some row in input.projects
	row.layer == "adapter"
}

storages contains row.project if {
	some row in input.projects
	startswith(row.role, "storage")
}

holds_state(name) if packages.is_named(data.layering_graph.databases, name)

holds_state(name) if name in data.layering_graph.storage_builtins

holds_state(name) if name in storages
