package arqonbus.configuration.settings_readable_test

import data.arqonbus.configuration.settings_readable as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

setting := {
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

baseline := {"shield": {}}

fault := {
	"file": "apps/shield/src/settings.ts",
	"line": 5,
	"project": "@arqonbus/shield",
	"message": "shield: a setting's key is no literal",
}

test_passes_what_can_be_read if {
	denied := rule.deny with input as facts_of({"settings": [setting], "settings_faults": []}) with data.settings_baseline as baseline
	denied == set()
}

test_denies_a_fault if {
	denied := rule.deny with input as facts_of({"settings": [setting], "settings_faults": [fault]}) with data.settings_baseline as baseline
	count(denied) == 1
}

test_denies_what_cannot_be_read if {
	doc := facts_of({"settings": [object.union(setting, {"readable": false})], "settings_faults": []})
	denied := rule.deny with input as doc with data.settings_baseline as baseline
	count(denied) == 1
}

test_denies_an_app_without_settings if {
	denied := rule.deny with input as facts_of({"settings": [], "settings_faults": []}) with data.settings_baseline as baseline
	count(denied) == 1
}

test_denies_without_data if {
	denied := rule.deny with input as facts_of({"settings": [], "settings_faults": []}) with data.settings_baseline as false
	count(denied) > 0
}
