package arqonbus.supply_chain.image_pinned_test

import data.arqonbus.supply_chain.image_pinned as rule

digest := "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

facts_of(rows) := {
	"meta": {
		"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
		"counts": {"container_images": count(rows)},
	},
	"container_images": rows,
}

image(name, form) := {"file": "Dockerfile", "line": 1, "project": "workspace", "image": name, "form": form}

test_denies_a_tag if {
	found := rule.deny with input as facts_of([image("node:20", "from")])
	{one.subject | some one in found} == {"node:20"}
}

test_denies_no_tag if {
	found := rule.deny with input as facts_of([image("redis", "key")])
	count(found) == 1
}

test_denies_a_cut_digest if {
	found := rule.deny with input as facts_of([image("redis@sha256:abc", "copy")])
	count(found) == 1
}

test_denies_a_variable if {
	found := rule.deny with input as facts_of([image("${BASE}", "from")])
	count(found) == 1
}

test_denies_what_cannot_be_read if {
	found := rule.deny with input as facts_of([image("Flow sequence is not closed", "unreadable")])
	{one.subject | some one in found} == {"images"}
}

test_passes_a_digest if {
	found := rule.deny with input as facts_of([
		image(concat("", ["node:20", digest]), "from"),
		image(concat("", ["redis", digest]), "key"),
	])
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}
