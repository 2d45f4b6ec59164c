# METADATA
# title: Every stage runs on each change and is required
# description: >-
#   Build, lint, unit, integration, policy, security, protocol and docs are jobs of their own. Each runs on every
#   pull request, waits for no other job, is skipped by no condition, runs its commands, and is a required check
#   of the main branch: a job that is skipped counts as passed.
# scope: package
# custom:
#   id: ci.required_stages
#   severity: critical
#   category: ci
#   requirements: [J25, J26, L12, L24, L25, L26, L27, M11]
#   fix: Restore the job in .github/workflows/ci.yml and its check in .github/rulesets/main.json.
package arqonbus.ci.required_stages

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_triggers": {"event", "filters"},
	"workflow_jobs": {"job", "check_names", "needs", "condition", "continue_on_error"},
	"workflow_commands": {"job", "words"},
	"required_checks": {"check"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(nowhere, stage.job, sprintf("there is no stage %s", [stage.job])) if {
	some stage in data.pipeline.stages
	not stage.job in {row.job | some row in jobs}
}

deny contains report.finding(row, row.job, sprintf("the stage %s can be skipped: it %s", [row.job, reason])) if {
	some row in stages
	some reason in skips(row)
}

deny contains report.finding(row, check, sprintf("the check %s is not required", [check])) if {
	some row in stages
	some check in row.check_names
	not check in required
}

deny contains report.finding(row, wanted, sprintf("the stage %s does not run %s", [row.job, wanted])) if {
	some stage in data.pipeline.stages
	some row in jobs
	row.job == stage.job
	some wanted in stage.runs
	not is_run(row.job, wanted)
}

deny contains report.finding(nowhere, "pull_request", "pull requests do not start the pipeline, or not all of them") if not starts_on_each

nowhere := {"file": data.pipeline.workflow, "line": 1, "project": "workspace"}

jobs := [row | some row in input.workflow_jobs; row.file == data.pipeline.workflow]

stages := [row | some row in jobs; some stage in data.pipeline.stages; stage.job == row.job]

required contains row.check if some row in input.required_checks

commands[row.job] contains concat(" ", row.words) if {
	some row in input.workflow_commands
	row.file == data.pipeline.workflow
}

is_run(job, wanted) if {
	some command in commands[job]
	contains(command, wanted)
}

skips(row) := {reason |
	some reason, holds in {
		"has a condition": row.condition != "",
		"waits for another job": count(row.needs) > 0,
		"may fail": count({row.continue_on_error} - {"", "false"}) > 0,
		"has no check": count(row.check_names) == 0,
	}
	holds
}

starts_on_each if {
	some row in input.workflow_triggers
	row.file == data.pipeline.workflow
	row.event == "pull_request"
	count({filter | some filter in row.filters; filter != "types"}) == 0
}
