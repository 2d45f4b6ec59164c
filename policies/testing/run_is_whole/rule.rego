# METADATA
# title: A green run has run all tests
# description: >-
#   Settings that accept a run without tests, with unhandled errors or of some tests only let a broken configuration pass. The files that run
#   apart are listed with their reason.
# scope: package
# custom:
#   id: testing.run_is_whole
#   severity: medium
#   category: testing
#   requirements: [L18, L23, L28]
#   fix: Remove the setting.
package arqonbus.testing.run_is_whole

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"runner_settings": {"option", "most", "text"}, "runner_flags": {"option", "most", "text"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.option, sprintf("%s lets a run pass that has not", [row.text])) if {
	some row in array.concat(input.runner_settings, input.runner_flags)
	row.option in {"passWithNoTests", "dangerouslyIgnoreUnhandledErrors"}
	row.most != 0
	not is_allowed(row)
}

deny contains report.finding(row, row.option, sprintf("%s leaves tests out of the run", [row.text])) if {
	some row in array.concat(input.runner_settings, input.runner_flags)
	row.option in {"include", "exclude", "testNamePattern", "testPathIgnorePatterns", "testMatch", "testRegex", "testIgnore", "dir"}
	not is_allowed(row)
}

is_allowed(row) if {
	some entry in data.allowed_patterns["testing.run_is_whole"]
	entry.file == row.file
	entry.text == row.text
	entry.reason != ""
}
