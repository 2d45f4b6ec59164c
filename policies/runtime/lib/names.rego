# METADATA
# title: Grammar of names
# description: As in docs/protocol.md. No name may hold a wildcard, so no decision can be about more than one tenant, room or channel.
package arqonbus.runtime.lib.names

small := "abcdefghijklmnopqrstuvwxyz0123456789"

large := "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

tenant_id(text) if spelled(text, 64, small, concat("", [small, "_-"]))

room(text) if spelled(text, 128, small, concat("", [small, "._-"]))

channel("")

channel(text) if room(text)

client_id(text) if spelled(text, 128, concat("", [small, large]), concat("", [small, large, "._@-"]))

# Without regular expressions, which are compiled anew in each evaluation of WebAssembly.
spelled(text, max_length, first, rest) if {
	is_string(text)
	text != ""
	count(text) <= max_length
	contains(first, substring(text, 0, 1))
	trim(text, rest) == ""
}
