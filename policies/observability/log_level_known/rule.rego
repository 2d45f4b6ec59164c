# METADATA
# title: Logs use the five levels
# description: >-
#   Lines have one of the levels debug, info, warn, error and critical. Others have no meaning to those who watch, and no method of the logger.
# scope: package
# custom:
#   id: observability.log_level_known
#   severity: low
#   category: observability
#   requirements: [N6]
#   fix: Use debug, info, warn, error or critical.
package arqonbus.observability.log_level_known

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"log_calls": {"level", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.level, sprintf("logs with the level %s", [row.level])) if {
	some row in input.log_calls
	not row.test
	regex.match(`^(apps|libs)/`, row.file)
	not row.level in {"debug", "info", "warn", "error", "critical", "child"}
}
