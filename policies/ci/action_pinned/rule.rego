# METADATA
# title: Actions and images are pinned by digest
# description: >-
#   A tag or a branch of an action can be moved to other code. Actions, called workflows and actions inside our
#   own actions are named by a full commit, images by a SHA-256 digest.
# scope: package
# custom:
#   id: ci.action_pinned
#   severity: critical
#   category: ci
#   requirements: [J27, M13, M14]
#   fix: Look the commit up where the action lives, write it with the version as a comment, and record it in policies/data/actions.yaml.
package arqonbus.ci.action_pinned

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_uses": {"target", "ref", "kind"},
	"workflow_commands": {"words"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.target, sprintf("%s@%s is not pinned to a commit", [row.target, row.ref])) if {
	some row in input.workflow_uses
	row.kind == "action"
	not regex.match(`^[0-9a-f]{40}$`, row.ref)
}

deny contains report.finding(row, row.target, sprintf("the image %s is not pinned to a digest", [row.target])) if {
	some row in input.workflow_uses
	row.kind == "docker"
	not regex.match(`^sha256:[0-9a-f]{64}$`, row.ref)
}

deny contains report.finding(row, tool, sprintf("%s takes an image that is not pinned to a digest", [concat(" ", row.words)])) if {
	some row in input.workflow_commands
	some tool in {"docker", "podman", "nerdctl"}
	tool in array.slice(row.words, 0, 2)
	some word in row.words
	word in {"run", "pull", "create"}
	count([image | some image in row.words; regex.match(`@sha256:[0-9a-f]{64}$`, image)]) == 0
}

deny contains report.finding(row, row.target, sprintf("%s is of an unknown kind", [row.target])) if {
	some row in input.workflow_uses
	not row.kind in {"action", "docker", "local"}
}
