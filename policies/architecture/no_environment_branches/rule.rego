# METADATA
# title: Code behaves alike in every environment
# description: >-
#   Production code of apps and libraries does not ask in which environment it runs: it compares nothing with production, staging or
#   development, and reads no variable that says so. What differs is a setting with a name of its own.
# scope: package
# custom:
#   id: architecture.no_environment_branches
#   severity: high
#   category: architecture
#   requirements: [A21]
#   fix: Add a setting that says what differs, and set it in the profile of the environment.
package arqonbus.architecture.no_environment_branches

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"environment_branches": {"literal", "operand", "test"},
	"environment_reads": {"what", "variable"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.literal, sprintf("code asks whether it runs in %s", [row.literal])) if {
	some row in input.environment_branches
	not row.test
	regex.match(`^(apps|libs)/`, row.file)
	not allowed.covers("architecture.no_environment_branches", row)
}

deny contains report.finding(row, row.variable, sprintf("%s says in which environment code runs", [row.variable])) if {
	some row in input.environment_reads
	split(row.variable, ".")[0] in data.layering_graph.environment_variables
}
