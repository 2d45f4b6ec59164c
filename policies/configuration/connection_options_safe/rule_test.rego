package arqonbus.configuration.connection_options_safe_test

import data.arqonbus.configuration.connection_options_safe as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "libs/transport/src/transport-fallback.ts",
	"line": 41,
	"project": "@arqonbus/transport",
	"option": "minVersion",
	"value": "TLSv1.3",
	"test": false,
}

allowed := {"configuration.connection_options_safe": [{"file": "libs/x.ts", "option": "minVersion", "value": "TLSv1.2", "reason": "old servers"}]}

test_passes_safe_options if {
	every change in [{}, {"option": "rejectUnauthorized", "value": "true"}, {"value": "TLSv1.2", "test": true}, {"file": "libs/x.ts", "value": "TLSv1.2"}] {
		denied := rule.deny with input as facts_of({"exposure_options": [object.union(row, change)]}) with data.allowed_patterns as allowed
		denied == set()
	}
}

test_denies_others if {
	every change in [
		{"value": "TLSv1.2"}, {"value": "someVersion"}, {"option": "rejectUnauthorized", "value": "false"}, {"option": "address", "value": "::"},
		{"file": "libs/x.ts", "value": "TLSv1.1"}, {"option": "ciphers", "value": "ALL"},
	] {
		denied := rule.deny with input as facts_of({"exposure_options": [object.union(row, change)]}) with data.allowed_patterns as allowed
		count(denied) == 1
	}
}

test_denies_without_data if {
	denied := rule.deny with input as facts_of({"exposure_options": []}) with data.allowed_patterns as {}
	count(denied) > 0
}
