# METADATA
# title: Every setting can be read without running the code
# description: >-
#   Schemas are lists of literals: kinds of @arqonbus/config with options whose keys, bounds and defaults are constants. What is
#   computed, or comes from another place, could not be judged. An app that the baseline has must still declare settings.
# scope: package
# custom:
#   id: configuration.settings_readable
#   severity: high
#   category: configuration
#   requirements: [A18, A19, A20]
#   fix: Write the schema as a list of the kinds of @arqonbus/config with literal options, and import defineSettings by its name.
package arqonbus.configuration.settings_readable

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"settings": {"app", "key", "readable"}, "settings_faults": {"message"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.settings_baseline is missing") if not data.settings_baseline

deny contains report.finding(row, "schema", row.message) if some row in input.settings_faults

deny contains report.finding(row, row.key, sprintf("%s %s: a bound or the default cannot be read", [row.app, row.key])) if {
	some row in input.settings
	not row.readable
}

deny contains report.incomplete(sprintf("no setting of %s is known", [app])) if {
	some app, _ in data.settings_baseline
	not app in {row.app | some row in input.settings}
}
