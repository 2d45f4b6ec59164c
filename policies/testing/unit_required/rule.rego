# METADATA
# title: Code of the core has tests that run it
# description: >-
#   Every module of the layers contract, domain, port, adapter, transport, sdk and app that holds logic is loaded or started by a test, by the names
#   that are used and not by a re-export alone. Against a base commit, code of the core that changed is loaded by a test that changed with it.
# scope: package
# custom:
#   id: testing.unit_required
#   severity: high
#   category: testing
#   requirements: [J8, L1, L23]
#   fix: Write the test first; for a change that no test can see, set the label tests-unchanged.
package arqonbus.testing.unit_required

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"production_modules": {"reached"}, "changed_code": {"status", "kind", "tested"}, "projects": {"layer"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.file, sprintf("no test loads %s", [row.file])) if {
	some row in input.production_modules
	not row.reached
	row.project in core
}

deny contains report.finding(row, row.file, sprintf("%s is %s and no test that runs it changed", [row.file, row.status])) if {
	not "tests-unchanged" in input.meta.labels
	some row in untested_changes
}

warn contains report.finding(row, row.file, sprintf("%s is %s and no test that runs it changed, by label", [row.file, row.status])) if {
	"tests-unchanged" in input.meta.labels
	some row in untested_changes
}

untested_changes contains row if {
	some row in input.changed_code
	row.kind == "source"
	row.status in {"added", "modified"}
	not row.tested
	row.project in core
	row.file in holding_logic
}

holding_logic contains row.file if some row in input.production_modules

core contains row.project if {
	some row in input.projects
	row.layer in {"contract", "domain", "port", "adapter", "transport", "sdk", "app"}
}
