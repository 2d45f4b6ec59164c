package arqonbus.state_machines.transitions_match_test

import data.arqonbus.state_machines.transitions_match as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machine_transitions := {
	"file": "docs/state_machines/link.md",
	"line": 40,
	"project": "@arqonbus/shield",
	"machine": "link",
	"from": "up",
	"event": "lost",
	"to": "waiting",
	"in_doc": true,
	"in_code": true,
}

test_denies_the_code_of_the_machine_link_c_leads_from_closed_to_up_by_di if {
	rows := {
		"machine_transitions": [
			object.union(row_of_machine_transitions, {
				"file": "docs/state_machines/link_c.md",
				"machine": "link_c",
				"from": "closed",
				"event": "dial",
				"to": "up",
				"in_doc": false,
			}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the code of the machine link_c leads from closed to up by dial, its document does not"
	finding._loc.line > 0
}

test_denies_the_document_of_the_machine_link_leads_from_up_to_waiting_by if {
	rows := {
		"machine_transitions": [
			object.union(row_of_machine_transitions, {"event": "rest", "in_code": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the document of the machine link leads from up to waiting by rest, its code does not"
	finding._loc.line > 0
}

test_passes_case_1 if {
	rows := {
		"machine_transitions": [
			row_of_machine_transitions,
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
