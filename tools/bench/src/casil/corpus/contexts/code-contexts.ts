import { encodeCharacters } from '../marked-text.js';
import { camel, free, freeLines, id12, kebab, named, namedLines, pascal, snake, stamp, type Context } from './context.js';

const json = (marked: string): string => encodeCharacters('json', marked);
const quoted = (marked: string): string => `'${marked.replaceAll("'", "'\\''")}'`;

/** Source lines, shells, logs, chat. */
export const codeContexts: readonly Context[] = [
  named('python', ({ name, value }) => `import os\n\n${name} = "${json(value)}"\nclient = Client(${name})\n`),
  named('python-single', ({ name, value }) => `${snake(name)} = '${json(value).replaceAll("'", "\\'")}'`),
  named('python-dict', ({ name, value }) => `CONFIG = {'host': 'db1', '${snake(name)}': '${json(value).replaceAll("'", "\\'")}', 'port': 1}`),
  named('python-kwarg', ({ name, value }) => `client = connect(host="db1", ${snake(name)}="${json(value)}", retries=2)`),
  named('python-environ', ({ name, value }) => `os.environ["${name}"] = "${json(value)}"`),
  namedLines('js-const', ({ name, value }) => `const ${camel(name)} = "${json(value)}";\n`),
  named('js-object', ({ name, value }) => `export default { host: 'db1', ${camel(name)}: '${json(value).replaceAll("'", "\\'")}', debug: true };`),
  named('js-template', ({ name, value }) => `process.env.${name} = \`${json(value)}\`;`),
  named('go-field', ({ name, value }) => `cfg := Config{Host: "db1", ${pascal(name)}: "${json(value)}"}`),
  named('go-var', ({ name, value }) => `\t${camel(name)} := "${json(value)}"`),
  named('java', ({ name, value }) => `private static final String ${name} = "${json(value)}";`),
  named('java-setter', ({ name, value }) => `config.set${pascal(name)}("${json(value)}");`),
  named('csharp', ({ name, value }) => `public string ${pascal(name)} { get; } = "${json(value)}";`),
  named('ruby-hash', ({ name, value }) => `{ host: 'db1', ${snake(name)}: '${json(value).replaceAll("'", "\\'")}' }`),
  named('ruby-rocket', ({ name, value }) => `'${snake(name)}' => '${json(value).replaceAll("'", "\\'")}',`),
  named('php-define', ({ name, value }) => `define('${name}', '${json(value).replaceAll("'", "\\'")}');`),
  named('rust', ({ name, value }) => `const ${name}: &str = "${json(value)}";`),
  named('typed', ({ name, value }) => `  private readonly ${camel(name)}: string = '${json(value).replaceAll("'", "\\'")}';`),
  named('diff', ({ name, value }) => `--- a/config.py\n+++ b/config.py\n@@ -1,2 +1,2 @@\n-${name} = os.environ["${name}"]\n+${name} = "${json(value)}"\n`),
  free('comment', ({ value }) => `// remove before release: ${value}`),
  named('shell-export', ({ name, value }) => `export ${name}=${value}\n./run.sh\n`),
  named('shell-inline', ({ name, value }) => `$ ${name}=${quoted(value)} node main.js --port 8080`),
  named('shell-flag', ({ name, value }) => `deploy --env prod --${kebab(name)}=${value} --verbose`),
  named('shell-flag-space', ({ name, value }) => `deploy --env prod --${kebab(name)} ${value} --verbose`),
  free('curl-bearer', ({ value }) => `curl -sS -H "Authorization: Bearer ${value}" https://api.example.com/v1/items`),
  named('curl-header', ({ name, value }) => `curl -H 'X-${headerOf(name)}: ${value}' https://api.example.com/v1/items`),
  named('curl-data', ({ name, value }) => `curl -d '{"${snake(name)}":"${json(value)}"}' https://api.example.com/login`),
  free('curl-user', ({ value }) => `curl -u admin:${value} https://api.example.com/v1/items`),
  named('logfmt', ({ name, value, random }) => `ts=${stamp(random)} level=info msg="client ready" ${snake(name)}=${value} took_ms=12`),
  named('log-json', ({ name, value, random }) => `{"level":"warn","time":"${stamp(random)}","msg":"request failed ${snake(name)}=${json(value)} status=401"}`),
  named('log-line', ({ name, value, random }) => `${stamp(random)} WARN [http-7] c.e.Login - ${camel(name)}: ${value} rejected`),
  named('syslog', ({ name, value, random }) => `<34>Nov 21 08:${String(random.between(10, 59))}:11 host1 relay[${String(random.between(100, 9999))}]: loaded ${name}=${value}`),
  free('log-free', ({ value, random }) => `[${stamp(random)}] DEBUG sending ${value} to upstream`),
  free('log-brackets', ({ value }) => `Error: invalid credentials [${value}] (code 401)`),
  freeLines('markdown', ({ value }) => `## Setup\n\nUse this:\n\n\`\`\`\n${value}\n\`\`\`\n`),
  free('markdown-code', ({ value }) => `Then call it with \`${value}\` and restart.`),
  named('markdown-table', ({ name, value }) => `| setting | value |\n| --- | --- |\n| ${snake(name)} | ${value} |\n`),
  free('chat', ({ value, random }) => `hey @${random.pick(['lin', 'omar', 'ada'])}, here it is: ${value} — please rotate it later`),
  free('chat-end', ({ value }) => `it is ${value}.`),
  free('bare', ({ value }) => value),
  free('agent-result', ({ value, random }) => `{"tool_call_id":"call_${id12(random)}","role":"tool","content":"stdout:\\nusing ${json(value)}\\ndone"}`),
  named('printf', ({ name, value }) => `echo "${name}=${value}" >> $GITHUB_ENV`),
  named('sql-insert', ({ name, value }) => `INSERT INTO settings (name, value) VALUES ('${snake(name)}', '${value.replaceAll("'", "''")}');`),
];

function headerOf(name: string): string {
  return name.split('_').map((part) => part.slice(0, 1) + part.slice(1).toLowerCase()).join('-');
}
