# METADATA
# title: Every NATS subject begins with its tenant
# description: >-
#   Subjects begin with `t.<tenant>.` or `m.<tenant>.`, so that permissions of a broker and retention hold per tenant. Subjects of JetStream's
#   own API and inboxes of replies are listed. This holds where a subject is used, and in the builders of @arqonbus/tenancy themselves.
# scope: package
# custom:
#   id: security.subject_tenant_prefix
#   severity: critical
#   category: security
#   requirements: [J12, M3, M5, D13]
#   fix: Build the subject with natsTopicSubject, natsRecordSubject or a new builder in @arqonbus/tenancy.
package arqonbus.security.subject_tenant_prefix

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"store_uses": {"engine", "role", "op", "text", "form", "test"},
	"store_builders": {"engine", "name", "exported", "text", "test"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.text, sprintf("%s uses the %s '%s', which does not begin with its tenant", [row.op, row.role, row.text])) if {
	some row in input.store_uses
	not row.test
	row.engine == "nats"
	row.form in {"literal", "template", "concat"}
	not begins_with_tenant(row.text)
	not has_unknown_beginning(row.text)
	not is_own(row.text)
}

deny contains report.finding(row, row.name, sprintf("%s makes '%s', which does not begin with its tenant", [row.name, row.text])) if {
	some row in input.store_builders
	not row.test
	row.exported
	row.engine == "nats"
	not begins_with_tenant(row.text)
	not has_unknown_beginning(row.text)
}

begins_with_tenant(text) if regex.match(`^[a-z]\.\{tenant\}\.`, text)

begins_with_tenant(text) if regex.match(`^[A-Z]-\{tenant\}(-|$)`, text)

has_unknown_beginning(text) if startswith(text, "{}")

has_unknown_beginning(text) if startswith(text, "{builder}")

is_own(text) if {
	some entry in data.allowed_patterns["security.subject_from_builder"]
	startswith(text, entry.beginning)
}
