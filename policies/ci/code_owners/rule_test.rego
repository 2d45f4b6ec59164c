package arqonbus.ci.code_owners_test

import data.arqonbus.ci.code_owners as rule

owner := {
	"file": ".github/CODEOWNERS",
	"line": 3,
	"project": "workspace",
	"matches": 9,
	"owners": ["@arqonbus/protocol"],
	"pattern": "/proto/",
}

tables := {"code_owners": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

pipeline := {"owned_paths": ["/proto/", "/policies/"]}

test_finds_no_owner if {
	found := rule.deny with input as facts_of({
		"code_owners": [
			object.union(owner, {"pattern": "/policies/", "owners": ["@arqonbus/security"]}),
			object.union(owner, {"owners": []}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_missing if {
	found := rule.deny with input as facts_of({
		"code_owners": [
			object.union(owner, {"pattern": "/policies/"}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_nowhere if {
	found := rule.deny with input as facts_of({
		"code_owners": [
			owner,
			object.union(owner, {"pattern": "/policies/", "owners": ["@arqonbus/security"]}),
			object.union(owner, {"pattern": "/gone/", "matches": 0}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_mail if {
	found := rule.deny with input as facts_of({
		"code_owners": [
			owner,
			object.union(owner, {"pattern": "/policies/", "owners": ["@arqonbus/security"]}),
			object.union(owner, {"pattern": "/docs/", "owners": ["a@b.example"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_nothing if {
	found := rule.deny with input as facts_of({}) with data.pipeline as pipeline
	count(found) > 0
}

test_passes_owned if {
	found := rule.deny with input as facts_of({
		"code_owners": [
			object.union(owner, {"pattern": "/proto/"}),
			object.union(owner, {"pattern": "/policies/"}),
			object.union(owner, {"pattern": "/.github/"}),
			object.union(owner, {"pattern": "/apps/shield/"}),
			object.union(owner, {"pattern": "/libs/auth/"}),
			object.union(owner, {"pattern": "/libs/errors/"}),
			object.union(owner, {"pattern": "/libs/tenancy/"}),
			object.union(owner, {"pattern": "/libs/casil/"}),
			object.union(owner, {"pattern": "/libs/transport/"}),
			object.union(owner, {"pattern": "/libs/policy/"}),
			object.union(owner, {"pattern": "/tools/policy/"}),
			object.union(owner, {"pattern": "/tools/policy-inputs/"}),
			object.union(owner, {"pattern": "/package.json"}),
			object.union(owner, {"pattern": "/package-lock.json"}),
			object.union(owner, {"pattern": "/SECURITY.md"}),
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_pipeline if {
	found := rule.deny with input as facts_of({}) with data.pipeline as false
	some finding in found
	finding.msg == "cannot judge: data.pipeline is missing"
}
