# METADATA
# title: A setting that was there stays, or its end is announced
# description: >-
#   Files and environments of operators name settings. One that is gone, renamed, of another kind or unit, or newly required stops
#   their start; the changelog has to say so.
# scope: package
# custom:
#   id: configuration.setting_removed_or_renamed
#   severity: high
#   category: configuration
#   requirements: [B13, B26, A20]
#   fix: Keep the setting, or name its key in the changelog under Removed or in an item that says breaking, then run npm run policy:baselines.
package arqonbus.configuration.setting_removed_or_renamed

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"setting_changes": {"app", "key", "change", "before", "now", "announced"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.key, sprintf("%s %s was removed or renamed", [row.app, row.key])) if {
	some row in input.setting_changes
	row.change == "removed"
	not row.announced
}

deny contains report.finding(row, row.key, sprintf("%s %s: its %s was %s and is %s", [row.app, row.key, row.change, row.before, row.now])) if {
	some row in input.setting_changes
	row.change in {"kind", "unit", "required"}
	not row.announced
}

warn contains report.finding(row, row.key, sprintf("%s %s is new: npm run policy:baselines takes it in", [row.app, row.key])) if {
	some row in input.setting_changes
	row.change == "added"
}
