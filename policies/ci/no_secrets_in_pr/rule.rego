# METADATA
# title: Pull requests see no secrets
# description: >-
#   A workflow that a pull request starts names no secret and hands none on: the change under review could print
#   it.
# scope: package
# custom:
#   id: ci.no_secrets_in_pr
#   severity: critical
#   category: ci
#   requirements: [M16, L29]
#   fix: Move the step into a workflow that only runs on the main branch.
package arqonbus.ci.no_secrets_in_pr

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_triggers": {"event"},
	"workflow_expressions": {"expression", "contexts"},
	"workflow_jobs": {"job", "inherits_secrets"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, context, sprintf("%s is named in a workflow that pull requests start", [context])) if {
	some row in input.workflow_expressions
	row.file in reviewed
	some context in row.contexts
	regex.match(`^secrets(\.|$)`, context)
	context != "secrets.github_token"
}

deny contains report.finding(row, row.job, sprintf("the job %s hands all secrets on in a workflow that pull requests start", [row.job])) if {
	some row in input.workflow_jobs
	row.file in reviewed
	row.inherits_secrets
}

reviewed contains row.file if {
	some row in input.workflow_triggers
	startswith(row.event, "pull_request")
}
