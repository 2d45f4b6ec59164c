# METADATA
# title: Nothing listens on every interface by itself
# description: >-
#   The address to listen on comes from the configuration, whose default is loopback. Neither a literal of all interfaces nor a listener without
#   an address is in product code.
# scope: package
# custom:
#   id: security.exposed_bind
#   severity: high
#   category: security
#   requirements: [M4, M2]
#   fix: Take the host from the settings, with 127.0.0.1 as default.
package arqonbus.security.exposed_bind

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"open_binds": {"host", "form", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	sprintf("%s %s", [row.form, row.host]),
	sprintf("%s on every interface", [what(row)]),
) if {
	some row in input.open_binds
	not row.test
	not startswith(row.file, "tools/")
	not is_allowed(row)
}

is_allowed(row) if {
	some entry in data.allowed_patterns["security.exposed_bind"]
	entry.file == row.file
	entry.host == row.host
}

what(row) := "listens without a host, so" if row.form == "listen"

what(row) := sprintf("names the address %s, to listen", [row.host]) if row.form != "listen"
