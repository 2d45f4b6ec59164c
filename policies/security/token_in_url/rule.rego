# METADATA
# title: No token travels in a URL
# description: >-
#   Tokens and keys go into headers or the subprotocol. URLs are kept by proxies, logs and histories.
# scope: package
# custom:
#   id: security.token_in_url
#   severity: high
#   category: security
#   requirements: [F14, M7]
#   fix: Send the token in the authorization header, or in the subprotocol from browsers.
package arqonbus.security.token_in_url

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"url_tokens": {"form", "name", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	row.name,
	sprintf("puts or reads %s in a URL", [row.name]),
) if {
	some row in input.url_tokens
	not row.test

	not is_allowed(row)
}

is_allowed(row) if {
	some entry in data.allowed_patterns["security.token_in_url"]
	entry.file == row.file
	entry.name == row.name
}
