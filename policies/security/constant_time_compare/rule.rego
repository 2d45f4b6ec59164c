# METADATA
# title: Secrets are compared in constant time
# description: >-
#   What is named like a key, secret, token, signature or digest is compared with timingSafeEqual: an ordinary comparison ends at the first
#   difference and tells how far a guess was right. Values that are no secrets are listed.
# scope: package
# custom:
#   id: security.constant_time_compare
#   severity: high
#   category: security
#   requirements: [M5]
#   fix: Compare digests of both sides with timingSafeEqual of node:crypto.
package arqonbus.security.constant_time_compare

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"secret_comparisons": {"name", "operator", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	row.name,
	sprintf("compares %s with %s, which is not constant in time", [row.name, row.operator]),
) if {
	some row in input.secret_comparisons
	not row.test
	not startswith(row.file, "tools/")
	not is_allowed(row)
}

is_allowed(row) if {
	some entry in data.allowed_patterns["security.constant_time_compare"]
	entry.file == row.file
	entry.name == row.name
}
