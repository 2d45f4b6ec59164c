# METADATA
# title: Files and functions fit a screen or few
# description: >-
#   A file has at most 500 lines, a function of production code at most 80 lines and seven parameters. Generated code is not judged.
# scope: package
# custom:
#   id: architecture.size_limits
#   severity: medium
#   category: architecture
#   requirements: [S15, S14, S6]
#   fix: Split it by what its parts do; give the parts names.
package arqonbus.architecture.size_limits

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"sizes": {"kind", "name", "size", "test"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.name, sprintf("%s has %d %s, the limit is %d", [row.name, row.size, unit(row), limit])) if {
	some row in input.sizes
	limit := data.layering_graph.limits[row.kind]
	row.size > limit
	is_judged(row)
	not allowed.covers("architecture.size_limits", row)
}

deny contains report.incomplete(sprintf("data.layering_graph.limits has no %s", [row.kind])) if {
	some row in input.sizes
	not is_number(object.get(data.layering_graph, ["limits", row.kind], ""))
}

is_judged(row) if row.kind == "file"

is_judged(row) if not row.test

unit(row) := "parameters" if row.kind == "parameters"

else := "lines"
