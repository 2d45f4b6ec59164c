# METADATA
# title: Caches are keyed on a lockfile
# description: >-
#   What is restored from a cache belongs to the locked versions: setup-node caches npm by its lockfile, other
#   caches hash the file that pins their content, and no older cache is taken instead.
# scope: package
# custom:
#   id: ci.cache_keyed_by_lockfile
#   severity: medium
#   category: ci
#   requirements: [L35]
#   fix: "Write cache: npm for setup-node; for actions/cache a key with hashFiles of the lockfile, without restore-keys."
package arqonbus.ci.cache_keyed_by_lockfile

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_steps": {"job", "uses", "inputs"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.job, sprintf("setup-node in %s does not cache by the lockfile", [row.job])) if {
	some row in input.workflow_steps
	startswith(row.uses, "actions/setup-node@")
	not "cache=npm" in row.inputs
}

deny contains report.finding(row, row.job, sprintf("the cache in %s is not keyed on a lockfile", [row.job])) if {
	some row in input.workflow_steps
	regex.match(`^actions/cache(/restore|/save)?@`, row.uses)
	not is_keyed(row)
}

deny contains report.finding(row, row.job, sprintf("the cache in %s takes older ones", [row.job])) if {
	some row in input.workflow_steps
	regex.match(`^actions/cache(/restore)?@`, row.uses)
	some given in row.inputs
	startswith(given, "restore-keys=")
}

is_keyed(row) if {
	some given in row.inputs
	regex.match(`^key=.*hashFiles\(.*(package-lock\.json|go\.sum)`, given)
}
