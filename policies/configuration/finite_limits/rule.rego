# METADATA
# title: Every number that can be set is finite, and so is its default
# description: >-
#   An integer setting has a minimum, a maximum of at most 2^40 and a number as default, unless a value is required. Off is no
#   default. Lists and texts have a bounded count.
# scope: package
# custom:
#   id: configuration.finite_limits
#   severity: high
#   category: configuration
#   requirements: [A18, G6, G7, G41, M2]
#   fix: Give min, max or cap, and a number as default; let operators choose off themselves.
package arqonbus.configuration.finite_limits

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"settings": {
	"app", "key", "kind", "required", "has_default", "default", "default_is_number", "has_max", "max", "has_min", "count_bounded",
}}

# One tebibyte, or 34 years in milliseconds: what is larger bounds nothing.
largest := 1099511627776

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.key, sprintf("%s %s %s", [row.app, row.key, fault])) if {
	some row in input.settings
	some fault in faults(row)
}

faults(row) := {fault |
	row.kind == "integer"
	some fault, holds in {
		"has no finite maximum": row.has_max == false,
		"has a maximum that bounds nothing": row.max > largest,
		"has no minimum": row.has_min == false,
		"has neither a default nor is required": is_open(row),
		"has no finite number as default": is_unbounded(row),
	}
	holds
} | {fault |
	not row.count_bounded
	fault := "has no finite maxCount"
}

default is_open(_) := false

is_open(row) if {
	not row.has_default
	not row.required
}

default is_unbounded(_) := false

is_unbounded(row) if {
	row.has_default
	not row.default_is_number
}
