# METADATA
# title: What nobody sets is safe
# description: >-
#   Listeners bind to loopback, logs are not verbose, protections are on, permissions to leave them are off and choices refuse. Settings of
#   policies/data/secure_defaults.json have exactly the default that is named there.
# scope: package
# custom:
#   id: configuration.insecure_default
#   severity: critical
#   category: configuration
#   requirements: [M2, F1, F2, F18, G41, A21]
#   fix: Make the safe value the default and let the operator choose the other one.
package arqonbus.configuration.insecure_default

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"settings": {"app", "key", "kind", "has_default", "default", "required"}}

open_choices := {
	"allow", "allow_all", "allow-all", "permit", "accept", "accept_all", "pass", "bypass", "open", "fail_open", "fail-open", "ignore",
	"trust", "permissive", "anonymous",
}

protection := sprintf(`(^|[._])(%s)(_|\.|$)`, [concat("|", [
	"auth", "tls", "mtls", "verify", "verification", "policy", "policies", "guard", "acl", "admission", "casil", "inspection", "quota",
	"permission", "access", "enforcement", "signature",
])])

loopback := {"127.0.0.1", "::1", "localhost"}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.secure_defaults is missing") if not data.secure_defaults

deny contains report.finding(row, row.key, sprintf("%s %s: the default %s is not the safe one, %s", [row.app, row.key, row.default, safe])) if {
	some row in input.settings
	safe := data.secure_defaults[row.app][row.key]
	row.default != safe
}

deny contains report.incomplete(sprintf("the setting %s %s of secure_defaults is not there", [app, key])) if {
	some app, keys in data.secure_defaults
	some key, _ in keys
	not {"app": app, "key": key} in {{"app": row.app, "key": row.key} | some row in input.settings}
}

deny contains report.finding(row, row.key, sprintf("%s %s binds to %s unless told otherwise", [row.app, row.key, row.default])) if {
	some row in input.settings
	regex.match(`(^|[._])(host|address|bind)$`, row.key)
	row.has_default
	not row.default in loopback
}

deny contains report.finding(row, row.key, sprintf("%s %s is %s unless told otherwise, which lets through", [row.app, row.key, row.default])) if {
	some row in input.settings
	row.kind in {"choice", "text"}
	lower(row.default) in open_choices
}

deny contains report.finding(row, row.key, sprintf("%s %s is %s unless told otherwise, which protects nothing", [row.app, row.key, row.default])) if {
	some row in input.settings
	row.kind in {"choice", "text"}
	lower(row.default) in {"off", "none", "disabled", "never", "warn", "monitor", "optional", "skip", "insecure", "no"}
	regex.match(protection, row.key)
}

deny contains report.finding(row, row.key, sprintf("%s %s is verbose unless told otherwise", [row.app, row.key])) if {
	some row in input.settings
	regex.match(`(^|[._])(level|verbosity)$`, row.key)
	row.default in {"debug", "trace", "silly", "all"}
}

deny contains report.finding(row, row.key, sprintf("%s %s is on unless told otherwise", [row.app, row.key])) if {
	some row in input.settings
	row.kind == "flag"
	row.default == "true"
	regex.match(`(^|[._])(allow|insecure|plain|anonymous|skip|disable|unsafe|debug|trust|bypass|permissive)`, row.key)
}

deny contains report.finding(row, row.key, sprintf("%s %s is off unless told otherwise", [row.app, row.key])) if {
	some row in input.settings
	row.kind == "flag"
	row.has_default
	row.default == "false"
	regex.match(`(^|[._])(auth|tls|verify|require|required|enforce|check|validate|strict)(_|$)`, row.key)
}

deny contains report.finding(row, row.key, sprintf("%s %s allows TLS below 1.3", [row.app, row.key])) if {
	some row in input.settings
	regex.match(`tls.*(version|min|protocol)`, row.key)
	not contains(row.default, "1.3")
}
