# METADATA
# title: What is governed has owners
# description: >-
#   Contract, policies, workflows, governed identifiers, security paths and dependencies have named owners in
#   CODEOWNERS, and every pattern there names a file.
# scope: package
# custom:
#   id: ci.code_owners
#   severity: high
#   category: ci
#   requirements: [G18, M22]
#   fix: Restore the line in .github/CODEOWNERS; correct a pattern whose files moved.
package arqonbus.ci.code_owners

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"code_owners": {"pattern", "owners", "matches"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.pipeline is missing") if not data.pipeline

deny contains report.finding(nowhere, path, sprintf("%s has no owner", [path])) if {
	some path in data.pipeline.owned_paths
	not path in {row.pattern | some row in input.code_owners; count(row.owners) > 0}
}

deny contains report.finding(row, row.pattern, sprintf("%s names no file", [row.pattern])) if {
	some row in input.code_owners
	row.matches == 0
}

deny contains report.finding(row, row.pattern, sprintf("%s is no owner", [owner])) if {
	some row in input.code_owners
	some owner in row.owners
	not regex.match(`^@[\w-]+(/[\w.-]+)?$`, owner)
}

nowhere := {"file": ".github/CODEOWNERS", "line": 1, "project": "workspace"}
