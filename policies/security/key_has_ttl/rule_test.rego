package arqonbus.security.key_has_ttl_test

import data.arqonbus.security.key_has_ttl as rule

row := {
	"file": "libs/rooms/src/room-cache.ts",
	"line": 7,
	"project": "@arqonbus/rooms",
	"engine": "redis",
	"op": "set",
	"role": "key",
	"text": "{builder}",
	"form": "builder",
	"builder": "",
	"writes": true,
	"expires": false,
	"test": false,
}

others := {}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"store_uses": [object.union(row, patch)]}))

failing := [{}, {"op": "hset"}]

passing := [{"expires": true}, {"writes": false, "op": "get"}, {"test": true}]

test_finds_each_variant if {
	every patch in failing {
		found := rule.warn with input as judged(patch)
		count(found) > 0
	}
}

test_points_at_the_row if {
	some found in rule.warn with input as judged(failing[0])
	found._loc == {"file": row.file, "line": row.line}
	found.project == row.project
}

test_passes_others if {
	every patch in passing {
		denied := rule.deny with input as judged(patch)
		denied == set()
		found := rule.warn with input as judged(patch)
		found == set()
	}
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
