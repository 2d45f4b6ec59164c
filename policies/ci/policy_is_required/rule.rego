# METADATA
# title: The verdict of the policies stops a merge
# description: >-
#   The policy job runs nx affected -t policy, in a step that nothing skips, whose failure nothing hides, and its
#   check is required.
# scope: package
# custom:
#   id: ci.policy_is_required
#   severity: critical
#   category: ci
#   requirements: [J25, J26, J27, J28]
#   fix: Restore the plain step npx nx affected -t policy in the job policy of .github/workflows/ci.yml.
package arqonbus.ci.policy_is_required

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_jobs": {"job", "check_names", "condition", "continue_on_error", "needs"},
	"workflow_steps": {"job", "step", "run", "condition", "continue_on_error", "shell"},
	"workflow_commands": {"job", "step", "words", "joined_by"},
	"required_checks": {"check"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(nowhere, "policy", "no job runs the policies") if {
	count(jobs) == 0
}

deny contains report.finding(nowhere, wanted, sprintf("the policy job does not run %s", [wanted])) if {
	some wanted in data.pipeline.policy.runs
	count([row | some row in verdicts; contains(concat(" ", row.words), wanted)]) == 0
}

deny contains report.finding(row, "policy", "the policy job can be skipped or may fail") if {
	some row in jobs
	not is_plain(row)
}

deny contains report.finding(row, check, sprintf("the check %s is not required", [check])) if {
	some row in jobs
	some check in row.check_names
	not check in {entry.check | some entry in input.required_checks}
}

deny contains report.finding(row, "policy", "the step that judges can be skipped or may fail") if {
	some row in input.workflow_steps
	some verdict in verdicts
	same_step(row, verdict)
	not is_plain_step(row)
}

deny contains report.finding(row, "policy", sprintf("%s hides the verdict", [concat(" ", row.words)])) if {
	some row in input.workflow_commands
	some verdict in verdicts
	same_step(row, verdict)
	hides(row)
}

deny contains report.finding(verdict, "policy", "the command that judges runs only after another one failed, or in the background of one") if {
	some verdict in verdicts
	verdict.joined_by in {"||", "|", "&"}
}

deny contains report.finding(verdict, word, sprintf("%s narrows what is judged", [word])) if {
	some verdict in verdicts
	some wanted in data.pipeline.policy.runs
	command := concat(" ", verdict.words)
	contains(command, wanted)
	some word in split(split(command, wanted)[1], " ")
	word != ""
	not regex.match(`^--(base=[$]SINCE|head=HEAD|parallel=\d+|output-style=[\w-]+|verbose)$`, word)
}

nowhere := {"file": data.pipeline.workflow, "line": 1, "project": "workspace"}

jobs := [row | some row in input.workflow_jobs; row.file == data.pipeline.workflow; row.job == data.pipeline.policy.job]

# Commands whose exit code is the verdict: npx or npm itself, no echo of them.
verdicts := [row |
	some row in input.workflow_commands
	row.file == data.pipeline.workflow
	row.job == data.pipeline.policy.job
	row.words[0] in {"npx", "npm", "nx"}
	some wanted in data.pipeline.policy.runs
	contains(concat(" ", row.words), wanted)
]

is_plain(row) if {
	row.condition == ""
	row.continue_on_error in {"", "false"}
	count(row.needs) == 0
}

is_plain_step(row) if {
	row.condition == ""
	row.continue_on_error in {"", "false"}
	row.shell in {"", "bash"}
}

same_step(row, verdict) if {
	row.file == verdict.file
	row.job == verdict.job
	row.step == verdict.step
}

hides(row) if row.joined_by in {"||", "|", "&"}

hides(row) if {
	row.words[0] == "set"
	startswith(row.words[1], "+")
}

hides(row) if row.words[0] in {"trap", "exit", "return"}
