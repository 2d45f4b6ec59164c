package arqonbus.security.subject_tenant_prefix_test

import data.arqonbus.security.subject_tenant_prefix as rule

row := {
	"file": "libs/rooms/src/room-cache.ts",
	"line": 7,
	"project": "@arqonbus/rooms",
	"engine": "nats",
	"op": "publish",
	"role": "subject",
	"text": "orders.created",
	"form": "literal",
	"builder": "",
	"writes": false,
	"expires": true,
	"test": false,
}

allowed := {"security.subject_from_builder": [{"beginning": "$JS.API."}]}

others := {"store_builders": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"store_uses": [object.union(row, patch)]}))

failing := [
	{},
	{
		"text": "orders.{}",
		"form": "template",
	},
	{
		"op": "filter_subject",
		"text": "orders.*",
	},
	{
		"op": "subjects",
		"text": ">",
	},
	{
		"text": "{tenant}.orders",
		"form": "template",
	},
]

passing := [
	{
		"text": "{builder}",
		"form": "builder",
	},
	{
		"text": "$JS.API.DIRECT.GET.{}",
		"form": "template",
	},
	{
		"test": true,
	},
	{
		"engine": "redis",
	},
	{
		"text": "t.{tenant}.{}",
		"form": "template",
	},
]

test_finds_each_variant if {
	every patch in failing {
		found := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		count(found) > 0
	}
}

builder := {
	"file": "libs/tenancy/src/topic-key.ts",
	"line": 20,
	"project": "@arqonbus/tenancy",
	"engine": "nats",
	"name": "natsStreamSubject",
	"exported": true,
	"text": "t.{}.{}",
	"test": false,
}

built(patch) := facts_of({"store_uses": [], "store_builders": [object.union(builder, patch)]})

test_finds_a_builder_without_tenant if {
	found := rule.deny with input as built({})
	{one.subject | some one in found} == {builder.name}
}

test_passes_other_builders if {
	every patch in [{"text": "m.{tenant}.>"}, {"text": "{}:log"}, {"exported": false}, {"test": true}, {"engine": "other"}] {
		denied := rule.deny with input as built(patch)
		denied == set()
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
