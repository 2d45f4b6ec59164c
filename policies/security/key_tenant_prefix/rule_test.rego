package arqonbus.security.key_tenant_prefix_test

import data.arqonbus.security.key_tenant_prefix as rule

row := {
	"file": "libs/rooms/src/room-cache.ts",
	"line": 7,
	"project": "@arqonbus/rooms",
	"engine": "redis",
	"op": "set",
	"role": "key",
	"text": "session:{}",
	"form": "concat",
	"builder": "",
	"writes": true,
	"expires": true,
	"test": false,
}

others := {"store_builders": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"store_uses": [object.union(row, patch)]}))

failing := [
	{},
	{
		"text": "room:{}",
		"form": "template",
		"op": "hset",
	},
	{
		"text": "health",
		"form": "literal",
	},
	{
		"op": "lua set",
		"text": "x:{}",
		"form": "literal",
	},
	{
		"text": "tenant:acme:x",
		"form": "literal",
	},
	{
		"text": "{tenant}:x",
		"form": "template",
	},
]

passing := [
	{
		"text": "{builder}",
		"form": "builder",
	},
	{
		"text": "{prefix}tenant:{tenant}:room:{}",
		"form": "template",
	},
	{
		"test": true,
	},
	{
		"engine": "nats",
		"op": "publish",
		"role": "subject",
		"text": "orders.created",
		"form": "literal",
		"writes": false,
	},
	{
		"text": "{}",
		"form": "unknown",
	},
	{
		"text": "{}:x",
		"form": "template",
	},
]

test_finds_each_variant if {
	every patch in failing {
		found := rule.deny with input as judged(patch)
		count(found) > 0
	}
}

builder := {
	"file": "libs/tenancy/src/topic-key.ts",
	"line": 20,
	"project": "@arqonbus/tenancy",
	"engine": "redis",
	"name": "redisPresenceKey",
	"exported": true,
	"text": "agent:{}:presence:{}",
	"test": false,
}

built(patch) := facts_of({"store_uses": [], "store_builders": [object.union(builder, patch)]})

test_finds_a_builder_without_tenant if {
	found := rule.deny with input as built({})
	{one.subject | some one in found} == {builder.name}
}

test_passes_other_builders if {
	every patch in [{"text": "{prefix}tenant:{tenant}:room:{}"}, {"text": "{}:log"}, {"exported": false}, {"test": true}, {"engine": "other"}] {
		denied := rule.deny with input as built(patch)
		denied == set()
	}
}

test_points_at_the_row if {
	some found in rule.deny with input as judged(failing[0])
	found._loc == {"file": row.file, "line": row.line}
	found.project == row.project
}

test_passes_others if {
	every patch in passing {
		denied := rule.deny with input as judged(patch)
		denied == set()
	}
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
