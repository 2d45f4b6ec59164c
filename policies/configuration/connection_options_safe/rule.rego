# METADATA
# title: Connections are as safe as the settings promise
# description: >-
#   Production code sets TLS 1.3 as the least version, never turns the check of certificates off, names no protocol of its own and
#   binds to no address that means every one of the machine. What a third party asks for stands in allowed_patterns with its reason.
# scope: package
# custom:
#   id: configuration.connection_options_safe
#   severity: critical
#   category: configuration
#   requirements: [F1, F2, M2, A18]
#   fix: Set minVersion to TLSv1.3, leave rejectUnauthorized alone, and take addresses from settings.
package arqonbus.configuration.connection_options_safe

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"exposure_options": {"option", "value", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns[id]

deny contains report.finding(row, row.option, sprintf("%s is %s", [row.option, row.value])) if {
	some row in input.exposure_options
	not row.test
	not is_safe(row)
	not is_allowed(row)
}

id := "configuration.connection_options_safe"

is_safe(row) if {
	row.option in {"minVersion", "maxVersion"}
	row.value == "TLSv1.3"
}

is_safe(row) if {
	row.option in {"rejectUnauthorized", "requestCert"}
	row.value == "true"
}

is_allowed(row) if {
	some allowed in data.allowed_patterns[id]
	allowed.file == row.file
	allowed.option == row.option
	allowed.value == row.value
}
