# METADATA
# title: What is deprecated names its replacement and the day it goes
# description: >-
#   The option deprecated and a comment of one fixed form belong together: Deprecated: use NAME; removal YYYY-MM-DD. What is past
#   its date is overdue and denies; within 30 days it warns.
# scope: package
# custom:
#   id: protocol.deprecated_has_removal_date
#   severity: high
#   category: protocol
#   requirements: [B13, B19, J6]
#   fix: Set the option, state replacement and date in the form that rule.md shows; after the day remove it and reserve number and name.
package arqonbus.protocol.deprecated_has_removal_date

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_deprecations": {"subject", "by_option", "replacement", "replacement_known", "removal_date", "days_left"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.subject, sprintf("%s %s", [row.subject, fault])) if {
	some row in input.proto_deprecations
	some fault in faults(row)
}

warn contains report.finding(row, row.subject, sprintf("%s is to be removed in %d days", [row.subject, row.days_left])) if {
	some row in input.proto_deprecations
	row.removal_date != ""
	row.days_left >= 0
	row.days_left <= 30
}

faults(row) := {fault |
	some fault, holds in {
		"is called deprecated, but has not the option": row.by_option == false,
		"is deprecated without a removal date": row.removal_date == "",
		"is deprecated without a replacement": row.replacement == "",
		"names a replacement that does not exist": is_unknown(row),
		"is past its removal date": is_overdue(row),
	}
	holds
}

default is_unknown(_) := false

is_unknown(row) if {
	row.replacement != ""
	not row.replacement_known
}

default is_overdue(_) := false

is_overdue(row) if {
	row.removal_date != ""
	row.days_left < 0
}
