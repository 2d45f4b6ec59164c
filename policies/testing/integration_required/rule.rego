# METADATA
# title: Apps and adapters are tested against the real thing
# description: >-
#   Each project of the layers app and adapter has tests in test/ that the runner loads. Against a base commit, a change of the code of two or more of
#   them comes with a change of an integration or end-to-end test.
# scope: package
# custom:
#   id: testing.integration_required
#   severity: high
#   category: testing
#   requirements: [J9, L5, L8]
#   fix: Add or change a test in test/ of the project or in tools/e2e/test; for a change that no test can see, set the label tests-unchanged.
package arqonbus.testing.integration_required

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"changed_code": {"status", "kind", "spans"}, "projects": {"layer"}, "test_files": {"tests", "runs", "kinds"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.project, sprintf("%s has no integration tests in test/", [row.project])) if {
	some row in input.projects
	row.layer in {"app", "adapter"}
	not row.project in integrated
}

deny contains report.finding(row, row.project, msg) if {
	not "tests-unchanged" in input.meta.labels
	count(changed) > 1
	not is_spanned
	some row in input.projects
	row.project in changed
	msg := sprintf("%s changes together with %s, and no integration or end-to-end test does", [row.project, concat(", ", sort(changed - {row.project}))])
}

integrated contains row.project if {
	some row in input.test_files
	row.runs
	row.tests > 0
	"integration" in row.kinds
}

parts contains row.project if {
	some row in input.projects
	row.layer in {"app", "adapter"}
}

changed contains row.project if {
	some row in input.changed_code
	row.kind == "source"
	row.project in parts
}

is_spanned if {
	some row in input.changed_code
	row.spans
	row.status != "deleted"
}
