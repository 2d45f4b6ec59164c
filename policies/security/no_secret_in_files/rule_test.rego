package arqonbus.security.no_secret_in_files_test

import data.arqonbus.security.no_secret_in_files as rule

row := {
	"file": "docs/example.md",
	"line": 3,
	"project": "workspace",
	"detector": "example-token",
	"confidence": "certain",
	"fingerprint": "0123456789ab",
	"test": false,
}

allowed := {
	"security.no_secret_in_files": [
		{
			"file": ".npmrc",
			"named": true,
			"fingerprints": [],
		},
		{
			"file": "docs/demo.md",
			"fingerprints": [
				"aaaa00000000",
			],
			"named": false,
		},
	],
}

others := {"suspect_files": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"secret_findings": [object.union(row, patch)]}))

failing := [{}, {"file": "libs/auth/src/a.test.ts", "test": true}]

passing := []

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

test_finds_case_1 if {
	found := rule.deny with input as facts_of({
		"secret_findings": [],
		"suspect_files": [
			{
				"file": "apps/spine/.env",
				"line": 1,
				"project": "@arqonbus/spine",
				"reason": "name",
				"bytes": 40,
				"binary": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_finds_case_2 if {
	found := rule.deny with input as facts_of({
		"secret_findings": [],
		"suspect_files": [
			{
				"file": "docs/film.bin",
				"line": 1,
				"project": "workspace",
				"reason": "size",
				"bytes": 4000000,
				"binary": true,
			},
		],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_passes_case_1 if {
	denied := rule.deny with input as facts_of({
		"secret_findings": [],
		"suspect_files": [
			{
				"file": ".npmrc",
				"line": 1,
				"project": "workspace",
				"reason": "name",
				"bytes": 100,
				"binary": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_data if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as false
	contains(found.msg, "data.allowed_patterns")
}
