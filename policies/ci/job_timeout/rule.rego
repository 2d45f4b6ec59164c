# METADATA
# title: Every job ends
# description: >-
#   Each job states timeout-minutes, at most an hour; jobs of the night at most six.
# scope: package
# custom:
#   id: ci.job_timeout
#   severity: medium
#   category: ci
#   requirements: [L35, L16]
#   fix: Write timeout-minutes into the job.
package arqonbus.ci.job_timeout

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_jobs": {"job", "timeout", "uses"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(row, row.job, sprintf("the job %s states no timeout-minutes", [row.job])) if {
	some row in input.workflow_jobs
	row.uses == ""
	row.timeout <= 0
}

deny contains report.finding(row, row.job, sprintf("the job %s may run %d minutes; %d are allowed", [row.job, row.timeout, bound])) if {
	some row in input.workflow_jobs
	bound := object.get(data.pipeline.long_jobs, row.file, data.pipeline.max_minutes)
	row.timeout > bound
}
