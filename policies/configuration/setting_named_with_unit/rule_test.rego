package arqonbus.configuration.setting_named_with_unit_test

import data.arqonbus.configuration.setting_named_with_unit as rule

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
	"key": "limits.wait_ms",
	"kind": "integer",
	"unit": "ms",
	"env": "ARQON_SHIELD_LIMITS_WAIT_MS",
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

allowed := {"configuration.setting_named_with_unit": [{"key": "limits.max_policies", "reason": "named by the product"}]}

test_passes_named_units if {
	every change in [{}, {"key": "admin.port", "unit": "port"}, {"key": "limits.max_policies", "unit": "none"}, {"key": "node.id", "kind": "text", "unit": ""}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]}) with data.allowed_patterns as allowed
		denied == set()
	}
}

test_denies_other_names if {
	every change in [{"unit": "seconds"}, {"unit": "none"}, {"key": "limits.wait"}, {"kind": "text"}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]}) with data.allowed_patterns as allowed
		count(denied) == 1
	}
}

test_denies_without_data if {
	denied := rule.deny with input as facts_of({"settings": []}) with data.allowed_patterns as {}
	count(denied) > 0
}
