import { encodeCharacters, encodeWhole } from '../marked-text.js';
import { free, named, stamp, type Context } from './context.js';

const json = (marked: string): string => encodeCharacters('json', marked);
const shell = (marked: string): string => `'${marked.replaceAll("'", "'\\''")}'`;

/** Passwords on command lines, in protocols and in the files that tools keep them in. */
export const commandContexts: readonly Context[] = [
  named('mysql-glued', ({ value }) => `mysql -uroot -p${value} shop`),
  named('mongo-cli', ({ value }) => `mongosh --host m1 -u app -p ${shell(value)} shop`),
  named('wget-password', ({ value }) => `wget --user=ada --password=${shell(value)} https://files.example.com/a.tgz`),
  named('openssl-pass', ({ value }) => `openssl rsa -in key.pem -passin pass:${value}`),
  named('ldapsearch', ({ value }) => `ldapsearch -x -D cn=admin -w ${shell(value)} -b dc=example`),
  named('nats-cli', ({ value }) => `nats pub orders.new hi --user edge --password ${shell(value)}`),
  named('smbclient', ({ value }) => `smbclient //files/share -U ada%${value}`),
  named('gpg-passphrase', ({ value }) => `gpg --batch --passphrase ${shell(value)} -d backup.gpg`),
  named('redis-auth', ({ value }) => `redis-cli -h cache1 -a ${shell(value)} info`),
  named('redis-conf', ({ value }) => `bind 0.0.0.0\nrequirepass ${value}\nmaxmemory 1gb\n`),
  named('my-cnf', ({ value }) => `[client]\nuser=root\npassword=${value}\nhost=db1\n`),
  named('nats-conf', ({ value }) => `authorization {\n  user: edge\n  password: "${json(value)}"\n}\n`),
  named('maven-settings', ({ value }) => `<server><id>releases</id><username>ci</username><password>${encodeCharacters('html', value)}</password></server>`),
  named('gradle', ({ value }) => `credentials {\n    username = 'ci'\n    password = '${json(value).replaceAll("'", "\\'")}'\n}`),
  named('ssh-pass-env', ({ value }) => `SSHPASS=${shell(value)} sshpass -e ssh deploy@host1`),
  named('powershell-secure', ({ value }) => `$p = ConvertTo-SecureString ${`'${value.replaceAll("'", "''")}'`} -AsPlainText -Force`),
  named('nats-connect-pass', ({ value }) => `CONNECT {"user":"edge","pass":"${json(value)}","lang":"go"}\r\n`),
  named('smtp-plain', ({ value }) => `AUTH PLAIN ${encodeWhole('base64', `\0ada\0${value}`)}\r\n`),
  named('proxy-basic', ({ value }) => `Proxy-Authorization: Basic ${encodeWhole('base64', `proxy:${value}`)}\r\n`),
  named('json-basic', ({ value }) => `{"headers":{"Authorization":"Basic ${encodeWhole('base64', `ada:${value}`)}"}}`),
  named('sql-insert-users', ({ value }) => `INSERT INTO users (name, password) VALUES ('ada', '${value.replaceAll("'", "''")}');`),
  named('postman-variable', ({ value }) => `{"key":"password","value":"${json(value)}","type":"secret","enabled":true}`),
  named('audit-old-new', ({ value, random }) => `{"at":"${stamp(random)}","action":"password_change","new_password":"${json(value)}"}`),
  named('german', ({ value }) => `Passwort: ${value}\nBenutzer: ada`),
  named('spanish', ({ value }) => `usuario: ada\ncontraseña: ${value}\n`),
  named('french', ({ value }) => `{"utilisateur":"ada","mot_de_passe":"${json(value)}"}`),
  named('credentials-line', ({ value }) => `Login credentials: user ada / password ${value}`),
  named('username-password', ({ value }) => `username: ada, password: ${value}, host: db1`),
  named('double-underscore', ({ value }) => `ConnectionStrings__Main__Password=${value}`),
  named('flag-dotted', ({ value }) => `java -Dspring.datasource.password=${value} -jar app.jar`),
];

/** Marked tokens with something close by on either side. */
export const closeContexts: readonly Context[] = [
  free('in-parentheses', ({ value }) => `see the demo (${value}), it is live`),
  free('typographic-quotes', ({ value }) => `he wrote “${value}” on the board`),
  free('with-comma', ({ value }) => `keys: ${value}, and another one later`),
  free('after-cjk', ({ value }) => `令牌：${value}。请勿外传`),
  free('after-equals-only', ({ value }) => `x=${value};y=2`),
  free('after-pipe', ({ value }) => `a|${value}|b`),
  free('after-colon', ({ value }) => `cred:${value}`),
  free('in-path', ({ value }) => `https://api.example.com/hooks/${value}/run`),
  free('in-brackets', ({ value }) => `[${value}]`),
  free('in-angle', ({ value }) => `<${value}>`),
  free('escaped-newlines', ({ value }) => `{"log":"step one\\n${json(value)}\\nstep two"}`),
  free('ansi-colours', ({ value }) => `\u001b[32mINFO\u001b[0m token \u001b[1m${value}\u001b[0m ok`),
  free('backslash-quotes', ({ value }) => `curl -d "{\\"t\\":\\"${json(value)}\\"}" https://api.example.com`),
  free('backslash-quotes-thrice', ({ value }) => `"{\\\\\\"t\\\\\\":\\\\\\"${json(value)}\\\\\\"}"`),
];
