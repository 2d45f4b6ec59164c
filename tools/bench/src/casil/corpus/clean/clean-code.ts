import type { SeededRandom } from '@arqonbus/testkit';
import type { CleanKind } from './clean-kind.js';

const hex = (random: SeededRandom, count: number): string => random.text('0123456789abcdef', count);
const word = (random: SeededRandom): string => random.text('abcdefghijklmnopqrstuvwxyz', random.between(3, 10));

/** One of the lines, with what varies filled in. */
function lines(...choices: readonly ((random: SeededRandom) => string)[]): (random: SeededRandom) => string {
  return (random) => random.pick(choices)(random);
}

/** Source and schemas that handle secrets without holding one. */
export const codeKinds: readonly CleanKind[] = [
  ['code-python', lines(
    () => "password = request.form['password']", () => 'token = get_token(user_id, scope="read")', () => 'def verify_password(password: str, hashed: str) -> bool:', () => 'api_key = config["api_key"]', () => 'if not token or token.expired:', () => 'password = getpass.getpass("Password: ")',
    () => 'secret = secrets.token_urlsafe(32)', () => 'headers = {"Authorization": f"Bearer {token}"}', () => 'self.api_key = api_key or os.environ.get("API_KEY")', () => 'password = input("password: ")', () => 'user.set_password(form.cleaned_data["password"])', () => 'token: Optional[str] = None', (r) => `assert tokens == ${String(r.between(10, 99))}`,
  )],
  ['code-javascript', lines(
    () => 'const token = await getToken();', () => 'const { password, email } = req.body;', () => 'if (password !== confirmPassword) return setError("Passwords do not match");', () => 'headers: { Authorization: `Bearer ${accessToken}` },', () => 'const apiKey = useApiKey();', () => "const secret = crypto.randomBytes(32).toString('hex');", () => 'export const getServerSideToken = (ctx) => ctx.cookies.token;',
    () => 'localStorage.setItem("token", response.data.token);', () => 'const passwordInput = document.querySelector("#password");', () => 'type Credentials = { username: string; password: string };', () => 'this.token = options.token ?? process.env.TOKEN;', () => "password: Joi.string().min(12).required(),", () => 'return jwt.sign(payload, privateKey, { algorithm: "RS256" });',
  )],
  ['code-go-java', lines(
    () => 'func NewClient(apiKey string, opts ...Option) *Client {', () => 'Password string `json:"password" validate:"required,min=12"`', () => 'token := r.Header.Get("Authorization")', () => 'private String password;', () => 'public void setApiKey(String apiKey) { this.apiKey = apiKey; }', () => 'String token = jwtService.generateToken(userDetails);', () => '@Value("${app.secret.key}") private String secretKey;',
    () => 'if err := bcrypt.CompareHashAndPassword(hash, []byte(password)); err != nil {', () => 'cfg.Password = os.Getenv("DB_PASSWORD")', () => 'secretKey := base64.StdEncoding.EncodeToString(key)', () => 'passwordEncoder.encode(request.getPassword());', () => 'var apiKey = Configuration["Api:Key"];',
  )],
  ['minified-js', (r) => `!function(e,t){"use strict";var n=function(e){return e&&e.__esModule?e:{default:e}},${word(r)}=t(${String(r.between(1, 999))}),i=n(${word(r)});function a(e,t){for(var n=0;n<t.length;n++){var r=t[n];r.enumerable=r.enumerable||!1,Object.defineProperty(e,r.key,r)}}e.exports=function(){function e(t){this.token=t,this.key=t.key||"${word(r)}",this.secret=void 0}return a(e,[{key:"${word(r)}",value:function(e){return this.password=e,e.tokens.map(function(e){return e.id})}}]),e}()}(window,function(e){return ${hex(r, 4)}x});`],
  ['minified-css', (r) => `.a${hex(r, 4)}{color:#${hex(r, 6)};background:#${hex(r, 6)} url(/i/${word(r)}.${hex(r, 8)}.svg)}.b${hex(r, 4)}:hover{border:1px solid #${hex(r, 3)}}`],
  ['source-map', (r) => `{"version":3,"sources":["../src/${word(r)}.ts"],"names":["password","token"],"mappings":"${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789,;', 300)}"}`],
  ['webpack-chunk', (r) => `(self.webpackChunk=self.webpackChunk||[]).push([[${String(r.between(100, 999))}],{${String(r.between(1000, 9999))}:(e,t,n)=>{n.r(t);n.d(t,{getToken:()=>o});const o=n.p+"static/media/key.${hex(r, 20)}.svg"}}]);`],
  ['sql-schema', lines(
    () => 'CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL, password_hash text NOT NULL, api_token text);', () => 'ALTER TABLE sessions ADD COLUMN token varchar(255) NOT NULL DEFAULT \'\';', () => 'SELECT id, password FROM users WHERE token = $1 AND secret IS NOT NULL;', () => 'CREATE INDEX idx_users_api_key ON users (api_key);', () => 'UPDATE users SET password = crypt($2, gen_salt(\'bf\')) WHERE id = $1;', () => 'GRANT SELECT ON credentials TO readonly;', (r) => `INSERT INTO keys (id, name) VALUES (${String(r.between(1, 9999))}, 'signing');`,
  )],
  ['openapi', lines(
    () => 'components:\n  securitySchemes:\n    ApiKeyAuth:\n      type: apiKey\n      in: header\n      name: X-API-Key\n    BearerAuth:\n      type: http\n      scheme: bearer\n      bearerFormat: JWT\n', () => '      password:\n        type: string\n        format: password\n        minLength: 12\n        description: The password of the account\n', () => '{"name":"token","in":"query","required":true,"schema":{"type":"string"}}',
    () => 'flows:\n  clientCredentials:\n    tokenUrl: https://auth.example.com/oauth/token\n    scopes: {}\n', () => '- name: api_key\n  in: header\n  schema: { type: string, example: "<your key>" }\n',
  )],
  ['json-schema', lines(
    () => '{"type":"object","properties":{"password":{"type":"string","minLength":12},"token":{"type":"string"}},"required":["password"]}', () => '{"$id":"https://example.com/login.json","properties":{"apiKey":{"type":"string","description":"The API key of the account","writeOnly":true}}}', () => '{"properties":{"secret":{"$ref":"#/definitions/SecretName"},"accessToken":{"type":["string","null"],"default":null}}}',
    (r) => `{"title":"Credential${String(r.between(1, 99))}","properties":{"privateKey":{"type":"string","contentMediaType":"application/x-pem-file"}}}`,
  )],
  ['proto-schema', lines(
    () => 'message LoginRequest {\n  string username = 1;\n  string password = 2;\n  optional string token = 3;\n}', (r) => `  string api_key = ${String(r.between(1, 40))};`, () => 'service Tokens { rpc IssueToken(IssueTokenRequest) returns (IssueTokenResponse); }', () => '  // The secret is never logged.\n  bytes secret = 4 [debug_redact = true];',
  )],
  ['i18n', lines(
    () => '{"login.password":"Passwort","login.forgot":"Passwort vergessen?","login.token":"Einmalcode eingeben"}', () => 'password_label: "Mot de passe"\npassword_hint: "Au moins douze caractères"', () => '"password.reset.success": "Your password has been changed. Please sign in again.",', () => '{"password":"Contraseña","confirmPassword":"Confirmar contraseña","apiKey":"Clave de API"}', () => 'secret: Geheimnis\ntoken: Zugangsmarke\n', () => '"errors.password": "Das Kennwort ist zu kurz"', () => '{"password":"パスワード","token":"トークン"}', () => 'msgid "Password"\nmsgstr "Hasło"',
    () => 'label.password=Kennwort\nlabel.secret=Geheime Frage\n',
  )],
  ['ui-strings', lines(
    () => '<label for="password">Password</label><input type="password" id="password" name="password" placeholder="Enter your password" autocomplete="current-password">', () => '<TextField label="API key" helperText="Paste the key of your account here" />', () => 'title: "Rotate secret", confirm: "Do you really want to rotate this secret?"', () => '{"label":"Access token","placeholder":"Paste your token"}', () => 'Button(text="Show password", onPress=toggle)', () => 'password: "Password is required"', () => 'toast.error("Invalid token, please log in again")',
  )],
  ['policy-prose', lines(
    () => 'The password must be at least 12 characters and contain a number.', () => 'Password: must not be one of your last five passwords.', () => 'Secrets: never commit them; keep tokens in the vault and rotate API keys every 90 days.', () => 'Your API key: you can find it in the settings under Developer.', () => 'token: a string that the client sends with each request', () => 'A secret is redacted before the message is stored, so the password never reaches the log.', () => 'Set `password` to the password of the database user, and `token` to the one you got by mail.', () => 'If authentication fails with "bad token", check that the clock is right.',
    () => 'private key: keep it on the device; public key: share it with anyone', () => 'The --password flag is deprecated, use --password-file instead.', () => 'credentials = what proves who you are; a key is one kind of them', (r) => `See section ${String(r.between(1, 20))}: how access tokens and refresh tokens differ.`,
  )],
  ['readme', lines(
    () => '## Authentication\n\nPass your key with `Authorization: Bearer <token>` or set `API_KEY` in the environment.\n', () => '| name | type | default | meaning |\n| --- | --- | --- | --- |\n| `password` | string | none | password of the user |\n| `token_ttl` | int | 3600 | seconds a token lives |\n', () => '```bash\nexport API_KEY=<your-api-key>\ncurl -H "X-Api-Key: $API_KEY" https://api.example.com/v1/me\n```', () => '- [ ] rotate the signing key\n- [x] remove the old password field\n', () => 'git clone https://git.example.com/team/relay.git && cd relay && npm start', () => '![build](https://ci.example.com/badge/relay.svg?branch=main) ![tokens](https://img.example.com/tokens.svg)',
  )],
  ['terraform', (r) => `resource "aws_kms_key" "k${String(r.between(1, 99))}" {\n  description             = "key for tokens"\n  deletion_window_in_days = 10\n  enable_key_rotation     = true\n}\n\noutput "token_key_arn" {\n  value     = aws_kms_key.k1.arn\n  sensitive = true\n}\n`],
  ['k8s', (r) => `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: token-service-${hex(r, 9)}-${r.text('bcdfghjklmnpqrstvwxz2456789', 5)}\n  labels: {app: token-service, pod-template-hash: ${hex(r, 10)}}\nspec:\n  template:\n    spec:\n      serviceAccountName: token-service\n      automountServiceAccountToken: false\n`],
  ['regexes', lines(() => 'const passwordPattern = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d).{12,}$/;', () => 'token_re = re.compile(r"^[A-Za-z0-9_-]{20,}$")', () => '"pattern": "^(sk|pk)_(live|test)_[0-9a-zA-Z]{24}$"', () => 'regex: AKIA[0-9A-Z]{16}', () => 'grep -E "ghp_[A-Za-z0-9]{36}" -r src')],
  ['tests-code', lines(() => 'it("rejects a wrong password", async () => {', () => 'expect(screen.getByLabelText("Password")).toBeVisible();', () => 'describe("TokenBucket", () => {', () => 'def test_api_key_is_required(client):', () => 'func TestTokenExpiry(t *testing.T) {', () => '@Test void passwordIsHashed() {', () => 'assertNull(user.getPassword());')],
];
