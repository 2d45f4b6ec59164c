package arqonbus.state_machines.initial_reaches_all_test

import data.arqonbus.state_machines.initial_reaches_all as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machines := {
	"file": "docs/state_machines/a.md",
	"line": 1,
	"project": "@arqonbus/shield",
	"name": "a",
}

row_of_machine_states := {
	"file": "docs/state_machines/a.md",
	"line": 20,
	"project": "@arqonbus/shield",
	"machine": "a",
	"state": "on",
	"initial": true,
}

row_of_machine_transitions := {
	"file": "docs/state_machines/a.md",
	"line": 40,
	"project": "@arqonbus/shield",
	"machine": "a",
	"from": "on",
	"to": "off",
}

test_denies_nothing_leads_to_the_state_hidden_of_the_machine_island if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"file": "docs/state_machines/island.md", "name": "island"}),
		],
		"machine_states": [
			object.union(row_of_machine_states, {"file": "docs/state_machines/island.md", "machine": "island"}),
			object.union(row_of_machine_states, {
				"file": "docs/state_machines/island.md",
				"machine": "island",
				"state": "hidden",
				"initial": false,
			}),
			object.union(row_of_machine_states, {
				"file": "docs/state_machines/island.md",
				"machine": "island",
				"state": "off",
				"initial": false,
			}),
		],
		"machine_transitions": [
			object.union(row_of_machine_transitions, {"file": "docs/state_machines/island.md", "machine": "island"}),
			object.union(row_of_machine_transitions, {"file": "docs/state_machines/island.md", "machine": "island", "from": "hidden"}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "nothing leads to the state hidden of the machine island"
	finding._loc.line > 0
}

test_denies_the_machine_a_has_not_one_initial_state if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"machine_states": [
			object.union(row_of_machine_states, {"initial": false}),
			object.union(row_of_machine_states, {"state": "off", "initial": false}),
		],
		"machine_transitions": [
			row_of_machine_transitions,
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the machine a has not one initial state"
	finding._loc.line > 0
}

test_passes_case_1 if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"machine_states": [
			row_of_machine_states,
			object.union(row_of_machine_states, {"state": "off", "initial": false}),
		],
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
