# METADATA
# title: The Shield takes few types from storage, and not too many from others
# description: >-
#   Types vanish when code is built, so shield_no_storage lets them pass. Each type that the Shield takes from storage is named here,
#   and so is a number of imported types above its budget. Advice, no refusal.
# scope: package
# custom:
#   id: architecture.type_import_budget
#   severity: low
#   category: architecture
#   requirements: [A5, S3]
#   fix: Declare the type where both may import it, in a contract or domain library.
package arqonbus.architecture.type_import_budget

import data.arqonbus.lib.facts
import data.arqonbus.lib.packages
import data.arqonbus.lib.report

reads := {
	"imports": {"module", "package", "type_only", "test"},
	"projects": {"role", "tags", "layer"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

warn contains report.finding(row, row.module, sprintf("the Shield takes a type from %s", [row.module])) if {
	some row in type_imports
	row.project in holders_of["role:shield"]
	is_storage(row["package"])
}

warn contains report.finding(row, tag, sprintf("%s imports types %d times, its budget is %d", [row.project, count(own), budget])) if {
	some tag, budget in data.layering_graph.type_imports
	some row in input.projects
	row.project in holders_of[tag]
	own := [found | some found in type_imports; found.project == row.project; not startswith(found.module, "node:")]
	count(own) > budget
}

type_imports := [row | some row in input.imports; row.type_only == true; not row.test]

holders_of[tag] contains row.project if {
	some row in input.projects
	some tag in row.tags
}

is_storage(name) if packages.is_named(data.layering_graph.databases, name)

is_storage(name) if {
	some row in input.projects
	row.project == name
	is_store(row)
}

is_store(row) if row.layer == "adapter"

is_store(row) if startswith(row.role, "storage")
