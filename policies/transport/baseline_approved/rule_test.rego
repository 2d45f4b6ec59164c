package arqonbus.transport.baseline_approved_test

import data.arqonbus.transport.baseline_approved as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "policies/data/governed_baseline.json",
	"line": 1,
	"project": "policies",
	"subject": "governed",
	"digest": "b2",
	"approved_digest": "b2",
	"approved_class": 0,
	"is_new_entry": true,
	"state": "changed",
	"breaking": [
		"hard_caps.frameBytes",
	],
	"loosened": [],
	"added": [],
}

others := [
	object.union(row, {"subject": "contract", "state": "none", "is_new_entry": false}),
	object.union(row, {"subject": "settings", "state": "none", "is_new_entry": false}),
]

all_with(change) := facts_of({"baselines": array.concat(others, [object.union(row, change)])})

test_passes_what_is_approved if {
	every change in [{}, {"state": "none", "is_new_entry": false}, {"breaking": [], "loosened": ["a"], "approved_class": 1}] {
		denied := rule.deny with input as all_with(change)
		denied == set()
	}
}

test_denies_what_is_not_approved if {
	every change in [
		{"digest": "other"}, {"is_new_entry": false}, {"state": "settled", "is_new_entry": false, "approved_class": 2},
		{"approved_class": -1}, {"approved_class": 1}, {"approved_class": 2},
		{"breaking": [], "loosened": ["a"], "approved_class": 2}, {"breaking": [], "added": ["a"], "approved_class": 2},
	] {
		denied := rule.deny with input as all_with(change)
		count(denied) == 1
	}
}

test_takes_class_2_for_additions if {
	addition := object.union(row, {"subject": "contract", "breaking": [], "added": ["a"], "approved_class": 2})
	rows := [row, object.union(row, {"subject": "settings"}), addition]
	denied := rule.deny with input as facts_of({"baselines": rows})
	denied == set()
}

test_denies_without_a_baseline if {
	denied := rule.deny with input as facts_of({"baselines": others})
	count(denied) == 1
}
