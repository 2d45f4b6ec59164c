package arqonbus.supply_chain.npm_settings_test

import data.arqonbus.supply_chain.npm_settings as rule

setting := {
	"file": ".npmrc",
	"line": 5,
	"project": "workspace",
	"credential": false,
	"key": "strict-allow-scripts",
	"value": "true",
}

tables := {"npm_settings": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

packages := {
	"npm_settings": {"strict-allow-scripts": "true", "omit-lockfile-registry-resolved": "true"},
	"forbidden_npm_settings": ["strict-ssl=false"],
}

test_finds_missing if {
	found := rule.deny with input as facts_of({}) with data.packages as packages
	count(found) > 0
}

test_finds_off if {
	found := rule.deny with input as facts_of({
		"npm_settings": [
			setting,
			object.union(setting, {"key": "omit-lockfile-registry-resolved"}),
			object.union(setting, {"key": "strict-ssl", "value": "false"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_credential if {
	found := rule.deny with input as facts_of({
		"npm_settings": [
			setting,
			object.union(setting, {"key": "omit-lockfile-registry-resolved"}),
			object.union(setting, {"key": "_authtoken", "value": "", "credential": true}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_both if {
	found := rule.deny with input as facts_of({
		"npm_settings": [
			setting,
			object.union(setting, {"key": "omit-lockfile-registry-resolved"}),
		],
	})
		with data.packages as packages
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_packages if {
	found := rule.deny with input as facts_of({}) with data.packages as false
	some finding in found
	finding.msg == "cannot judge: data.packages is missing"
}
