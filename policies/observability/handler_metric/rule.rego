# METADATA
# title: Whatever answers is counted
# description: >-
#   Every command, route and door counts what reaches it: itself, in what it calls, or in the dispatcher through which it is called. A handler
#   that is called past the dispatcher is not counted.
# scope: package
# custom:
#   id: observability.handler_metric
#   severity: high
#   category: observability
#   requirements: [J15, N1, N12]
#   fix: Count in the handler, or register it where a dispatcher counts it.
package arqonbus.observability.handler_metric

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"handlers": {"kind", "name", "table", "counted", "through", "test"},
	"dispatches": {"table", "by", "counted", "test"},
	"handler_uses": {"name", "use", "test"},
	"counting_methods": {"key", "test"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.name, sprintf("%s (%s) is counted nowhere", [row.name, row.kind])) if {
	some row in input.handlers
	not row.test
	not row.counted
	not is_counted_by_others(row)
	not is_allowed(row)
}

deny contains report.finding(row, row.by, sprintf("%s runs handlers of %s without counting them", [row.by, row.table])) if {
	some row in input.dispatches
	not row.test
	not row.counted
	[row.project, row.table] in tables
}

deny contains report.finding(row, row.name, sprintf("%s is called past the dispatcher that counts it", [row.name])) if {
	some row in input.handler_uses
	not row.test
	row.use == "called"
	[row.project, row.name] in declared
}

is_counted_by_others(row) if {
	row.kind == "command"
	[row.project, row.table] in dispatched
}

is_counted_by_others(row) if {
	row.kind == "door"
	some method in row.through
	method in counting
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

dispatched contains [row.project, row.table] if {
	some row in input.dispatches
	not row.test
}

declared contains [row.project, row.name] if {
	some row in input.handler_uses
	row.use == "declared"
}

counting contains row.key if some row in input.counting_methods
