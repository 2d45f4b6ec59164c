package arqonbus.configuration.setting_removed_or_renamed_test

import data.arqonbus.configuration.setting_removed_or_renamed as rule

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
	"key": "limits.ban_ms",
	"change": "removed",
	"before": "integer",
	"now": "",
	"loosened": false,
	"announced": false,
}

test_denies_each_break if {
	every change in ["removed", "kind", "unit", "required"] {
		denied := rule.deny with input as facts_of({"setting_changes": [object.union(row, {"change": change})]})
		count(denied) == 1
	}
}

test_passes_what_is_announced if {
	every change in ["removed", "kind"] {
		denied := rule.deny with input as facts_of({"setting_changes": [object.union(row, {"change": change, "announced": true})]})
		denied == set()
	}
}

test_warns_of_additions if {
	warned := rule.warn with input as facts_of({"setting_changes": [object.union(row, {"change": "added"})]})
	count(warned) == 1
}
