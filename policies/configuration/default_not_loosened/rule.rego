# METADATA
# title: A default or bound becomes wider only by approval
# description: >-
#   A larger default or maximum, a smaller minimum, or another choice as default widens what a bus does when nobody says anything.
#   That is a governed change of class 1: the settings baseline moves with an approval.
# scope: package
# custom:
#   id: configuration.default_not_loosened
#   severity: high
#   category: configuration
#   requirements: [G19, G41, M2]
#   fix: Put the former value back, or run npm run policy:baselines and have the entry approved (class 1).
package arqonbus.configuration.default_not_loosened

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"setting_changes": {"app", "key", "change", "before", "now", "loosened"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.key, sprintf("%s %s: its %s was %s and is %s", [row.app, row.key, row.change, row.before, row.now])) if {
	some row in input.setting_changes
	row.change in {"default", "min", "max"}
	row.loosened
}

warn contains report.finding(row, row.key, sprintf("%s %s: its %s was %s and is %s", [row.app, row.key, row.change, row.before, row.now])) if {
	some row in input.setting_changes
	row.change in {"default", "min", "max"}
	not row.loosened
}
