# METADATA
# title: No setting can be set above a hard cap
# description: >-
#   policies/data/setting_caps.json names the hard cap of each setting that stands for one. Such a setting has a maximum that can be
#   read and is not above the cap; so has every setting with a cap of its own.
# scope: package
# custom:
#   id: transport.setting_cannot_raise_cap
#   severity: critical
#   category: transport
#   requirements: [G4, G36, G41, A18]
#   fix: Give the setting cap with the hard cap of libs/errors, and name it in policies/data/setting_caps.json.
package arqonbus.transport.setting_cannot_raise_cap

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"settings": {"app", "key", "has_max", "max", "cap", "readable"},
	"governed_identifiers": {"group", "name", "number"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.setting_caps is missing") if not data.setting_caps

deny contains report.finding(row, row.key, sprintf("%s %s may be set to %s, its hard cap is %s", [row.app, row.key, largest, allowed])) if {
	some row in input.settings
	cap := caps[data.setting_caps[row.app][row.key]]
	row.max > cap
	largest := format_int(row.max, 10)
	allowed := format_int(cap, 10)
}

deny contains report.finding(row, row.key, sprintf("%s %s stands for a hard cap, but has no maximum that can be read", [row.app, row.key])) if {
	some row in input.settings
	data.setting_caps[row.app][row.key]
	not is_bounded(row)
}

deny contains report.finding(row, row.key, sprintf("%s %s may be set to %s, its own cap is %s", [row.app, row.key, largest, allowed])) if {
	some row in input.settings
	row.cap > 0
	row.max > row.cap
	largest := format_int(row.max, 10)
	allowed := format_int(row.cap, 10)
}

deny contains report.incomplete(sprintf("the hard cap %s of %s %s is not known", [name, app, key])) if {
	some app, keys in data.setting_caps
	some key, name in keys
	not caps[name]
}

caps[row.name] := row.number if {
	some row in input.governed_identifiers
	row.group == "hard_caps"
}

is_bounded(row) if {
	row.has_max
	row.readable
}
