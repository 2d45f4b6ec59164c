# METADATA
# title: The Shield writes no files
# description: >-
#   The Shield keeps no state but its connections, on disk as little as in a database. Its own code writes, creates, renames and removes
#   no files, by whatever name node:fs was loaded, and hands the module to nobody. The audit log is written by @arqonbus/telemetry.
# scope: package
# custom:
#   id: architecture.shield_writes_no_files
#   severity: high
#   category: architecture
#   requirements: [A5, A11, J3]
#   fix: Ask the Spine over the link for what is to be kept, or log it.
package arqonbus.architecture.shield_writes_no_files

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"file_changes": {"api", "function"}, "projects": {"role", "root"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("no project has the role shield") if count(shields) == 0

deny contains report.finding(row, row.api, message(row)) if {
	some row in input.file_changes
	is_edge(row)
	not allowed.covers("architecture.shield_writes_no_files", row)
}

message(row) := "the Shield hands node:fs on, or takes a member of it that nobody can name" if row.api == "*"

message(row) := sprintf("the Shield changes files: fs.%s", [row.api]) if row.api != "*"

# By role, and by place: a tag that is gone changes nothing.
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
