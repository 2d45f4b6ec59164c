package arqonbus.state_machines.terminal_reachable_test

import data.arqonbus.state_machines.terminal_reachable as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machines := {
	"file": "docs/state_machines/a.md",
	"line": 1,
	"project": "@arqonbus/shield",
	"name": "a",
	"endless": "",
}

row_of_machine_states := {
	"file": "docs/state_machines/a.md",
	"line": 20,
	"project": "@arqonbus/shield",
	"machine": "a",
	"state": "on",
	"terminal": false,
}

row_of_machine_transitions := {
	"file": "docs/state_machines/a.md",
	"line": 40,
	"project": "@arqonbus/shield",
	"machine": "a",
	"from": "on",
	"to": "off",
}

test_denies_from_the_state_hung_of_the_machine_stuck_no_terminal_state_i if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"file": "docs/state_machines/stuck.md", "name": "stuck"}),
		],
		"machine_states": [
			object.union(row_of_machine_states, {"file": "docs/state_machines/stuck.md", "machine": "stuck"}),
			object.union(row_of_machine_states, {"file": "docs/state_machines/stuck.md", "machine": "stuck", "state": "hung"}),
			object.union(row_of_machine_states, {
				"file": "docs/state_machines/stuck.md",
				"machine": "stuck",
				"state": "off",
				"terminal": true,
			}),
		],
		"machine_transitions": [
			object.union(row_of_machine_transitions, {"file": "docs/state_machines/stuck.md", "machine": "stuck"}),
			object.union(row_of_machine_transitions, {"file": "docs/state_machines/stuck.md", "machine": "stuck", "to": "hung"}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "from the state hung of the machine stuck no terminal state is reachable"
	finding._loc.line > 0
}

test_denies_the_state_off_of_the_machine_a_is_terminal_and_yet_a_transit if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"machine_states": [
			row_of_machine_states,
			object.union(row_of_machine_states, {"state": "off", "terminal": true}),
		],
		"machine_transitions": [
			row_of_machine_transitions,
			object.union(row_of_machine_transitions, {"from": "off", "to": "on"}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the state off of the machine a is terminal, and yet a transition leads out of it"
	finding._loc.line > 0
}

test_denies_the_machine_a_has_no_terminal_state_and_does_not_say_why if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"machine_states": [
			row_of_machine_states,
		],
		"machine_transitions": [],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the machine a has no terminal state, and does not say why"
	finding._loc.line > 0
}

test_denies_the_machine_a_has_a_terminal_state_and_says_that_it_has_none if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"endless": "It lasts as long as the process does."}),
		],
		"machine_states": [
			object.union(row_of_machine_states, {"state": "off", "terminal": true}),
		],
		"machine_transitions": [],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the machine a has a terminal state and says that it has none"
	finding._loc.line > 0
}

test_passes_case_1 if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"machine_states": [
			row_of_machine_states,
			object.union(row_of_machine_states, {"state": "off", "terminal": true}),
		],
		"machine_transitions": [
			row_of_machine_transitions,
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_case_2 if {
	rows := {
		"machines": [
			object.union(row_of_machines, {
				"file": "docs/state_machines/b.md",
				"name": "b",
				"endless": "It lasts as long as the process does.",
			}),
		],
		"machine_states": [
			object.union(row_of_machine_states, {"file": "docs/state_machines/b.md", "machine": "b"}),
		],
		"machine_transitions": [],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
