package arqonbus.configuration.insecure_default_test

import data.arqonbus.configuration.insecure_default as rule

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
	"key": "listen.host",
	"kind": "text",
	"unit": "",
	"env": "ARQON_SHIELD_LISTEN_HOST",
	"own_env": false,
	"required": false,
	"has_default": true,
	"default": "127.0.0.1",
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

flag := {
	"file": "apps/spine/src/settings.ts",
	"line": 21,
	"project": "@arqonbus/spine",
	"app": "spine",
	"key": "x",
	"kind": "flag",
	"unit": "",
	"env": "ARQON_SPINE_X",
	"own_env": false,
	"required": false,
	"has_default": true,
	"default": "false",
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

none := {"shield": {}}

test_passes_safe_defaults if {
	every change in [{}, {"default": "::1"}, {"default": "localhost"}, {"key": "link.urls", "kind": "list", "default": "[]"}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]}) with data.secure_defaults as none
		denied == set()
	}
}

test_denies_open_addresses if {
	every change in [{"default": "0.0.0.0"}, {"default": "::"}, {"key": "bind", "default": "*"}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]}) with data.secure_defaults as none
		count(denied) == 1
	}
}

test_denies_flags_the_wrong_way_round if {
	every change in [
		{"key": "auth.required"}, {"key": "tls.verify"}, {"key": "schema.strict"},
		{"key": "allow_anonymous", "default": "true"}, {"key": "tls.insecure", "default": "true"},
	] {
		denied := rule.deny with input as facts_of({"settings": [object.union(flag, change)]}) with data.secure_defaults as none
		count(denied) == 1
	}
}

test_passes_flags_the_right_way_round if {
	every change in [{"key": "auth.required", "default": "true"}, {"key": "allow_anonymous"}, {"key": "history.redis_cluster"}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(flag, change)]}) with data.secure_defaults as none
		denied == set()
	}
}

test_denies_old_tls_and_verbose_logs if {
	every change in [{"key": "tls.min_version", "default": "1.2"}, {"key": "log.level", "default": "debug"}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]}) with data.secure_defaults as none
		count(denied) == 1
	}
}

test_denies_another_default_than_named if {
	named := {"shield": {"listen.host": "::1"}}
	denied := rule.deny with input as facts_of({"settings": [row]}) with data.secure_defaults as named
	count(denied) == 1
}

test_denies_without_the_named_setting if {
	named := {"shield": {"other": "true"}}
	denied := rule.deny with input as facts_of({"settings": [row]}) with data.secure_defaults as named
	count(denied) == 1
}

test_denies_without_data if {
	denied := rule.deny with input as facts_of({"settings": []}) with data.secure_defaults as false
	count(denied) > 0
}

test_denies_choices_that_let_through if {
	every change in [
		{"key": "quota.on_failure", "kind": "choice", "default": "allow"}, {"key": "unknown_tenant", "kind": "text", "default": "Accept"},
		{"key": "auth.mode", "kind": "choice", "default": "off"}, {"key": "door.tls", "kind": "choice", "default": "optional"},
	] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]}) with data.secure_defaults as none
		count(denied) == 1
	}
}

test_passes_choices_that_refuse if {
	every change in [{"key": "quota.on_failure", "kind": "choice", "default": "refuse"}, {"key": "history.sync", "kind": "choice", "default": "off"}] {
		denied := rule.deny with input as facts_of({"settings": [object.union(row, change)]}) with data.secure_defaults as none
		denied == set()
	}
}
