package arqonbus.configuration.env_name_consistent_test

import data.arqonbus.configuration.env_name_consistent as rule

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

test_passes_the_rule if {
	rows := [row, object.union(row, {"app": "spine", "env": "ARQON_SPINE_LIMITS_MAX_FRAME_BYTES"})]
	denied := rule.deny with input as facts_of({"settings": rows})
	denied == set()
}

test_denies_another_prefix if {
	denied := rule.deny with input as facts_of({"settings": [object.union(row, {"env": "PORT", "own_env": true})]})
	count(denied) == 1
}

test_denies_a_shared_name if {
	denied := rule.deny with input as facts_of({"settings": [row, object.union(row, {"key": "other"})]})
	count(denied) == 2
}

test_denies_another_kind_elsewhere if {
	other := object.union(row, {"app": "spine", "env": "ARQON_SPINE_LIMITS_MAX_FRAME_BYTES", "kind": "text", "unit": ""})
	denied := rule.deny with input as facts_of({"settings": [row, other]})
	count(denied) == 1
}
