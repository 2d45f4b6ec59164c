# METADATA
# title: Every night the long tests run
# description: >-
#   A scheduled workflow runs the tests in their long mode and looks for vulnerabilities in the lockfile, at least
#   once a day.
# scope: package
# custom:
#   id: ci.nightly_run
#   severity: medium
#   category: ci
#   requirements: [L16, M11]
#   fix: Restore .github/workflows/nightly.yml.
package arqonbus.ci.nightly_run

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_triggers": {"event", "crons"},
	"workflow_commands": {"words"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(nowhere, wanted, sprintf("no scheduled workflow runs %s every day", [wanted])) if {
	some wanted in data.pipeline.nightly
	not is_run(wanted)
}

nowhere := {"file": ".github/workflows/nightly.yml", "line": 1, "project": "workspace"}

is_run(wanted) if {
	some row in input.workflow_commands
	row.file in scheduled
	contains(concat(" ", row.words), wanted)
}

# Minute and hour are given, day, month and weekday are not.
scheduled contains row.file if {
	some row in input.workflow_triggers
	row.event == "schedule"
	some cron in row.crons
	regex.match(`^\S+ \S+ \* \* \*$`, cron)
}
