# METADATA
# title: No log line holds content or credentials
# description: >-
#   Fields of log lines, the values they show and the objects that are spread into them are no payload, body, token, key, cookie or whole
#   request. The logger hides what it knows by name; this rule keeps it from being asked.
# scope: package
# custom:
#   id: observability.log_no_payload
#   severity: critical
#   category: observability
#   requirements: [M7, N4, J16]
#   fix: Log sizes, types, codes and ids instead.
package arqonbus.observability.log_no_payload

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"log_calls": {"level", "fields", "values", "spreads", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, name, sprintf("logs %s, which may hold content or credentials", [name])) if {
	some row in input.log_calls
	not row.test
	regex.match(`^(apps|libs)/`, row.file)
	some name in array.concat(row.fields, row.values)
	plain(name) in secret_names
	not is_allowed(row, name)
}

deny contains report.finding(row, name, sprintf("logs the whole of %s", [name])) if {
	some row in input.log_calls
	not row.test
	regex.match(`^(apps|libs)/`, row.file)
	some name in row.spreads
	plain(name) in (secret_names | whole_names)
	not is_allowed(row, name)
}

plain(name) := replace(replace(trim_left(lower(name), "#_"), "_", ""), "-", "")

secret_names := {
	"payload", "payloads", "body", "content", "plaintext", "token", "tokens", "accesstoken", "refreshtoken", "idtoken", "jwt", "bearer", "password", "passwd",
	"passphrase", "secret", "secrets", "authorization", "auth", "credentials", "credential", "cookie", "cookies", "setcookie", "headers", "rawheaders", "apikey",
	"linkkey",
	"operatorkey", "privatekey", "signingkey", "sessionkey", "sharedkey", "keyfile", "frame", "frames", "envelope", "rawbody", "requestbody",
	"responsebody", "messagebody", "messagetext", "plain", "rawmessage", "data",
}

whole_names := {
	"request", "req", "response", "res", "message", "msg", "event", "claims", "session", "settings", "config",
	"options", "env", "value", "input", "context", "call", "socket", "connection", "claim", "user", "params", "query", "process",
}

is_allowed(row, name) if {
	some entry in data.allowed_patterns["observability.log_no_payload"]
	entry.file == row.file
	entry.name == name
}
