# METADATA
# title: SQL takes its values as parameters
# description: >-
#   A statement of SQL is a constant text; values are bound to it. Statements that hold a name which no parameter can stand for are listed.
# scope: package
# custom:
#   id: security.no_sql_string_building
#   severity: critical
#   category: security
#   requirements: [M17]
#   fix: Write ? or $1 in the statement and bind the value.
package arqonbus.security.no_sql_string_building

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"sql_texts": {"op", "statement", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	sprintf("%s %s", [row.op, row.statement]),
	sprintf("%s gets a statement (%s) that is put together from values", [row.op, row.statement]),
) if {
	some row in input.sql_texts
	not row.test

	not is_allowed(row)
}

is_allowed(row) if {
	some entry in data.allowed_patterns["security.no_sql_string_building"]
	entry.file == row.file
	entry.statement == row.statement
}
