package arqonbus.security.weak_crypto_test

import data.arqonbus.security.weak_crypto as rule

row := {
	"file": "libs/auth/src/verify.ts",
	"line": 12,
	"project": "@arqonbus/auth",
	"api": "createHash",
	"algorithm": "md5",
	"fixed": false,
	"test": false,
}

allowed := {"security.weak_crypto": [{"file": "libs/x/redis.ts", "algorithm": "sha1"}]}

others := {}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"crypto_uses": [object.union(row, patch)]}))

failing := [
	{},
	{
		"algorithm": "sha1",
	},
	{
		"api": "createCipheriv",
		"algorithm": "aes-128-ecb",
	},
	{
		"api": "createCipher",
		"algorithm": "aes-256-gcm",
	},
	{
		"api": "createCipheriv",
		"algorithm": "aes-256-gcm",
		"fixed": true,
	},
	{
		"algorithm": "computed",
	},
	{
		"api": "digest",
		"algorithm": "sha-1",
	},
	{
		"api": "createSign",
		"algorithm": "rsa-sha1",
	},
]

passing := [
	{
		"algorithm": "sha256",
	},
	{
		"test": true,
	},
	{
		"api": "createCipheriv",
		"algorithm": "aes-256-gcm",
	},
	{
		"algorithm": "sha1",
		"file": "libs/x/redis.ts",
	},
]

test_finds_each_variant if {
	every patch in failing {
		found := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		count(found) > 0
	}
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
