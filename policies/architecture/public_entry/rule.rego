# METADATA
# title: Exports are listed by name
# description: >-
#   No export * and no default export, in any file: what a package offers is the list in its index.ts. Files that a tool loads by their
#   default export are allowed by name.
# scope: package
# custom:
#   id: architecture.public_entry
#   severity: medium
#   category: architecture
#   requirements: [S14, S9]
#   fix: List the exports by name.
package arqonbus.architecture.public_entry

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"export_forms": {"form", "module", "test"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.form, message[row.form]) if {
	some row in input.export_forms
	not allowed.covers("architecture.public_entry", row)
}

deny contains report.finding(row, row.form, "an export of an unknown form") if {
	some row in input.export_forms
	not row.form in object.keys(message)
}

message := {
	"star": "export * hides what the package offers",
	"default": "a default export has no name",
}
