import type { SeededRandom } from '@arqonbus/testkit';
import type { CleanKind } from './clean-kind.js';

const names = ['password', 'api_key', 'apiKey', 'client_secret', 'DB_PASSWORD', 'GITHUB_TOKEN', 'auth_token', 'secret', 'accessToken', 'SECRET_KEY', 'private_key', 'access_token'] as const;
const name = (random: SeededRandom): string => random.pick(names);
const upper = (text: string): string => text.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

const wrappers: readonly ((name: string, value: string) => string)[] = [
  (key, value) => `${upper(key)}=${value}`,
  (key, value) => `{"${key}":"${value}"}`,
  (key, value) => `${key}: "${value}"`,
  (key, value) => `${key}: ${value}`,
  (key, value) => `<${key}>${value}</${key}>`,
  (key, value) => `export ${upper(key)}="${value}"`,
  (key, value) => `{"body":"{\\"${key}\\":\\"${value}\\"}"}`,
  (key, value) => `${key} = '${value}'`,
  (key, value) => `?user=ada&${key}=${value}`,
];

function inContext(values: readonly string[]): (random: SeededRandom) => string {
  return (random) => random.pick(wrappers)(name(random), random.pick(values));
}

/** Values that only stand for a secret, and references to where one is kept. */
export const placeholderKinds: readonly CleanKind[] = [
  ['placeholder-words', inContext(['changeme', 'change-me', 'CHANGE_ME', 'your-password-here', 'YOUR_API_KEY', 'your_token', 'replace-me', 'REPLACE_WITH_YOUR_KEY', 'todo', 'none', 'null', 'undefined', 'example', 'insert-key-here', 'my-secret-key-here', 'placeholder'])],
  ['placeholder-brackets', inContext(['<your-token>', '<API_KEY>', '<password>', '[your key]', '{your_api_key}', '&lt;token&gt;', '<REDACTED>', '[REDACTED]', '(hidden)', '<<secret>>', '__TOKEN__', '@@PASSWORD@@'])],
  ['placeholder-template', inContext(['${DB_PASSWORD}', '$DB_PASSWORD', '{{ vault_password }}', '{{.Values.token}}', '%(password)s', '%s', '#{token}', '${{ secrets.TOKEN }}', '<%= ENV["TOKEN"] %>', '$(cat /run/secrets/db)', '{0}', '%TOKEN%', '${var.api_key}', '{api_key}'])],
  ['placeholder-masked', inContext(['****', '********', '************', 'xxxxxxxx', 'XXXXXXXXXXXXXXXX', '••••••••', '--------', '......', '[FILTERED]', '***REDACTED***', 'abcd****wxyz', 'sk-...abcd', 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', '0000000000000000', '1234567890', 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'])],
  ['placeholder-known', (r) => r.pick([
    `AWS_ACCESS_KEY_ID=${'AKIA'}IOSFODNN7EXAMPLE`, `{"token":"${'ghp'}_${'0'.repeat(36)}"}`, `OPENAI_API_KEY=${'sk'}-${'x'.repeat(48)}`, `api_key: ${'sk'}_test_${'X'.repeat(24)}`, `SLACK_BOT_TOKEN=${'xoxb'}-your-token-here`,
    `GITHUB_TOKEN=${'ghp'}_YOUR_TOKEN_HERE`, `{"key":"${'AIza'}${'X'.repeat(35)}"}`, `STRIPE_KEY=${'sk'}_live_...`, `hf_token: ${'hf'}_${'x'.repeat(34)}`, `ANTHROPIC_API_KEY=${'sk'}-ant-...`, `Authorization: Bearer <token>`, `NPM_TOKEN=${'npm'}_${'a'.repeat(36)}`,
  ])],
  ['reference-vault', inContext(['vault:secret/data/app#password', 'vault://kv/app/db', 'op://prod/db/password', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf', 'aws-ssm:/app/db/password', 'gcp-secret://projects/p1/secrets/db/versions/latest', '@Microsoft.KeyVault(SecretUri=https://kv1.vault.example.net/secrets/db)', 'ref+vault://secret/app#/password', 'keychain:db-password', 'file:/run/secrets/db_password', '/run/secrets/db_password', 'env:DB_PASSWORD', 'ssm:/prod/db/password', 'secretref:db-password', 'k8s:secret/db/password'])],
  ['reference-env-code', (r) => {
    const key = upper(name(r));
    return r.pick([`const token = process.env.${key};`, `password = os.environ["${key}"]`, `api_key=os.getenv('${key}')`, `token := os.Getenv("${key}")`, `String secret = System.getenv("${key}");`, `password: ENV.fetch('${key}')`, `$password = getenv('${key}');`, `let token = std::env::var("${key}")?;`, `secret: import.meta.env.${key},`, `config.password = settings.${key}`]);
  }],
  ['reference-actions', (r) => `      - uses: actions/checkout@v4\n        with:\n          token: \${{ secrets.${upper(name(r))} }}\n      env:\n        API_KEY: \${{ secrets.API_KEY_${String(r.between(1, 9))} }}`],
  ['reference-k8s', (r) => `        - name: ${upper(name(r))}\n          valueFrom:\n            secretKeyRef:\n              name: app-secrets-${String(r.between(1, 99))}\n              key: password\n`],
  ['reference-k8s-json', (r) => `{"env":[{"name":"${upper(name(r))}","valueFrom":{"secretKeyRef":{"name":"relay-credentials-${String(r.between(1, 99))}","key":"token"}}}]}`],
  ['reference-terraform', (r) => `  ${r.pick(['password', 'api_key', 'secret'])} = ${r.pick(['var.db_password', 'data.vault_generic_secret.db.data["password"]', 'random_password.db.result', 'aws_secretsmanager_secret_version.db.secret_string', 'local.credentials.token', 'module.vault.api_key'])}\n  username = "app${String(r.between(1, 99))}"`],
  ['reference-compose', (r) => `    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db_${String(r.between(1, 99))}\n      API_KEY: \${API_KEY:?required}\n    secrets:\n      - db_password`],
  ['config-plain-values', (r) => r.pick(['token_count: 1024', 'max_tokens: 4096', '{"max_tokens":512,"tokens_used":331,"prompt_tokens":101}', 'password_min_length=12', 'password: null', 'password: ""', "secret: ''", '{"password":null,"token":"","api_key":false}', 'requires_password: true', 'SECRET_ROTATION_DAYS=90', 'token_ttl_seconds = 3600', 'key_size=2048', '{"hasPassword":true,"passwordChanged":false}', 'password_hash_rounds: 12', 'api_key_header: X-Api-Key', 'token_type: bearer', 'tokenizer: cl100k_base', 'secret_name: db-credentials', 'auth_token_url: https://auth.example.com/oauth/token', 'access_key_age_days: 14', 'PASSWORD_RESET_URL=https://app.example.com/reset', 'token_endpoint_auth_method: client_secret_basic'])],
  ['connection-without-secret', (r) => r.pick(['postgres://localhost:5432/orders', 'redis://cache1:6379/0', 'mongodb://m1:27017/shop?replicaSet=rs0', 'nats://n1:4222,nats://n2:4222', 'postgres://app@db1/orders', 'amqp://guest@rabbit/', 'postgres://app:${DB_PASSWORD}@db1/orders', 'mysql://root:<password>@db1/shop', 'postgresql://user:password@localhost/db', 'Server=db1;Database=shop;Integrated Security=true;', 'host=db1 user=app dbname=orders sslmode=require', 'redis://:***@cache1:6379', 'mongodb+srv://{user}:{password}@cluster0.example.net', 'jdbc:postgresql://db1/orders?user=app', 'https://user:$TOKEN@git.example.com/x.git', 'amqp://user:****@rabbit:5672'])],
];
