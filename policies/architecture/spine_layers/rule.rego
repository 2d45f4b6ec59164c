# METADATA
# title: The layers of the Spine are used through their public file, in their order
# description: >-
#   Inside the Spine each layer is a folder: transport, routing, commands, casil, history, telemetry. Another folder imports it through
#   index.ts or the file of its name, and only where data.layering_graph.spine lists the pair; pairs under may_by_type are for types
#   alone.
# scope: package
# custom:
#   id: architecture.spine_layers
#   severity: high
#   category: architecture
#   requirements: [A14, A15, A30]
#   fix: Export what is needed from the public file of the layer, or pass it in where the Spine is composed.
package arqonbus.architecture.spine_layers

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"spine_imports": {"from", "to", "target", "type_only"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, sprintf("%s %s", [row.from, row.to]), sprintf("the Spine's %s reaches around to %s", [row.from, row.to])) if {
	some row in input.spine_imports
	not may_import(row)
}

deny contains report.finding(row, sprintf("%s/%s", [row.to, row.target]), sprintf("%s/%s is inside the layer %s", [row.to, row.target, row.to])) if {
	some row in input.spine_imports
	row.to in spine.layers
	not row.target in {"index.ts", sprintf("%s.ts", [row.to])}
}

spine := data.layering_graph.spine

may_import(row) if row.to in spine.may[row.from]

may_import(row) if {
	row.type_only == true
	row.to in spine.may_by_type[row.from]
}
