# METADATA
# title: The top level holds what it should
# description: >-
#   The top level has nx.json, package.json, apps, libs, proto, policies, tools, docs and .github, and nothing that
#   data.layering_graph.top_level does not list. A new folder of code would belong to no project.
# scope: package
# custom:
#   id: architecture.top_level_shape
#   severity: medium
#   category: architecture
#   requirements: [A24, A30]
#   fix: Move it under apps, libs, tools or docs; a configuration file that must lie there is added to data.layering_graph.top_level.
package arqonbus.architecture.top_level_shape

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"top_level_entries": {"name", "folder"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, row.name, sprintf("%s has no place at the top level", [row.name])) if {
	some row in input.top_level_entries
	not is_known(row)
}

deny contains report.finding({"file": name, "line": 1, "project": "workspace"}, name, sprintf("%s is missing at the top level", [name])) if {
	some name in shape.required
	not name in {row.name | some row in input.top_level_entries}
}

shape := data.layering_graph.top_level

is_known(row) if {
	row.folder == true
	row.name in shape.folders
}

is_known(row) if {
	row.folder == false
	row.name in shape.files
}
