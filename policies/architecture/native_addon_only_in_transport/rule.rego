# METADATA
# title: Native code stays in its adapter
# description: >-
#   A package with native code is imported and declared only where data.layering_graph.native_addons allows it: the WebSocket engine in
#   the transport, the embedded database in its adapter. A .node file is imported nowhere.
# scope: package
# custom:
#   id: architecture.native_addon_only_in_transport
#   severity: high
#   category: architecture
#   requirements: [G16, A25]
#   fix: Use the port of the transport or the store; a new addon needs an adapter of its own and an entry in data.layering_graph.
package arqonbus.architecture.native_addon_only_in_transport

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"imports": {"module", "package", "type_only", "test"},
	"projects": {"tags"},
	"project_dependencies": {"name", "installed", "section"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, row.module, sprintf("%s is native code, which %s must not load", [row.module, row.project])) if {
	some row in input.imports
	not row.test
	not row.type_only
	is_misplaced(row, row["package"])
}

deny contains report.finding(row, row.module, sprintf("%s is native code", [row.module])) if {
	some row in input.imports
	endswith(row.module, ".node")
}

deny contains report.finding(row, row.name, sprintf("%s is native code, on which %s must not depend", [row.name, row.project])) if {
	some row in input.project_dependencies
	is_misplaced(row, row.installed)
}

is_misplaced(row, name) if {
	some key in name_and_scope(name)
	owners := data.layering_graph.native_addons[key]
	count({tag | some tag in object.get(tags_of, row.project, []); tag in owners}) == 0
}

name_and_scope(name) := {name, split(name, "/")[0]}

tags_of[row.project] contains tag if {
	some row in input.projects
	some tag in row.tags
}
