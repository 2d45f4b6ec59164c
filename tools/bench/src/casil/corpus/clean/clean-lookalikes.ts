import { base64OfBytes, base64UrlOfBytes, textOfPattern, type SeededRandom } from '@arqonbus/testkit';
import type { CleanKind } from './clean-kind.js';

const hex = (random: SeededRandom, count: number): string => random.text('0123456789abcdef', count);
const base64 = (random: SeededRandom, bytes: number): string => base64OfBytes(random.bytes(bytes));
const alnum = (random: SeededRandom, count: number): string => random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', count);
const uuid = (random: SeededRandom): string => textOfPattern('[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', random);

function lines(...choices: readonly ((random: SeededRandom) => string)[]): (random: SeededRandom) => string {
  return (random) => random.pick(choices)(random);
}

/** Text that uses the words of secrets, or has their looks, and holds none. */
export const lookalikeKinds: readonly CleanKind[] = [
  ['names-of-keys', lines(
    () => '{"primary_key":"order_id","foreign_key":"customer_id","sort_key":"created_at"}', () => 'partitionKey: "/tenantId"', () => '{"TableName":"orders","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}', () => 'access_key: "shift+k"', () => '{"key":"orders.2026.05","value":"shipped"}', (r) => `routing_key=orders.created.eu${r.text('0123456789', 3)}`,
    () => 'translation_key: checkout.summary.title', () => '{"dedupe_key":"order-created-2026-05-01","group_key":"eu-west"}', () => 'keyboard: "us-intl"', (r) => `{"keyword":"harvest","monkey":"capuchin","turkey":${r.text('0123456789', 3)}}`,
  )],
  ['names-of-secrets', lines(
    () => 'secretName: relay-tls-certificate', () => '{"secret_id":"prod/db/main","version":"AWSCURRENT"}', () => 'existingSecret: relay-postgresql-credentials', () => 'imagePullSecrets:\n  - name: registry-credentials', () => 'passwordSecretRef: db-admin-password', () => '{"credentialsId":"jenkins-deploy-user"}', () => 'password_file: /etc/relay/password.txt', () => 'tokenPath: /var/run/secrets/kubernetes.io/serviceaccount/token',
    () => 'auth: {type: oauth2, flow: authorization_code}', () => 'PASSWORD_POLICY=strong-and-long', () => 'secret_store = "projects/p1/secrets"', () => 'TOKEN_ISSUER=https://auth.example.com/realms/main', () => 'passwordField: loginPasswordInput',
  )],
  ['words-of-language-models', lines(
    (r) => `{"token":"hello","token_id":${r.text('0123456789', 4)}}`, () => '{"special_tokens":{"bos_token":"<s>","eos_token":"</s>","pad_token":"[PAD]","unk_token":"<unk>"}}', () => '{"tokens":["secret","garden","pass","word"],"tokenizer":"wordpiece"}', () => '{"eos_token":"<|endoftext|>","model_max_length":8192}', () => 'next token: "garden" (p=0.81)', () => 'max_new_tokens=256, stop_token="###"', (r) => `{"input_tokens":${r.text('123456789', 4)},"cache_read_input_tokens":${r.text('123456789', 5)}}`,
  )],
  ['public-values', lines(
    (r) => `{"public_key":"${base64(r, 32)}","alg":"ed25519"}`, (r) => `STRIPE_PUBLISHABLE_KEY=${'pk'}_live_${alnum(r, 24)}`, (r) => `{"client_id":"${r.text('0123456789', 12)}-${r.text('abcdefghijklmnopqrstuvwxyz0123456789', 32)}.apps.example.com"}`, (r) => `"kid": "${base64UrlOfBytes(r.bytes(20))}"`, (r) => `{"thumbprint":"${hex(r, 40).toUpperCase()}","serialNumber":"${hex(r, 32)}"}`,
    (r) => `measurementId: "G-${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 10)}"`, (r) => `verifyKey: ${hex(r, 64)} # public`, (r) => `PUBLIC_KEY=${base64(r, 44)}`, (r) => `{"signature":"${base64(r, 64)}","algorithm":"rsa-sha256","keyId":"main-key"}`, (r) => `X-Hub-Signature-256: sha256=${hex(r, 64)}`,
  )],
  ['chain-addresses', lines((r) => `{"tokenAddress":"0x${hex(r, 40)}","amount":"${r.text('123456789', 6)}"}`, (r) => `token transfer 0x${hex(r, 64)} from 0x${hex(r, 40)} to 0x${hex(r, 40)}`, (r) => `{"contract":"0x${hex(r, 40)}","token_id":"${r.text('123456789', 5)}"}`)],
  ['response-headers', lines(
    (r) => `HTTP/1.1 200 OK\r\nx-amz-cf-id: ${base64UrlOfBytes(r.bytes(42))}==\r\nx-amz-request-id: ${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16)}\r\n`, (r) => `cf-ray: ${hex(r, 16)}-FRA\r\nserver: cloudflare\r\n`, (r) => `x-request-id: ${uuid(r)}\r\nx-runtime: 0.0${r.text('123456789', 4)}\r\n`, (r) => `content-security-policy: script-src 'nonce-${base64(r, 18)}'\r\n`, (r) => `if-none-match: W/"${hex(r, 32)}"\r\n`, (r) => `WWW-Authenticate: Bearer realm="api", error="invalid_token", error_description="expired ${r.text('123456789', 2)} s ago"`, () => 'WWW-Authenticate: Basic realm="restricted area", charset="UTF-8"', () => 'Access-Control-Allow-Headers: Authorization, X-Api-Key, X-Auth-Token, Cookie',
  )],
  ['binary-in-text', lines(
    (r) => `{"pdf":"JVBERi0xLjcK${base64(r, r.between(200, 600))}"}`, (r) => `{"zip":"UEsDBBQAAAAI${base64(r, r.between(200, 600))}"}`, (r) => `const wasm = "AGFzbQEAAAAB${base64(r, r.between(200, 600))}";`, (r) => `{"audio":"SUQzBAAAAAAA${base64(r, r.between(200, 600))}"}`, (r) => `{"chunk":"${base64(r, r.between(200, 900))}","seq":${r.text('123456789', 3)}}`, (r) => `src="data:image/svg+xml;base64,PHN2ZyB4bWxucz0i${base64(r, 120)}"`, (r) => `{"state":"${base64UrlOfBytes(r.bytes(r.between(90, 300)))}","codec":"cbor"}`,
  )],
  ['store-paths', lines((r) => `/nix/store/${r.text('0123456789abcdfghijklmnpqrsvwxyz', 32)}-openssl-3.0.13/lib/libssl.so`, (r) => `version https://git-lfs.example.com/spec/v1\noid sha256:${hex(r, 64)}\nsize ${r.text('123456789', 6)}`, (r) => `CONTAINER ID   IMAGE\n${hex(r, 12)}   relay:2\n${hex(r, 12)}   db:16`, (r) => `h1:${base64(r, 32)}\n    "zh:${hex(r, 64)}",`, (r) => `invocation ${hex(r, 32)} unit token-refresh.service`, (r) => `layer sha256:${hex(r, 64)} pulled in 3.1s`)],
  ['mime', (r) => `Content-Type: multipart/mixed; boundary="----=_Part_${r.text('0123456789', 6)}_${r.text('0123456789', 9)}.${r.text('0123456789', 13)}"\r\nMessage-ID: <${alnum(r, 40)}@mail.example.com>\r\nDKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=sel1; bh=${base64(r, 32)}; b=${base64(r, 128)}\r\n`],
  ['prose-of-secrets', lines(
    () => 'the password is wrong, please try again', () => 'Password: (leave empty to keep the current one)', () => 'your token is expired and the secret was rotated yesterday', () => 'Please enter the password: it was sent to you by letter', () => 'password = something you know; token = something you have', () => 'He whispered the secret: nobody had ever opened the door.', () => 'api key: see the vault entry of the team', () => 'My password: I forgot it again', () => 'Token: Ring of power, Secret: chamber', () => 'Key: major, tempo: 120', () => 'secret ingredient: cinnamon',
    () => 'Credentials: Dr. Ada L., PhD, certified engineer', () => 'auth: none required for this endpoint', () => '"Password" is the most used password, "password1" comes next.', () => 'access token: the thing the server gives you after login',
  )],
  ['typed-declarations', lines(
    () => 'password: string;', () => 'apiKey?: string | undefined;', () => 'token: SecretStr = Field(..., min_length=8)', () => 'secret: &str,', () => 'password = models.CharField(max_length=128)', () => 'ApiKey apiKey = new ApiKey();', () => 'token: Annotated[str, Depends(oauth2_scheme)]', () => 'password text NOT NULL,', () => 'val accessToken: String? = null', () => 'private_key = serialization.load_pem_private_key(data, password=None)', () => 'auth_token = self._auth_token', () => 'client_secret=self.settings.client_secret,', () => 'password=password,', () => 'accessToken: session.accessToken,', () => 'secret_key = generate_secret_key()', () => 'apiKey: config.get("apiKey"),', () => 'password: passwordController.text,', () => 'let token = tokens.next()?;', () => 'token = parser.parse_args().token',
  )],
  ['states-and-choices', lines(
    () => '{"password":"required","token":"optional"}', () => 'cookie: accepted', () => '{"auth":"enabled","secret_scanning":"disabled"}', () => 'PASSWORD_AUTH=disabled', () => '{"password_strength":"medium","token_status":"revoked"}', () => 'tokenType: Bearer', () => 'credential_source=Environment', () => '{"session":"2026-spring","pass":"gold","key":"C-sharp"}', () => 'passive: true, passenger: 4, bypass: on, compass: north', () => '{"passport_type":"diplomatic","passed":true,"pass_rate":0.93}', () => 'authoritative=true author=ada authority=registry.example.com', () => 'secretary: Lin, tokenize: yes, keynote: 10:00',
  )],
  ['connection-examples', lines(
    () => 'postgresql://username:password@hostname:5432/dbname', () => 'mongodb://<username>:<password>@<host>/<db>', () => 'redis://user:pass@localhost:6379', () => 'Server=myServer;Database=myDb;User Id=myUser;Password=myPassword;', () => 'https://user:***@git.example.com', () => 'amqp://${RABBIT_USER}:${RABBIT_PASS}@rabbit:5672', () => 'jdbc:postgresql://localhost/test?user=fred&password=secret', () => 'nats://$NATS_USER:$NATS_PASSWORD@n1:4222', () => 'ftp://anonymous:anonymous@ftp.example.com', () => 'http://[::1]:8080/a:b@c', () => 'mailto:ada@example.com?subject=key', () => 'ssh://git@git.example.com:2222/team/x.git', () => 'see https://example.com:8443/docs/@team/keys for more', () => 'npm i @scope/pkg:latest://x',
  )],
];
