# METADATA
# title: Artefacts are kept 30 days
# description: >-
#   What a run leaves behind is kept for 30 days and no longer, and a missing file is a failure.
# scope: package
# custom:
#   id: ci.artefact_retention
#   severity: low
#   category: ci
#   requirements: [L16, Q19]
#   fix: "Write retention-days: 30 and if-no-files-found: error under with of the upload."
package arqonbus.ci.artefact_retention

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_steps": {"job", "uses", "inputs"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(row, row.job, sprintf("the artefacts of %s are not kept %d days", [row.job, data.pipeline.artefact_days])) if {
	some row in input.workflow_steps
	contains(row.uses, "/upload-artifact@")
	not sprintf("retention-days=%d", [data.pipeline.artefact_days]) in row.inputs
}

deny contains report.finding(row, row.job, sprintf("an artefact of %s may be missing", [row.job])) if {
	some row in input.workflow_steps
	contains(row.uses, "/upload-artifact@")
	not "if-no-files-found=error" in row.inputs
}
