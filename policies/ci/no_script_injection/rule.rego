# METADATA
# title: No script contains text of others
# description: >-
#   An expression in a script becomes part of it before the shell reads it. Titles, branch names, labels, inputs
#   and outputs therefore reach scripts through the environment alone, and no script of a step that holds them writes the environment of later
#   steps: a line break in a title would set any variable there.
# scope: package
# custom:
#   id: ci.no_script_injection
#   severity: critical
#   category: ci
#   requirements: [M16]
#   fix: Put the expression into env of the step and use "$NAME" in the script.
package arqonbus.ci.no_script_injection

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_expressions": {"job", "step", "place", "expression", "contexts"},
	"workflow_steps": {"job", "step", "run"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(row, context, sprintf("%s becomes part of a script", [context])) if {
	some row in input.workflow_expressions
	row.place in {"run", "script"}
	some context in row.contexts
	not is_harmless(context)
}

deny contains report.finding(step, context, sprintf("the step writes the environment of later steps and holds %s", [context])) if {
	some step in input.workflow_steps
	regex.match(`\bGITHUB_(ENV|PATH)\b`, step.run)
	some row in input.workflow_expressions
	reaches(row, step)
	some context in row.contexts
	not is_harmless(context)
	not startswith(context, "secrets.")
	not startswith(context, "steps.")
}

# The environment of the workflow, of the job, or of the step itself.
reaches(row, step) if {
	row.place == "env"
	row.file == step.file
	row.job in {"", step.job}
	row.step in {0, step.step}
}

is_harmless(context) if {
	some known in data.pipeline.run_contexts
	endswith(known, ".")
	startswith(context, known)
}

is_harmless(context) if context in data.pipeline.run_contexts
