package arqonbus.transport.setting_cannot_raise_cap_test

import data.arqonbus.transport.setting_cannot_raise_cap as rule

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

cap := {
	"file": "libs/errors/src/governed.ts",
	"line": 10,
	"project": "@arqonbus/errors",
	"group": "hard_caps",
	"name": "clientFrameBytes",
	"value": "983040",
	"number": 983040,
	"base_value": "983040",
	"change": "none",
	"readable": true,
}

names := {"shield": {"limits.max_frame_bytes": "clientFrameBytes"}}

test_passes_at_and_below_the_cap if {
	every largest in [983040, 1024] {
		doc := facts_of({"settings": [object.union(setting, {"max": largest})], "governed_identifiers": [cap]})
		denied := rule.deny with input as doc with data.setting_caps as names
		denied == set()
	}
}

test_denies_above_the_cap if {
	denied := rule.deny with input as facts_of({"settings": [object.union(setting, {"max": 983041, "cap": 0})], "governed_identifiers": [cap]})
		with data.setting_caps as names
	count(denied) == 1
}

test_denies_without_a_maximum if {
	every change in [{"has_max": false, "max": 0}, {"readable": false}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(setting, change)], "governed_identifiers": [cap]}) with data.setting_caps as names
		count(denied) == 1
	}
}

test_denies_above_its_own_cap if {
	other := object.union(setting, {"key": "limits.x_count", "max": 9, "cap": 8})
	denied := rule.deny with input as facts_of({"settings": [other], "governed_identifiers": [cap]}) with data.setting_caps as names
	count(denied) == 1
}

test_denies_without_the_cap if {
	denied := rule.deny with input as facts_of({"settings": [setting], "governed_identifiers": []}) with data.setting_caps as names
	count(denied) == 1
}

test_denies_without_data if {
	denied := rule.deny with input as facts_of({"settings": [], "governed_identifiers": []}) with data.setting_caps as false
	count(denied) > 0
}
