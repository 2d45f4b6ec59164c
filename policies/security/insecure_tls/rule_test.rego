package arqonbus.security.insecure_tls_test

import data.arqonbus.security.insecure_tls as rule

row := {
	"file": "apps/shield/src/door/upgrade-gate.ts",
	"line": 12,
	"project": "@arqonbus/shield",
	"option": "rejectUnauthorized",
	"value": "false",
	"test": false,
}

allowed := {
	"security.insecure_tls": [
		{
			"file": "libs/x/redis.ts",
			"option": "minVersion",
			"value": "TLSv1.2",
		},
	],
}

others := {"tls_switches": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"tls_settings": [object.union(row, patch)]}))

failing := [
	{},
	{
		"value": "computed",
	},
	{
		"option": "NODE_TLS_REJECT_UNAUTHORIZED",
		"value": "0",
	},
	{
		"option": "checkServerIdentity",
		"value": "function",
	},
	{
		"option": "minVersion",
		"value": "TLSv1.2",
	},
	{
		"option": "secureProtocol",
		"value": "TLSv1_method",
	},
	{
		"option": "insecureSkipVerify",
		"value": "true",
	},
]

passing := [
	{
		"value": "true",
	},
	{
		"test": true,
	},
	{
		"option": "minVersion",
		"value": "TLSv1.3",
	},
	{
		"option": "minVersion",
		"value": "TLSv1.2",
		"file": "libs/x/redis.ts",
	},
]

test_finds_each_variant if {
	every patch in failing {
		found := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		count(found) > 0
	}
}

test_finds_a_switch if {
	switch := {"file": "package.json", "line": 33, "project": "workspace", "option": "NODE_TLS_REJECT_UNAUTHORIZED"}
	found := rule.deny with input as facts_of({"tls_settings": [], "tls_switches": [switch]}) with data.allowed_patterns as allowed
	{one.subject | some one in found} == {switch.option}
}

test_points_at_the_row if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as allowed
	found._loc == {"file": row.file, "line": row.line}
	found.project == row.project
}

test_passes_others if {
	every patch in passing {
		denied := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		denied == set()
	}
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_data if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as false
	contains(found.msg, "data.allowed_patterns")
}
