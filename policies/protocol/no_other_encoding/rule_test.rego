package arqonbus.protocol.no_other_encoding_test

import data.arqonbus.protocol.no_other_encoding as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row := {"file": "libs/link/src/wire.ts", "line": 9, "project": "@arqonbus/link", "api": "JSON.parse", "function": "read"}

patterns := {"protocol.no_other_encoding": [{"file": "libs/auth/src/*.ts", "reason": "tokens"}]}

test_denies_json_between_parts if {
	found := rule.deny with input as facts_of({"text_codecs": [row]}) with data.allowed_patterns as patterns
	{one.subject | some one in found} == {"JSON.parse"}
}

test_passes_what_is_for_people if {
	every file in {"apps/cli/src/output.ts", "libs/auth/src/read-claims.ts"} {
		found := rule.deny with input as facts_of({"text_codecs": [object.union(row, {"file": file})]}) with data.allowed_patterns as patterns
		found == set()
	}
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}
