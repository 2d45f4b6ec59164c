package arqonbus.configuration.secret_settings_marked_test

import data.arqonbus.configuration.secret_settings_marked as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "apps/shield/src/settings.ts",
	"line": 21,
	"project": "@arqonbus/shield",
	"app": "shield",
	"key": "store.password",
	"kind": "text",
	"unit": "",
	"env": "ARQON_SHIELD_STORE_PASSWORD",
	"own_env": false,
	"required": false,
	"has_default": false,
	"default": "",
	"default_is_number": false,
	"has_max": false,
	"max": 0,
	"has_min": false,
	"min": 0,
	"cap": 0,
	"count_bounded": true,
	"documented": true,
	"readable": true,
}

test_denies_credentials_in_the_open if {
	every change in [{}, {"key": "api_key"}, {"key": "link.tokens", "kind": "list"}, {"key": "client_secret"}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]})
		count(denied) == 1
	}
}

test_denies_a_secret_with_default if {
	denied := rule.deny with input as facts_of({"settings": [object.union(row, {"kind": "secret", "has_default": true})]})
	count(denied) == 1
}

test_passes_secrets_and_other_names if {
	every change in [{"kind": "secret"}, {"key": "tls.key_file", "kind": "path"}, {"key": "monkey"}, {"key": "auth.jwks_url"}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]})
		denied == set()
	}
}
