# METADATA
# title: What answers carries a correlation id
# description: >-
#   Commands, routes and servers carry a trace, a request id or a correlation id on, so that one request can be followed over processes. Where
#   none is seen this rule advises.
# scope: package
# custom:
#   id: observability.traces_required
#   severity: medium
#   category: observability
#   requirements: [J17, N9, B4]
#   fix: Pass the traceparent or the request id on, or open a span.
package arqonbus.observability.traces_required

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"handlers": {"kind", "name", "table", "traced", "test"}, "dispatches": {"table", "by", "traced", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

warn contains report.finding(row, row.name, sprintf("%s (%s) carries no trace or correlation id", [row.name, row.kind])) if {
	some row in input.handlers
	not row.test
	row.kind in {"route", "server"}
	not row.traced
	not is_allowed(row)
}

warn contains report.finding(row, row.by, sprintf("%s hands no trace or correlation id to the handlers of %s", [row.by, row.table])) if {
	some row in input.dispatches
	not row.test
	not row.traced
	[row.project, row.table] in tables
}

is_allowed(row) if {
	some entry in data.allowed_patterns["observability.handler_metric"]
	entry.file == row.file
	row.name in entry.names
}

tables contains [row.project, row.table] if {
	some row in input.handlers
	row.kind == "command"
}
