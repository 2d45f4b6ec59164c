import { encodeCharacters, encodeWhole } from '../marked-text.js';
import { camel, free, id12, kebab, named, namedLines, pascal, snake, type Context } from './context.js';

const json = (marked: string): string => encodeCharacters('json', marked);
const indented = (value: string, spaces: number): string => value.split('\n').map((line) => ' '.repeat(spaces) + line).join('\n');
const isLines = (value: string): boolean => value.includes('\n');

/** Configuration of all kinds, and secrets as orchestrators hold them. */
export const configurationContexts: readonly Context[] = [
  namedLines('yaml', ({ name, value }) => (isLines(value) ? `app:\n  ${camel(name)}: |\n${indented(value, 4)}\n  debug: false\n` : `app:\n  name: relay\n  ${camel(name)}: ${plainYaml(value)}\n  debug: false\n`)),
  named('yaml-quoted', ({ name, value }) => `relay:\n  ${snake(name)}: "${json(value)}"\n  port: 8080\n`),
  named('yaml-single', ({ name, value }) => `${kebab(name)}: '${value.replaceAll("'", "''")}'\n`),
  named('yaml-env-list', ({ name, value }) => `env:\n  - name: ${name}\n    value: "${json(value)}"\n  - name: MODE\n    value: fast\n`),
  named('compose', ({ name, value }) => `services:\n  web:\n    image: web:2\n    environment:\n      - ${name}=${value}\n      - PORT=8080\n`),
  named('env', ({ name, value }) => `NODE_ENV=production\n${name}=${value}\nPORT=8080\n`),
  namedLines('env-quoted', ({ name, value }) => `${name}="${json(value)}"\nLOG_LEVEL=info\n`),
  named('env-single', ({ name, value }) => `${name}='${value}'`),
  named('env-prefixed', ({ name, value, random }) => `${random.pick(['PROD', 'STAGING', 'MY', 'APP'])}_${name}=${value}`),
  named('toml', ({ name, value }) => `[service]\nname = "relay"\n${snake(name)} = "${json(value)}"\n`),
  named('ini', ({ name, value }) => `[service]\nhost = db1\n${snake(name)} = ${value}\n`),
  named('properties', ({ name, value }) => `spring.application.name=relay\napp.${kebab(name)}=${value}\n`),
  named('hcl', ({ name, value }) => `provider "thing" {\n  ${snake(name)}   = "${json(value)}"\n  region = "eu-west-1"\n}\n`),
  named('tfvars', ({ name, value }) => `${snake(name)} = "${json(value)}"`),
  named('k8s-string-data', ({ name, value }) => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: relay\nstringData:\n  ${name}: "${json(value)}"\n`),
  namedLines('k8s-data', ({ name, value }) => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: relay\ntype: Opaque\ndata:\n  ${kebab(name)}: ${encodeWhole('base64', value)}\n`),
  namedLines('k8s-data-json', ({ name, value, random }) => `{"kind":"Secret","metadata":{"name":"s-${id12(random)}"},"data":{"${snake(name)}":"${encodeWhole('base64', value)}"}}`),
  named('dockerfile', ({ name, value }) => `FROM node:20\nENV ${name}=${value}\nCMD ["node","main.js"]\n`),
  named('dockerfile-arg', ({ name, value }) => `ENV ${name} ${value}`),
  free('npmrc', ({ value }) => `//packages.example.com/:_authToken=${value}\nalways-auth=true\n`),
  free('netrc', ({ value }) => `machine git.example.com\n  login deploy\n  password ${value}\n`),
  free('netrc-line', ({ value }) => `machine api.example.com login ci password ${value}`),
  free('docker-auth', ({ value }) => `{"auths":{"registry.example.com":{"auth":"${encodeWhole('base64', `deploy:${value}`)}"}}}`),
  free('basic-auth', ({ value }) => `Authorization: Basic ${encodeWhole('base64', `deploy:${value}`)}`),
  free('url-userinfo', ({ value }) => `https://deploy:${encodeCharacters('percent', value)}@git.example.com/team/repo.git`),
  free('git-remote', ({ value }) => `origin\thttps://oauth2:${encodeCharacters('percent', value)}@git.example.com/team/repo.git (fetch)`),
  named('connection-fields', ({ name, value }) => `Endpoint=sb://bus.example.net/;Name=root;${pascal(name)}=${value};Timeout=5`),
  namedLines('base64-env', ({ name, value }) => `{"encoding":"base64","content":"${encodeWhole('base64', `PORT=8080\n${name}=${value}\n`)}"}`),
  namedLines('base64url-json', ({ name, value, random }) => `state.${encodeWhole('base64url', `{"id":"${id12(random)}","${camel(name)}":"${json(value)}"}`)}`),
  named('hex-env', ({ name, value }) => `{"hex":"${encodeWhole('hex', `${name}=${value}`)}"}`),
];

function plainYaml(value: string): string {
  return /^[\s\S]?[A-Za-z0-9]/.test(value) && !/(: )|( #)/.test(value) ? value : `"${json(value)}"`;
}
