# METADATA
# title: Every Redis key begins with its tenant
# description: >-
#   Keys, channels and patterns of Redis or Valkey begin with `tenant:<tenant>:`, after the prefix of the deployment. A key whose beginning is
#   written out otherwise is shared by all tenants. This holds where a key is used, and in the builders of @arqonbus/tenancy themselves.
# scope: package
# custom:
#   id: security.key_tenant_prefix
#   severity: critical
#   category: security
#   requirements: [J12, M5, D13]
#   fix: Build the key with redisTopicKeys, redisRoomKeys or a new builder in @arqonbus/tenancy.
package arqonbus.security.key_tenant_prefix

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"store_uses": {"engine", "role", "op", "text", "form", "test"},
	"store_builders": {"engine", "name", "exported", "text", "test"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.text, sprintf("%s uses the %s '%s', which does not begin with its tenant", [row.op, row.role, row.text])) if {
	some row in input.store_uses
	not row.test
	row.engine == "redis"
	row.form in {"literal", "template", "concat"}
	not begins_with_tenant(row.text)
	not has_unknown_beginning(row.text)
}

deny contains report.finding(row, row.name, sprintf("%s makes the key '%s', which does not begin with its tenant", [row.name, row.text])) if {
	some row in input.store_builders
	not row.test
	row.exported
	row.engine == "redis"
	not begins_with_tenant(row.text)
	not has_unknown_beginning(row.text)
	not is_behind_prefix(row.text)
}

# The key that a builder of this library made, behind the prefix of the deployment.
is_behind_prefix(text) if regex.match(`^\{prefix\}\{(|builder)\}`, text)

begins_with_tenant(text) if regex.match(`^(\{prefix\})?tenant:\{tenant\}:`, text)

has_unknown_beginning(text) if startswith(text, "{}")

has_unknown_beginning(text) if startswith(text, "{builder}")
