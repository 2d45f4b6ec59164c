# METADATA
# title: Metrics are named by what they count and in which unit
# description: >-
#   A counter ends in _total and nothing else does; durations are in seconds and sizes in bytes; names are in small letters and begin with a
#   prefix of this system or are governed ones; each is described.
# scope: package
# custom:
#   id: observability.metric_name_unit
#   severity: medium
#   category: observability
#   requirements: [J15, G13, G25]
#   fix: Rename the metric, or convert its unit to seconds or bytes.
package arqonbus.observability.metric_name_unit

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"metrics": {"name", "type", "help", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.name, sprintf("the metric %s %s", [named(row), fault])) if {
	some row in input.metrics
	not row.test
	some fault in faults_of(row)
}

named(row) := row.name if row.name != ""

named(row) := "of a computed name" if row.name == ""

faults_of(row) := (spelling(row) | ending(row)) | (prefix(row) | help(row))

spelling(row) := {"is not spelled in small letters, digits and _"} if {
	not regex.match(`^[a-z][a-z0-9_]*$`, row.name)
} else := set()

ending(row) := {"is a counter and does not end in _total"} if {
	row.type == "counter"
	not endswith(row.name, "_total")
} else := {"ends in _total and is no counter"} if {
	row.type != "counter"
	endswith(row.name, "_total")
} else := {"is not in a base unit: seconds, bytes, ratio"} if {
	regex.match(`_(ms|millis|milliseconds|us|micros|microseconds|ns|nanoseconds|minutes|hours|kb|mb|gb|kib|mib|kilobytes|megabytes|percent)(_total)?$`, row.name)
} else := {"is a histogram and does not end in _seconds or _bytes"} if {
	row.type == "histogram"
	not regex.match(`_(seconds|bytes|bytes_per_second)$`, row.name)
} else := set()

prefix(row) := {"has no prefix of this system"} if {
	not has_prefix(row.name)
} else := set()

has_prefix(name) if {
	some entry in data.allowed_patterns["observability.metric_name_unit"]
	startswith(name, entry.prefix)
}

has_prefix(name) if {
	some entry in data.allowed_patterns["observability.metric_name_unit"]
	name in entry.names
}

help(row) := {"is not described"} if {
	not row.help
} else := set()
