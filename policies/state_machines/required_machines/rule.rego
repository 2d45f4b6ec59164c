# METADATA
# title: The machines that the bus stands on are documented
# description: >-
#   Connection, session, link, subscription with recovery, topic, group task, readiness and drain have a document each, whatever
#   code is renamed or moved.
# scope: package
# custom:
#   id: state_machines.required_machines
#   severity: high
#   category: state_machines
#   requirements: [P13, J7]
#   fix: >-
#     Restore the document, or name its successor in policies/data/state_machines.json.
package arqonbus.state_machines.required_machines

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machines": {"name"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.state_machines.required is missing") if not data.state_machines.required

deny contains report.incomplete("data.state_machines.required is empty") if count(data.state_machines.required) == 0

deny contains report.finding(place, name, sprintf("the machine %s has no document under docs/state_machines", [name])) if {
	some name in data.state_machines.required
	not name in {row.name | some row in input.machines}
}

place := {"file": "policies/data/state_machines.json", "line": 1, "project": "workspace"}
