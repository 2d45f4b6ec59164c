package arqonbus.configuration.setting_documented_test

import data.arqonbus.configuration.setting_documented as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "apps/shield/src/settings.ts",
	"line": 21,
	"project": "@arqonbus/shield",
	"app": "shield",
	"key": "limits.max_frame_bytes",
	"kind": "integer",
	"unit": "bytes",
	"env": "ARQON_SHIELD_LIMITS_MAX_FRAME_BYTES",
	"own_env": false,
	"required": false,
	"has_default": true,
	"default": "983040",
	"default_is_number": true,
	"has_max": true,
	"max": 983040,
	"has_min": true,
	"min": 1024,
	"cap": 983040,
	"count_bounded": true,
	"documented": true,
	"readable": true,
}

test_passes_documented if {
	denied := rule.deny with input as facts_of({"settings": [row]})
	denied == set()
}

test_denies_others if {
	denied := rule.deny with input as facts_of({"settings": [object.union(row, {"documented": false})]})
	count(denied) == 1
}
