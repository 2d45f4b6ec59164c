# METADATA
# title: Redis keys come from the tenancy library
# description: >-
#   Keys are built by @arqonbus/tenancy alone, so that one place shows that each holds its tenant. A key put together elsewhere cannot be
#   proven, and outside the storage adapters neither can one that is handed in.
# scope: package
# custom:
#   id: security.key_from_builder
#   severity: high
#   category: security
#   requirements: [J12, M5, D13]
#   fix: Add a builder to @arqonbus/tenancy and use what it returns.
package arqonbus.security.key_from_builder

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"store_uses": {"engine", "role", "op", "text", "form", "builder", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.text, sprintf("%s uses the %s '%s', which no builder of @arqonbus/tenancy made", [row.op, row.role, row.text])) if {
	some row in input.store_uses
	not row.test
	row.engine == "redis"
	row.form in {"literal", "template", "concat"}
}

deny contains report.finding(row, row.op, sprintf("%s uses a %s whose origin cannot be seen here", [row.op, row.role])) if {
	some row in input.store_uses
	not row.test
	row.engine == "redis"
	is_unproven(row)
	not row.project in adapters
}

is_unproven(row) if row.form == "unknown"

is_unproven(row) if {
	row.form == "builder"
	row.builder == ""
}

adapters contains entry.project if some entry in data.allowed_patterns["security.key_from_builder"]
