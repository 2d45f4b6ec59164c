# METADATA
# title: A credential is a secret, and has no default
# description: >-
#   A setting whose name ends with key, secret, password, passphrase, token or credential is of the kind secret, which is never
#   printed. A secret has no default, since everybody would know it.
# scope: package
# custom:
#   id: configuration.secret_settings_marked
#   severity: critical
#   category: configuration
#   requirements: [M6, F1, S3]
#   fix: Declare it with secret() and without a default; the path of a file ends with _file, an address with _url.
package arqonbus.configuration.secret_settings_marked

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"settings": {"app", "key", "kind", "has_default", "default"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.key, sprintf("%s %s looks like a credential, but is of the kind %s", [row.app, row.key, row.kind])) if {
	some row in input.settings
	row.kind in {"text", "list", "choice", "records", "path"}
	regex.match(`(^|[._])(key|secret|password|passwd|passphrase|token|credential|apikey|private_key|api_key)s?$`, row.key)
}

deny contains report.finding(row, row.key, sprintf("%s %s is a secret with a default", [row.app, row.key])) if {
	some row in input.settings
	row.kind == "secret"
	row.has_default
}
