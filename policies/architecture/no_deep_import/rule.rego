# METADATA
# title: Packages are imported by what they offer
# description: >-
#   Another project is imported by its package name, or by a subpath that its manifest exports: never by a file of its sources or its
#   build output, and never by a path that leaves the project. Tests are held to it too.
# scope: package
# custom:
#   id: architecture.no_deep_import
#   severity: high
#   category: architecture
#   requirements: [S14, S9, J3]
#   fix: Import the package by its name, and export what is missing from its index.ts.
package arqonbus.architecture.no_deep_import

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"foreign_imports": {"module", "relative", "target", "target_project", "exported", "test", "config"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.module, sprintf("%s is inside %s, which does not offer it", [row.module, row.target_project])) if {
	some row in input.foreign_imports
	not is_offered(row)
	not allowed.covers("architecture.no_deep_import", row)
}

is_offered(row) if {
	row.relative == false
	row.exported == true
}
