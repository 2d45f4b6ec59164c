# METADATA
# title: The name of a number ends with its unit
# description: >-
#   An integer setting declares its unit, and its key ends with it: _ms, _seconds, _bytes, _count, _percent, _per_second, port. A
#   number that is kept as text has no unit.
# scope: package
# custom:
#   id: configuration.setting_named_with_unit
#   severity: medium
#   category: configuration
#   requirements: [A18, L1]
#   fix: Declare the unit and end the key with it.
package arqonbus.configuration.setting_named_with_unit

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"settings": {"app", "key", "kind", "unit"}}

endings := {
	"ms": "_ms", "seconds": "_seconds", "bytes": "_bytes", "count": "_count", "percent": "_percent", "per_second": "_per_second",
	"bytes_per_second": "bytes_per_second", "port": "port",
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns[id]

deny contains report.finding(row, row.key, sprintf("%s %s: an integer in %s does not end with its unit", [row.app, row.key, row.unit])) if {
	some row in input.settings
	row.kind == "integer"
	not is_named(row)
	not is_allowed(row)
}

deny contains report.finding(row, row.key, sprintf("%s %s has the name of a number, but is of the kind %s", [row.app, row.key, row.kind])) if {
	some row in input.settings
	row.kind in {"text", "choice"}
	regex.match(`_(ms|seconds|bytes|count|percent|per_second)$`, row.key)
}

id := "configuration.setting_named_with_unit"

is_named(row) if endswith(row.key, endings[row.unit])

is_allowed(row) if {
	some allowed in data.allowed_patterns[id]
	allowed.key == row.key
}
