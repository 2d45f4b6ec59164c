# METADATA
# title: Every setting stands in docs/configuration.md
# description: >-
#   The page lists app, key and name in the environment of each setting. What is not there cannot be found by whoever runs the bus.
# scope: package
# custom:
#   id: configuration.setting_documented
#   severity: medium
#   category: configuration
#   requirements: [A18, A19, L2]
#   fix: Run npm run docs:generate and commit the page.
package arqonbus.configuration.setting_documented

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"settings": {"app", "key", "env", "documented"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.key, sprintf("docs/configuration.md has not %s %s (%s)", [row.app, row.key, row.env])) if {
	some row in input.settings
	not row.documented
}
