package arqonbus.configuration.finite_limits_test

import data.arqonbus.configuration.finite_limits as rule

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

test_passes_bounded if {
	denied := rule.deny with input as facts_of({"settings": [row]})
	denied == set()
}

test_passes_required_without_default if {
	required := object.union(row, {"required": true, "has_default": false, "default": "", "default_is_number": false})
	denied := rule.deny with input as facts_of({"settings": [required]})
	denied == set()
}

test_denies_each_fault if {
	every change in [
		{"has_max": false}, {"max": 9007199254740991}, {"has_min": false}, {"has_default": false, "default_is_number": false},
		{"default": "off", "default_is_number": false}, {"kind": "list", "count_bounded": false},
	] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]})
		count(denied) == 1
	}
}
