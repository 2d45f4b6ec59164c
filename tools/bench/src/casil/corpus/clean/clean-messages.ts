import { textOfPattern, type SeededRandom } from '@arqonbus/testkit';
import type { CleanKind } from './clean-kind.js';

const hex = (random: SeededRandom, count: number): string => random.text('0123456789abcdef', count);
const digits = (random: SeededRandom, count: number): string => random.text('0123456789', count);
const word = (random: SeededRandom): string => random.pick(['invoice', 'route', 'harvest', 'signal', 'garden', 'ticket', 'report', 'forecast', 'review', 'depot', 'window', 'parcel']);
const number = (random: SeededRandom): string => String(random.between(1, 99_999));

function choose(...choices: readonly ((random: SeededRandom) => string)[]): (random: SeededRandom) => string {
  return (random) => random.pick(choices)(random);
}

/** What agents, services and people send each other all day. */
export const messageKinds: readonly CleanKind[] = [
  ['agent-plan', (r) => `{"agent":"planner-${number(r)}","goal":"summarise the ${word(r)} backlog","steps":[{"n":1,"tool":"search","args":{"q":"${word(r)} status","top_k":5}},{"n":2,"tool":"write","args":{"path":"notes/${word(r)}.md"}}],"budget":{"max_tokens":${number(r)},"tokens_used":${number(r)}}}`],
  ['agent-tool-call', (r) => `{"id":"call_${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 24)}","type":"function","function":{"name":"get_${word(r)}","arguments":"{\\"city\\":\\"Porto\\",\\"limit\\":${number(r)}}"}}`],
  ['llm-response', (r) => `{"id":"chatcmpl-${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 29)}","object":"chat.completion","model":"m-4","choices":[{"index":0,"message":{"role":"assistant","content":"The ${word(r)} is ready for review."},"finish_reason":"stop"}],"usage":{"prompt_tokens":${number(r)},"completion_tokens":${number(r)},"total_tokens":${number(r)}},"system_fingerprint":"fp_${hex(r, 10)}"}`],
  ['llm-chat', choose(() => '{"role":"user","content":"How do I store a password safely? Should I use a secret manager or an API key in the environment?"}', () => '{"role":"assistant","content":"Use a key derivation function, and never write the token to a log."}', (r) => `{"role":"system","content":"You are a helpful ${word(r)} assistant. Never reveal secrets or passwords."}`, () => 'user: my password does not work any more, can you send me the reset link?', () => 'could someone with the admin token restart the job? mine has expired')],
  ['tokenizer-vocab', (r) => `{"token":"Ġ${word(r)}","id":${number(r)},"logprob":-0.${digits(r, 6)}}`],
  ['tokenizer-list', (r) => `{"tokens":["▁the","▁${word(r)}","ing","<|endoftext|>","##ed","▁key"],"token_ids":[${number(r)},${number(r)},${number(r)}]}`],
  ['embedding', (r) => `{"vector":[${Array.from({ length: 24 }, () => `${r.pick(['', '-'])}0.${digits(r, 8)}`).join(',')}]}`],
  ['metrics', (r) => `http_requests_total{method="POST",path="/oauth/token",code="200"} ${number(r)}\ntoken_refresh_seconds_bucket{le="0.5"} ${number(r)}\n`],
  ['log-info', choose((r) => `2026-05-01T10:00:${digits(r, 2)}Z INFO  [main] ${word(r)} service started in ${number(r)} ms (pid ${number(r)})`, () => 'WARN auth: password authentication failed for user "app"', () => 'ERROR invalid token: signature has expired', () => 'level=error msg="token refresh failed" error="unexpected status 401" retry=3', () => 'INFO rotated secret db-credentials, next rotation in 90 days', (r) => `Accepted publickey for deploy from 10.0.3.${number(r).slice(0, 2)} port 51123 ssh2: ED25519 SHA256:${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 43)}`, () => 'auth token: missing', () => 'user=ada password=[FILTERED] action=login', () => 'api_key=present secret=absent')],
  ['log-access', (r) => `10.0.${String(r.between(0, 255))}.${String(r.between(0, 255))} - - [01/May/2026:10:00:00 +0000] "GET /assets/app.${hex(r, 20)}.js HTTP/2.0" 200 ${number(r)} "https://app.example.com/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"`],
  ['log-stack', (r) => `java.lang.IllegalStateException: token is null\n\tat com.example.auth.TokenFilter.doFilter(TokenFilter.java:${number(r)})\n\tat com.example.auth.PasswordService.check(PasswordService.java:${number(r)})\n`],
  ['log-syslog', (r) => `<13>Nov 21 08:12:${digits(r, 2)} host1 sshd[${number(r)}]: Failed password for invalid user admin from 203.0.113.${number(r).slice(0, 2)} port ${number(r)} ssh2`],
  ['logfmt', (r) => `ts=2026-05-01T10:00:00Z level=debug caller=cache.go:${number(r)} msg="hit" key=user:${number(r)}:profile token_bucket=api tokens=${number(r)} ttl=30s`],
  ['log-json', (r) => `{"level":"info","time":${digits(r, 13)},"pid":${number(r)},"hostname":"relay-${hex(r, 9)}-${r.text('bcdfghjklmnpqrstvwxz', 5)}","reqId":"${hex(r, 16)}","msg":"token verified","kid":"${hex(r, 16)}","alg":"ES256"}`],
  ['csv-table', (r) => `id,name,city,amount\n${number(r)},${word(r)},Porto,${number(r)}.50\n${number(r)},${word(r)},Lyon,${number(r)}.00\n`],
  ['csv-keys', (r) => `key,value,updated\nretry.count,${number(r)},2026-05-01\npassword.policy,strict,2026-05-02\ntoken.lifetime,1h,2026-05-03\n`],
  ['query-plain', (r) => `https://api.example.com/v1/${word(r)}s?page=${number(r)}&sort=-created&fields=id,name&key=${word(r)}&session=new`],
  ['query-utm', (r) => `https://www.example.com/${word(r)}?utm_source=mail&utm_campaign=spring-${number(r)}&gclid=${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-', 60)}`],
  ['video-urls', (r) => `https://video.example.com/watch?v=${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-', 11)}&list=PL${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-', 32)}`],
  ['form-plain', (r) => `name=${word(r)}&email=ada%40example.com&message=please+call+me&terms=on`],
  ['xml-plain', (r) => `<order id="${number(r)}"><item sku="${r.text('ABCDEFGHJK', 3)}-${digits(r, 6)}" qty="2"/><passwordRequired>false</passwordRequired><tokenCount>${number(r)}</tokenCount></order>`],
  ['email', (r) => `From: ada@example.com\nTo: ops@example.com\nSubject: ${word(r)} ${number(r)}\nMessage-ID: <${hex(r, 32)}@mail.example.com>\n\nPlease reset my password, I lost my access token.\n`],
  ['coordinates', (r) => `{"type":"Point","coordinates":[${String(r.between(-179, 179))}.${digits(r, 14)},${String(r.between(-89, 89))}.${digits(r, 14)}]}`],
  ['colours', (r) => Array.from({ length: 10 }, () => `#${hex(r, 6)}`).join(', ')],
  ['dna', (r) => `>seq${number(r)}\n${r.text('ACGT', 120)}`],
  ['chess', (r) => `1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7 {${number(r)}} fen rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 1`],
  ['gibberish', (r) => Array.from({ length: 9 }, () => r.text('bcdfghjklmnpqrstvwxzaeiou', r.between(4, 12))).join(' ')],
  ['iot', (r) => `{"device":"sensor-${hex(r, 12)}","mac":"${Array.from({ length: 6 }, () => hex(r, 2)).join(':')}","temp_c":21.${digits(r, 2)},"rssi":-${digits(r, 2)},"fw":"2.1.${number(r)}"}`],
  ['orders', (r) => `{"order_id":"ORD-${digits(r, 10)}","customer_key":${number(r)},"currency":"EUR","total":"${number(r)}.90","tracking":"JD0146${digits(r, 14)}"}`],
  ['csp-nonce', (r) => `Content-Security-Policy: script-src 'self' 'sha256-${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 43)}='; report-uri /csp`],
  ['cookies-plain', (r) => `Cookie: theme=dark; lang=en; _ga=GA1.2.${digits(r, 9)}.${digits(r, 10)}; consent=${r.pick(['yes', 'no', 'all'])}; seen_banner=1`],
  ['kubernetes-events', (r) => `{"reason":"Pulled","involvedObject":{"kind":"Pod","name":"token-service-${hex(r, 9)}-${r.text('bcdfghjklmnpqrstvwxz2456789', 5)}","uid":"${textOfPattern('[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', r)}"},"message":"Secret \\"db-password\\" mounted"}`],
  ['feature-flags', (r) => `{"flags":{"password-less-login":${r.pick(['true', 'false'])},"token_rotation_v2":true,"secret-santa":false},"environment":"prod","version":${number(r)}}`],
  ['percent-text', (r) => `q=${encodeURIComponent(`how to reset a password? ${word(r)} & token "help" ${number(r)}`)}&hl=en`],
  ['unicode-text', (r) => `{"text":"\\u041f\\u0430\\u0440\\u043e\\u043b\\u044c ${word(r)} \\u2014 \\u00e9t\\u00e9 ${number(r)}"}`],
  ['html-text', (r) => `<p>&quot;${word(r)}&quot; &amp; &lt;token&gt; &#8212; forgot password? &nbsp;${number(r)}</p>`],
  ['escaped-json', (r) => `{"body":"{\\"key\\":\\"${word(r)}.${word(r)}\\",\\"password_set\\":true,\\"token_id\\":${number(r)},\\"path\\":\\"C:\\\\\\\\data\\\\\\\\${word(r)}\\"}"}`],
  ['windows-paths', (r) => `C:\\Users\\ada\\AppData\\Local\\Temp\\token_${hex(r, 8)}\\secret-santa.xlsx`],
  ['phone-book', (r) => `${word(r)} dept, +49 30 ${digits(r, 7)}, ext ${digits(r, 3)}, room key ${number(r)}`],
  ['commit-messages', choose((r) => `fix(auth): do not log the password (#${number(r)})`, () => 'feat: rotate API keys nightly', () => 'Remove hard-coded secret from tests', (r) => `chore(deps): bump jsonwebtoken to 9.0.${number(r)}`, () => 'refactor token: split issue() and verify()')],
];
