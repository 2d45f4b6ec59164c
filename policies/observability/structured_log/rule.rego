# METADATA
# title: Services write structured logs and nothing beside them
# description: >-
#   Services log through the logger of @arqonbus/telemetry: fields first, then a constant text. Nothing is written to the console or the
#   standard streams beside it, and no message is put together from values.
# scope: package
# custom:
#   id: observability.structured_log
#   severity: high
#   category: observability
#   requirements: [J16, N7, M7]
#   fix: Call logger.info({ field }, 'constant text'); what varies belongs in the fields.
package arqonbus.observability.structured_log

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"log_calls": {"level", "first", "message", "test"}, "output_calls": {"api", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.api, sprintf("uses %s beside the structured log", [row.api])) if {
	some row in input.output_calls
	is_service(row)
	not is_allowed(row)
}

deny contains report.finding(row, row.level, sprintf("logs a text that is put together from values (%s)", [row.level])) if {
	some row in input.log_calls
	is_service(row)
	row.message == "built"
}

deny contains report.finding(row, row.level, sprintf("logs without fields: a text is the first argument (%s)", [row.level])) if {
	some row in input.log_calls
	is_service(row)
	row.first == "text"
}

deny contains report.finding(row, row.level, sprintf("logs fields without a text (%s)", [row.level])) if {
	some row in input.log_calls
	is_service(row)
	row.message == "missing"
}

is_service(row) if {
	not row.test
	regex.match(`^(apps|libs)/[^/]+/src/`, row.file)
	not is_for_people(row)
}

is_for_people(row) if {
	some entry in data.allowed_patterns["observability.structured_log"]
	entry.project == row.project
}

is_allowed(row) if {
	some entry in data.allowed_patterns["observability.structured_log"]
	entry.file == row.file
	entry.api == row.api
}
