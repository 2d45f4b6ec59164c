# METADATA
# title: The tenant comes from the session
# description: >-
#   What a client sends never says whose tenant it is about: the tenant follows from the verified token. Code of the apps and libraries reads no
#   tenant out of a payload, frame, query or header.
# scope: package
# custom:
#   id: security.tenant_from_session
#   severity: critical
#   category: security
#   requirements: [J12, M5]
#   fix: Use session.tenant, or the claims of the verified token.
package arqonbus.security.tenant_from_session

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"sent_tenants": {"source", "function", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	row.source,
	sprintf("%s takes the tenant from %s", [name_of(row), row.source]),
) if {
	some row in input.sent_tenants
	not row.test
	regex.match(`^(apps/(shield|spine|brain|projector)|libs)/`, row.file)
	not is_allowed(row)
}

is_allowed(row) if {
	some entry in data.allowed_patterns["security.tenant_from_session"]
	entry.file == row.file
	entry.function == row.function
}

name_of(row) := row.function if row.function != ""

name_of(row) := "the module" if row.function == ""
