# METADATA
# title: Every import leads somewhere that is known
# description: >-
#   An import of a file that is not there, of a computed name, of a #name, or of an address such as data: is denied: no rule can say
#   what it loads. A test may compute a name.
# scope: package
# custom:
#   id: architecture.unresolved_import
#   severity: high
#   category: architecture
#   requirements: [S14, J3, G16]
#   fix: Write the module as a literal, and add the file that is missing.
package arqonbus.architecture.unresolved_import

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"unresolved_imports": {"module", "reason", "form", "test"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.module, sprintf("%s leads to no known module: %s", [row.module, meaning[row.reason]])) if {
	some row in input.unresolved_imports
	not is_test_loader(row)
	not allowed.covers("architecture.unresolved_import", row)
}

deny contains report.finding(row, row.module, sprintf("%s is unresolved for the unknown reason %s", [row.module, row.reason])) if {
	some row in input.unresolved_imports
	not row.reason in object.keys(meaning)
}

meaning := {
	"missing": "there is no such file, or its package does not offer it",
	"computed": "the name is computed",
	"other": "it is neither a path nor a package",
}

is_test_loader(row) if {
	row.test == true
	row.reason in {"computed", "other"}
}
