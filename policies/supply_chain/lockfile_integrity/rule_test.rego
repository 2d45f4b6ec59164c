package arqonbus.supply_chain.lockfile_integrity_test

import data.arqonbus.supply_chain.lockfile_integrity as rule

lockfile := {
	"file": "package-lock.json",
	"line": 1,
	"project": "workspace",
	"entries": 684,
	"lock_version": 3,
}

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
	"has_resolved": false,
	"integrity_algorithm": "sha512",
	"integrity_bytes": 64,
	"name": "ws",
	"source": "registry",
}

tables := {"lockfiles": [], "locked_packages": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_sha1 if {
	found := rule.deny with input as facts_of({
		"lockfiles": [
			lockfile,
		],
		"locked_packages": [
			object.union(locked, {"integrity_algorithm": "sha1", "integrity_bytes": 20}),
		],
	})
	count(found) > 0
}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"lockfiles": [
			lockfile,
		],
		"locked_packages": [
			object.union(locked, {"integrity_algorithm": "", "integrity_bytes": 0}),
		],
	})
	count(found) > 0
}

test_finds_short if {
	found := rule.deny with input as facts_of({
		"lockfiles": [
			lockfile,
		],
		"locked_packages": [
			object.union(locked, {"integrity_bytes": 12}),
		],
	})
	count(found) > 0
}

test_finds_address if {
	found := rule.deny with input as facts_of({
		"lockfiles": [
			lockfile,
		],
		"locked_packages": [
			object.union(locked, {"has_resolved": true}),
		],
	})
	count(found) > 0
}

test_finds_second if {
	found := rule.deny with input as facts_of({
		"lockfiles": [
			lockfile,
			object.union(lockfile, {"file": "yarn.lock", "lock_version": 0, "entries": 0}),
		],
	})
	count(found) > 0
}

test_finds_no_lockfile if {
	found := rule.deny with input as facts_of({})
	count(found) > 0
}

test_finds_old_version if {
	found := rule.deny with input as facts_of({
		"lockfiles": [
			object.union(lockfile, {"lock_version": 1}),
		],
	})
	count(found) > 0
}

test_passes_whole if {
	found := rule.deny with input as facts_of({
		"lockfiles": [
			lockfile,
		],
		"locked_packages": [
			locked,
			object.union(locked, {
				"source": "link",
				"integrity_algorithm": "",
				"integrity_bytes": 0,
				"has_resolved": false,
			}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}
