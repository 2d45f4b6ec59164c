# METADATA
# title: Names say what is inside
# description: >-
#   No folder, file or package is called utils, common, shared, helpers, misc or the like, alone or as a part of its name.
# scope: package
# custom:
#   id: architecture.forbidden_names
#   severity: medium
#   category: architecture
#   requirements: [A30, S14]
#   fix: Name it after the one thing that it does, and give the rest a place of its own.
package arqonbus.architecture.forbidden_names

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"vague_names": {"path", "word"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.path, sprintf("%s is called %s, which says nothing", [row.path, row.word])) if {
	some row in input.vague_names
	not allowed.covers("architecture.forbidden_names", row)
}
