# METADATA
# title: Runtime policies deny by default
# description: >-
#   Each package under policies/runtime that is no library has a default that denies, and no package has one that allows. What is undefined,
#   because a field was missing say, is then a refusal.
# scope: package
# custom:
#   id: security.runtime_default_deny
#   severity: critical
#   category: security
#   requirements: [J14, J31]
#   fix: "Write `default decision := {\"allow\": false, …}` and list what must hold for allow."
package arqonbus.security.runtime_default_deny

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"runtime_packages": {"package", "denying", "allowing", "library", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row["package"], sprintf("%s has no default that denies", [row["package"]])) if {
	some row in input.runtime_packages
	not row.test
	not row.library
	count(row.denying) == 0
}

deny contains report.finding(row, row["package"], sprintf("%s: the default of %s allows", [row["package"], name])) if {
	some row in input.runtime_packages
	not row.test
	some name in row.allowing
}

deny contains report.incomplete("no package under policies/runtime was read") if count(input.runtime_packages) == 0
