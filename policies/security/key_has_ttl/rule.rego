# METADATA
# title: A key that is written has a time to live
# description: >-
#   What is written to Redis or Valkey expires: with the command, or by an expire of the same key in the same file. Without it a departed
#   tenant's data stays forever.
# scope: package
# custom:
#   id: security.key_has_ttl
#   severity: medium
#   category: security
#   requirements: [J12, D13]
#   fix: Give EX or PX, or call pexpire on the same key.
package arqonbus.security.key_has_ttl

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"store_uses": {"engine", "op", "text", "writes", "expires", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

warn contains report.finding(row, row.text, sprintf("%s writes '%s' without a time to live", [row.op, row.text])) if {
	some row in input.store_uses
	not row.test
	row.engine == "redis"
	row.writes
	not row.expires
}
