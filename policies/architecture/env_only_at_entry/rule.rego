# METADATA
# title: Only entry points read environment and arguments
# description: >-
#   process.env and process.argv are read in entry points and in the settings library alone; everything else gets values by its
#   constructor or its arguments.
# scope: package
# custom:
#   id: architecture.env_only_at_entry
#   severity: high
#   category: architecture
#   requirements: [S5, S7, A18, J3]
#   fix: Add a setting to the schema of the app, read it at the entry point, and pass the value on.
package arqonbus.architecture.env_only_at_entry

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"environment_reads": {"what", "variable"},
	"projects": {"role"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, sprintf("%s %s", [row.what, row.variable]), sprintf("process.%s is read outside an entry point", [row.what])) if {
	some row in input.environment_reads
	not regex.match(data.layering_graph.entry_points, row.file)
	not row.project in settings_owners
	not allowed.covers("architecture.env_only_at_entry", row)
}

settings_owners contains row.project if {
	some row in input.projects
	row.role == "config"
}
