# METADATA
# title: Production code imports no test code
# description: >-
#   A production file imports no test, contract, fixture or benchmark file, by value or by type. Most rules spare test code, so code
#   that is used in production must not lie there.
# scope: package
# custom:
#   id: architecture.no_test_import
#   severity: high
#   category: architecture
#   requirements: [S12, S1, J35]
#   fix: Move what production needs out of the test code.
package arqonbus.architecture.no_test_import

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"test_imports": {"module", "target"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.target, sprintf("production code imports the test file %s", [row.target])) if {
	some row in input.test_imports
	not allowed.covers("architecture.no_test_import", row)
}
