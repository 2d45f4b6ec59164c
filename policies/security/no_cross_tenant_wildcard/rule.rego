# METADATA
# title: No wildcard reaches over tenants
# description: >-
#   A wildcard stands behind the tenant in subjects, keys and patterns, in code that uses them and in the builders themselves. Builders that are
#   meant to see all tenants are listed with their reason.
# scope: package
# custom:
#   id: security.no_cross_tenant_wildcard
#   severity: critical
#   category: security
#   requirements: [J12, M5, D13]
#   fix: Put the tenant before the wildcard, or list a builder of the role system with its reason in policies/data/allowed_patterns.json.
package arqonbus.security.no_cross_tenant_wildcard

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"store_uses": {"engine", "role", "op", "text", "form", "test"}, "store_builders": {"engine", "name", "text", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.text, sprintf("%s uses '%s', which matches more than one tenant", [row.op, row.text])) if {
	some row in input.store_uses
	not row.test
	row.form in {"literal", "template", "concat"}
	crosses(row.engine, row.text)
	not startswith(row.text, "{inbox}.")
	not startswith(row.text, "{builder}.")
}

deny contains report.finding(row, row.name, sprintf("%s makes '%s', which matches more than one tenant", [row.name, row.text])) if {
	some row in input.store_builders
	not row.test
	crosses(row.engine, row.text)
	not row.name in allowed
}

allowed contains entry.builder if some entry in data.allowed_patterns["security.no_cross_tenant_wildcard"]

# What stands before the tenant, or all of it where there is none.
before_tenant(text) := split(text, "{tenant}")[0]

crosses("nats", text) if {
	some token in split(before_tenant(text), ".")
	token in {"*", ">"}
}

crosses("redis", text) if regex.match(`[*?\[]`, before_tenant(text))
