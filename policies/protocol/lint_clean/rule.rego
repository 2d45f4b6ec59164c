# METADATA
# title: buf lint finds nothing in the contract
# description: >-
#   The STANDARD rules of buf keep names, packages and enums in the form that generators of every language expect.
# scope: package
# custom:
#   id: protocol.lint_clean
#   severity: medium
#   category: protocol
#   requirements: [B1, B16, J5]
#   fix: Change what buf names; npx nx run proto:lint says the same.
package arqonbus.protocol.lint_clean

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"buf_findings": {"tool", "rule", "message"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.rule, sprintf("buf lint: %s", [row.message])) if {
	some row in input.buf_findings
	row.tool == "lint"
}
