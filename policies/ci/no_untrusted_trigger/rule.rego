# METADATA
# title: No workflow runs strangers' code with our rights
# description: >-
#   Events that run with the secrets and the write token of this repository, while others decide what they carry,
#   start no workflow. Those that may are listed.
# scope: package
# custom:
#   id: ci.no_untrusted_trigger
#   severity: critical
#   category: ci
#   requirements: [M16, J25]
#   fix: Use pull_request; for what needs rights, let a maintainer start it by workflow_dispatch.
package arqonbus.ci.no_untrusted_trigger

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_triggers": {"event"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(row, row.event, sprintf("the event %s may start no workflow", [row.event])) if {
	some row in input.workflow_triggers
	not row.event in data.pipeline.triggers
}
