# METADATA
# title: A change of the contract comes with its specification and tests
# description: >-
#   Each type, field and value stands in the reference of docs/protocol.md with its number. A change since the base commit, or since
#   HEAD where nothing is committed yet, touches that document and at least one test of an app or library.
# scope: package
# custom:
#   id: protocol.change_has_spec_and_tests
#   severity: high
#   category: protocol
#   requirements: [B15, B20, J5]
#   fix: Run npm run docs:generate, state the rule in docs/protocol.md, and add or change a test of what the contract now says.
package arqonbus.protocol.change_has_spec_and_tests

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"contract_change": {"compared", "subjects", "spec_changed", "tests_changed"}, "proto_elements": {"kind", "subject", "number", "documented"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("contract_change has no row") if count(input.contract_change) == 0

deny contains report.finding(row, "specification", sprintf("the contract changes (%s), docs/protocol.md does not", [concat(", ", row.subjects)])) if {
	some row in input.contract_change
	count(row.subjects) > 0
	not row.spec_changed
}

deny contains report.finding(row, "tests", sprintf("the contract changes (%s), no test does", [concat(", ", row.subjects)])) if {
	some row in input.contract_change
	count(row.subjects) > 0
	count(row.tests_changed) == 0
}

deny contains report.finding(row, row.subject, sprintf("docs/protocol.md has not %s", [row.subject])) if {
	some row in input.proto_elements
	not row.kind in {"service", "method"}
	not row.documented
}
