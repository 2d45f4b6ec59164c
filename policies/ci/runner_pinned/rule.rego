# METADATA
# title: Jobs run on a named version of a machine
# description: >-
#   Each job runs on a runner from the list, which names a version. A label like ubuntu-latest changes under us, a
#   self-hosted one remembers what ran before.
# scope: package
# custom:
#   id: ci.runner_pinned
#   severity: medium
#   category: ci
#   requirements: [A29, L35]
#   fix: "Write runs-on: ubuntu-24.04."
package arqonbus.ci.runner_pinned

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_jobs": {"job", "runs_on", "uses"},
	"workflow_matrices": {"job", "variable", "values"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(row, row.job, sprintf("the job %s runs on %s, which is not on the list", [row.job, label])) if {
	some row in input.workflow_jobs
	some label in row.runs_on
	not is_known(row, label)
}

deny contains report.finding(row, row.job, sprintf("the job %s states no runner", [row.job])) if {
	some row in input.workflow_jobs
	row.uses == ""
	count(row.runs_on) == 0
}

is_known(_, label) if label in data.pipeline.runners

is_known(row, label) if {
	some matrix in input.workflow_matrices
	matrix.file == row.file
	matrix.job == row.job
	regex.match(sprintf(`^\$\{\{ *matrix\.%s *\}\}$`, [matrix.variable]), label)
	count({value | some value in matrix.values} - {runner | some runner in data.pipeline.runners}) == 0
}
