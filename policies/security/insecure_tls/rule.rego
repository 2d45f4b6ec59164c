# METADATA
# title: TLS proves who is there, in version 1.3
# description: >-
#   No code switches off the check of certificates, gives its own check of the server name, or lowers the version of TLS. Version 1.2 is for
#   listed clients of servers that others run.
# scope: package
# custom:
#   id: security.insecure_tls
#   severity: critical
#   category: security
#   requirements: [M9, F13]
#   fix: Leave rejectUnauthorized and checkServerIdentity alone, give the CA instead, and set minVersion to TLSv1.3.
package arqonbus.security.insecure_tls

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"tls_settings": {"option", "value", "test"}, "tls_switches": {"option"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	row.option,
	sprintf("sets %s to %s", [row.option, row.value]),
) if {
	some row in input.tls_settings
	not row.test
	is_unsafe(row.option, row.value)
	not is_allowed(row)
}

deny contains report.finding(row, row.option, sprintf("%s takes any certificate for a good one", [row.option])) if {
	some row in input.tls_switches
}

is_allowed(row) if {
	some entry in data.allowed_patterns["security.insecure_tls"]
	entry.file == row.file
	entry.option == row.option
	entry.value == row.value
}

is_unsafe(option, value) if {
	option in {"rejectUnauthorized", "strictSSL"}
	value != "true"
}

is_unsafe(option, value) if {
	option == "NODE_TLS_REJECT_UNAUTHORIZED"
	value != "1"
}

is_unsafe(option, value) if {
	option in {"insecureSkipVerify", "tlsAllowInvalidCertificates"}
	value != "false"
}

is_unsafe(option, value) if {
	option in {"minVersion", "maxVersion", "DEFAULT_MIN_VERSION", "DEFAULT_MAX_VERSION"}
	value != "TLSv1.3"
}

is_unsafe(option, _) if option in {"checkServerIdentity", "secureProtocol"}
