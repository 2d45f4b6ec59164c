# METADATA
# title: The main branch is protected, as code
# description: >-
#   The ruleset in .github/rulesets is active on the default branch: no direct push, no deletion, at least one
#   approval, by an owner of the paths, renewed after a push, all required checks green on an up-to-date branch,
#   and nobody may go around it. Each required check is a job that exists.
# scope: package
# custom:
#   id: ci.branch_protection
#   severity: critical
#   category: ci
#   requirements: [L30, G18, L12, J25]
#   fix: Restore .github/rulesets/main.json; give a renamed job its new name there.
package arqonbus.ci.branch_protection

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"rulesets": {"enforcement", "branches", "kinds", "approvals", "code_owner_review", "dismiss_stale", "up_to_date", "bypass_actors"},
	"required_checks": {"check"},
	"workflow_jobs": {"check_names"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(nowhere, "main", "no active ruleset protects the default branch") if {
	count(protecting) == 0
}

deny contains report.finding(row, fault, sprintf("the protection of the default branch lacks %s", [fault])) if {
	some row in protecting
	some fault in faults(row)
}

deny contains report.finding(row, row.check, sprintf("no job reports the required check %s", [row.check])) if {
	some row in input.required_checks
	not row.check in {name | some job in input.workflow_jobs; some name in job.check_names}
}

deny contains report.finding(nowhere, "checks", "no check is required") if count(input.required_checks) == 0

nowhere := {"file": ".github/rulesets/main.json", "line": 1, "project": "workspace"}

protecting := [row |
	some row in input.rulesets
	row.enforcement == "active"
	some branch in row.branches
	branch in {"~DEFAULT_BRANCH", "refs/heads/main", "~ALL"}
]

faults(row) := {fault |
	some fault, holds in {
		"pull requests": "pull_request" in row.kinds,
		"required checks": "required_status_checks" in row.kinds,
		"a ban of forced pushes": "non_fast_forward" in row.kinds,
		"a ban of deletion": "deletion" in row.kinds,
		"an approval": row.approvals >= 1,
		"review by owners": row.code_owner_review,
		"renewed approval after a push": row.dismiss_stale,
		"the demand to be up to date": row.up_to_date,
		"its hold on everybody": row.bypass_actors == 0,
	}
	not holds
}
