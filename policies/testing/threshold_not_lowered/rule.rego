# METADATA
# title: What counts as covered does not change
# description: >-
#   The threshold of lines for libraries is at least 90, coverage is measured by v8 over all of src, nothing else is taken out, and no comment takes
#   code out.
# scope: package
# custom:
#   id: testing.threshold_not_lowered
#   severity: high
#   category: testing
#   requirements: [L3, J11]
#   fix: Write the tests; a new exclude belongs into policies/data/allowed_patterns.json with its reason.
package arqonbus.testing.threshold_not_lowered

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"coverage_settings": {"option", "values", "least"}, "coverage_ignores": {"text"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.option, sprintf("the threshold of %s is %v, under 90", [row.option, row.least])) if {
	some row in input.coverage_settings
	row.option in {"lines", "statements", "functions", "branches"}
	row.least < 90
}

deny contains report.finding(place, "lines", "vitest.project.mjs sets no threshold of lines") if {
	count([row | some row in input.coverage_settings; row.option == "lines"; row.file == place.file]) == 0
}

deny contains report.finding(place, "include", "vitest.project.mjs does not measure src/**/*.ts") if {
	count([row | some row in input.coverage_settings; row.option == "include"; "src/**/*.ts" in row.values; row.file == place.file]) == 0
}

deny contains report.finding(row, row.option, sprintf("coverage is measured over %s only", [concat(", ", row.values)])) if {
	some row in input.coverage_settings
	row.option == "include"
	not "src/**/*.ts" in row.values
}

deny contains report.finding(row, value, sprintf("%s is taken out of the coverage", [value])) if {
	some row in input.coverage_settings
	row.option == "exclude"
	some value in row.values
	not value in excludes
}

deny contains report.finding(row, row.option, sprintf("%s may change the thresholds or turn them off", [row.option])) if {
	some row in input.coverage_settings
	row.option in {"autoUpdate", "enabled"}
	row.file != place.file
}

deny contains report.finding(row, row.text, sprintf("%s takes code out of the coverage", [row.text])) if {
	some row in input.coverage_ignores
	not is_allowed(row)
}

place := {"file": "vitest.project.mjs", "line": 1, "project": "workspace"}

excludes contains entry.exclude if {
	some entry in data.allowed_patterns["testing.threshold_not_lowered"]
	entry.exclude
	entry.reason != ""
}

is_allowed(row) if {
	some entry in data.allowed_patterns["testing.threshold_not_lowered"]
	entry.file == row.file
	entry.text == row.text
	entry.reason != ""
}
