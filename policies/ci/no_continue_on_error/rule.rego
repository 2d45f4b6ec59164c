# METADATA
# title: No failure is swallowed
# description: >-
#   A step that may fail, and a command whose failure is turned into success, tests nothing.
# scope: package
# custom:
#   id: ci.no_continue_on_error
#   severity: high
#   category: ci
#   requirements: [J25, L12]
#   fix: Remove it; what may fail belongs in a job that is not required.
package arqonbus.ci.no_continue_on_error

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_jobs": {"job", "continue_on_error"},
	"workflow_steps": {"job", "continue_on_error", "shell", "run"},
	"workflow_commands": {"job", "words", "joined_by"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.job, sprintf("the job %s may fail", [row.job])) if {
	some row in input.workflow_jobs
	not row.continue_on_error in {"", "false"}
}

deny contains report.finding(row, row.job, sprintf("a step of %s may fail", [row.job])) if {
	some row in input.workflow_steps
	not row.continue_on_error in {"", "false"}
}

deny contains report.finding(row, row.job, sprintf("the failure of a command of %s is turned into success", [row.job])) if {
	some row in input.workflow_commands
	row.joined_by == "||"
	row.words[0] in {"true", ":", "echo", "printf", "exit"}
	not fails(row)
}

deny contains report.finding(row, row.job, sprintf("a script of %s goes on after failures", [row.job])) if {
	some row in input.workflow_commands
	row.words[0] == "set"
	some word in row.words
	regex.match(`^\+\w*e|^\+o$`, word)
}

deny contains report.finding(row, row.job, sprintf("the shell of a step of %s goes on after failures", [row.job])) if {
	some row in input.workflow_steps
	row.run != ""
	not row.shell in {"", "bash", "sh", "pwsh", "python"}
	not regex.match(`\s-\w*e`, row.shell)
}

fails(row) if {
	row.words[0] == "exit"
	row.words[1] != "0"
}
