package arqonbus.configuration.default_not_loosened_test

import data.arqonbus.configuration.default_not_loosened as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "policies/data/settings_baseline.json",
	"line": 1,
	"project": "policies",
	"app": "shield",
	"key": "limits.idle_ms",
	"change": "default",
	"before": "60000",
	"now": "600000",
	"loosened": true,
	"announced": false,
}

test_denies_wider if {
	every change in ["default", "min", "max"] {
		denied := rule.deny with input as facts_of({"setting_changes": [object.union(row, {"change": change})]})
		count(denied) == 1
	}
}

test_warns_of_stricter if {
	stricter := object.union(row, {"loosened": false})
	denied := rule.deny with input as facts_of({"setting_changes": [stricter]})
	denied == set()
	warned := rule.warn with input as facts_of({"setting_changes": [stricter]})
	count(warned) == 1
}

test_passes_other_changes if {
	denied := rule.deny with input as facts_of({"setting_changes": [object.union(row, {"change": "removed"})]})
	denied == set()
}
