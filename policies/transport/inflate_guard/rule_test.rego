package arqonbus.transport.inflate_guard_test

import data.arqonbus.transport.inflate_guard as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

site := {
	"file": "libs/transport/src/transport-fallback.ts",
	"line": 73,
	"project": "@arqonbus/transport",
	"kind": "per_message_deflate",
	"value": "false",
	"safe": true,
	"test": false,
}

guard := {
	"file": "libs/transport/src/upgrade.contract.ts",
	"line": 19,
	"project": "@arqonbus/transport",
	"kind": "guard_test",
	"value": "extensions",
	"safe": true,
	"test": true,
}

ratio := {
	"file": "libs/errors/src/governed.ts",
	"line": 10,
	"project": "@arqonbus/errors",
	"group": "hard_caps",
	"name": "inflateRatio",
	"value": "8",
	"number": 8,
	"base_value": "8",
	"change": "none",
	"readable": true,
}

test_passes_what_is_off_and_tested if {
	denied := rule.deny with input as facts_of({"inflate_sites": [site, guard], "governed_identifiers": [ratio]})
	denied == set()
}

test_denies_compression if {
	unsafe := object.union(site, {"value": "true", "safe": false})
	denied := rule.deny with input as facts_of({"inflate_sites": [unsafe, guard], "governed_identifiers": [ratio]})
	{found.msg | some found in denied} == {"per message deflate: true"}
}

test_leaves_tests if {
	unsafe := object.union(site, {"safe": false, "test": true})
	denied := rule.deny with input as facts_of({"inflate_sites": [unsafe, guard], "governed_identifiers": [ratio]})
	denied == set()
}

test_denies_without_the_guard if {
	every sites in [[site], [site, object.union(guard, {"safe": false})], [site, object.union(guard, {"file": "libs/sdk-js/test/a.test.ts"})]] {
		denied := rule.deny with input as facts_of({"inflate_sites": sites, "governed_identifiers": [ratio]})
		{found.subject | some found in denied} == {"guard_test"}
	}
}

test_denies_another_ratio if {
	every number in [0, 9] {
		denied := rule.deny with input as facts_of({"inflate_sites": [site, guard], "governed_identifiers": [object.union(ratio, {"number": number})]})
		count(denied) == 1
	}
}
