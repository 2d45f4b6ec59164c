# METADATA
# title: Every kind of suite is there
# description: >-
#   Unit, integration, end-to-end, contract, property, adversarial, security and performance tests do not fall below the numbers in
#   policies/data/test_suites.json.
# scope: package
# custom:
#   id: testing.suites_present
#   severity: high
#   category: testing
#   requirements: [L2, L13, L19]
#   fix: Bring the suite back; lower the number only in a change that says what took its place.
package arqonbus.testing.suites_present

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"test_files": {"tests", "runs", "kinds"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.test_suites is missing") if not data.test_suites

deny contains report.finding(place, kind, sprintf("%d %s tests run, fewer than %d", [number(kind), kind, least])) if {
	some kind, least in data.test_suites.least_tests
	number(kind) < least
}

deny contains report.finding(place, kind, sprintf("policies/data/test_suites.json has no number for %s tests", [kind])) if {
	some kind in {"unit", "integration", "e2e", "contract", "property", "adversarial", "security", "performance"}
	object.get(data.test_suites, ["least_tests", kind], 0) < 1
}

place := {"file": "policies/data/test_suites.json", "line": 1, "project": "workspace"}

number(kind) := sum([row.tests |
	some row in input.test_files
	row.runs
	kind in row.kinds
])
