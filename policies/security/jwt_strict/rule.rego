# METADATA
# title: Tokens are verified in full
# description: >-
#   A token is verified with its algorithms, issuer and audience named, and is never read without being verified. The algorithm none, and shared
#   secrets where public keys are meant, are refused.
# scope: package
# custom:
#   id: security.jwt_strict
#   severity: critical
#   category: security
#   requirements: [F13, M5]
#   fix: Call jwtVerify with algorithms, issuer and audience, or use createTokenVerifier of @arqonbus/auth.
package arqonbus.security.jwt_strict

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"jwt_uses": {"api", "options", "algorithms", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	row.api,
	sprintf("%s: %s", [row.api, fault]),
) if {
	some row in input.jwt_uses
	not row.test
	not is_allowed(row)
	some fault in faults_of(row)
}

is_allowed(row) if {
	some entry in data.allowed_patterns["security.jwt_strict"]
	entry.file == row.file
	entry.api == row.api
}

faults_of(row) := {"reads a token without verifying it"} if {
	row.api in {"decodeJwt", "decodeProtectedHeader", "decode", "jwtDecode", "jwt_decode", "split", "UnsecuredJWT"}
} else := missing_options(row) | weak_algorithms(row)

missing_options(row) := {sprintf("verifies without %s", [name]) |
	row.api in {"jwtVerify", "verify", "jwtDecrypt", "compactVerify", "flattenedVerify", "generalVerify"}
	some name in ({"algorithms", "issuer", "audience"} - {option | some option in row.options})
}

weak_algorithms(row) := {sprintf("accepts the algorithm %s", [name]) |
	some name in row.algorithms
	regex.match(`^(none|hs\d+)$`, lower(name))
}
