# METADATA
# title: Math.random makes no identifiers
# description: >-
#   Math.random is predictable. Outside the listed places, where it spreads retries over time, it is not used.
# scope: package
# custom:
#   id: security.no_math_random
#   severity: high
#   category: security
#   requirements: [M6, S16]
#   fix: Use randomBytes, randomUUID or getRandomValues of node:crypto.
package arqonbus.security.no_math_random

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"random_uses": {"within", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	concat(".", row.within),
	"uses Math.random, whose values can be foreseen",
) if {
	some row in input.random_uses
	not row.test
	not startswith(row.file, "tools/")
	not is_allowed(row)
}

is_allowed(row) if {
	some entry in data.allowed_patterns["security.no_math_random"]
	entry.file == row.file
	entry.function in row.within
}
