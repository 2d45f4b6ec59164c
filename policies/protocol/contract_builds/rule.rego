# METADATA
# title: The wire contract builds
# description: >-
#   What does not compile has no facts, so nothing else of the contract could be judged. A contract without any message is none.
# scope: package
# custom:
#   id: protocol.contract_builds
#   severity: critical
#   category: protocol
#   requirements: [B1, B16, J5]
#   fix: Mend what buf names; npx nx run proto:build says the same.
package arqonbus.protocol.contract_builds

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"contract_faults": {"message"}, "proto_elements": {"kind", "subject"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, "contract", sprintf("the contract does not build: %s", [row.message])) if some row in input.contract_faults

deny contains report.finding({"file": "proto", "line": 1, "project": "proto"}, "contract", "the contract declares no message") if {
	count(input.contract_faults) == 0
	count({row.subject | some row in input.proto_elements; row.kind == "message"}) == 0
}
