import { encodeCharacters } from '../marked-text.js';
import { anySpelling, camel, free, headerCase, id12, kebab, named, namedLines, freeLines, pascal, snake, stamp, type Context } from './context.js';

const json = (marked: string): string => encodeCharacters('json', marked);
const html = (marked: string): string => encodeCharacters('html', marked);
const query = (marked: string): string => encodeCharacters('percent', marked);
const cell = (marked: string): string => (/[",\n]/.test(marked) ? `"${marked.replaceAll('"', '""')}"` : marked);

/** JSON, XML, tables, queries: structured data as it crosses a bus. */
export const dataContexts: readonly Context[] = [
  namedLines('json', ({ name, value, random }) => `{"id":"evt_${id12(random)}","type":"config.updated","${anySpelling(name, random)}":"${json(value)}","ts":${String(random.between(1_700_000_000, 1_790_000_000))}}`),
  namedLines('json-pretty', ({ name, value, random }) => `{\n  "service": "billing",\n  "settings": {\n    "${anySpelling(name, random)}": "${json(value)}",\n    "retries": 3\n  }\n}`),
  namedLines('json-nested', ({ name, value, random }) => `{"agent":"planner","step":4,"tool":{"name":"http_get","args":{"url":"https://api.example.com/v1/items","${anySpelling(name, random)}":"${json(value)}"}},"ok":true}`),
  named('json-env-list', ({ name, value, random }) => `{"task":"run-${id12(random)}","image":"registry.example.com/worker:1.4.2","env":[{"name":"LOG_LEVEL","value":"info"},{"name":"${name}","value":"${json(value)}"}]}`),
  free('json-array', ({ value, random }) => `{"batch":"${id12(random)}","items":["alpha","${json(value)}","omega"]}`),
  freeLines('json-message', ({ value, random }) => `{"role":"user","content":"please use ${json(value)} for the ${random.pick(['staging', 'demo', 'nightly'])} run and tell me how it went"}`),
  namedLines('json-in-json', ({ name, value, random }) => `{"event":"audit","body":"${json(`{"user":"u${id12(random)}","${anySpelling(name, random)}":"${json(value)}"}`)}"}`),
  named('json-in-json-twice', ({ name, value, random }) => `{"outer":"${json(`{"inner":"${json(`{"${anySpelling(name, random)}":"${json(value)}","n":1}`)}"}`)}"}`),
  free('json-in-json-free', ({ value, random }) => `{"topic":"t.${id12(random)}","raw":"${json(`{"k":["${json(value)}"],"v":2}`)}"}`),
  named('json-unicode', ({ name, value, random }) => `{"${anySpelling(name, random)}":"${encodeCharacters('unicode', value)}","seq":${String(random.between(1, 9999))}}`),
  named('json-unicode-some', ({ name, value }) => `{"${snake(name)}":"${json(value).replaceAll('_', '\\u005f').replaceAll('-', '\\u002d')}"}`),
  namedLines('xml-element', ({ name, value }) => `<?xml version="1.0"?><config><host>db1</host><${camel(name)}>${html(value)}</${camel(name)}><port>5432</port></config>`),
  namedLines('xml-element-snake', ({ name, value }) => `<settings>\n  <${snake(name)}>${html(value)}</${snake(name)}>\n</settings>`),
  named('xml-attribute', ({ name, value }) => `<connection host="db1.internal" ${camel(name)}="${html(value)}" timeout="30"/>`),
  named('xml-add-key', ({ name, value }) => `<appSettings><add key="${pascal(name)}" value="${html(value)}" /><add key="Mode" value="fast" /></appSettings>`),
  namedLines('xml-cdata', ({ name, value }) => `<msg><${snake(name)}><![CDATA[${value}]]></${snake(name)}></msg>`),
  free('xml-free', ({ value, random }) => `<event seq="${String(random.between(1, 99999))}"><note>${html(value)}</note></event>`),
  named('xml-entities', ({ name, value }) => `<item><${camel(name)}>${encodeCharacters('htmlall', value)}</${camel(name)}></item>`),
  named('csv-header', ({ name, value, random }) => `id,owner,${snake(name)},created\n${String(random.between(1, 9999))},ops,${cell(value)},${stamp(random)}\n`),
  free('csv-no-header', ({ value, random }) => `${String(random.between(1, 9999))},ops,${cell(value)},${stamp(random)},active`),
  free('csv-quoted', ({ value, random }) => `"${String(random.between(1, 9999))}";"ops";"${value.replaceAll('"', '""')}";"active"`),
  free('tsv', ({ value, random }) => `${id12(random)}\tops\t${value}\t${stamp(random)}`),
  named('query', ({ name, value, random }) => `https://api.example.com/v1/reports?page=${String(random.between(1, 20))}&${snake(name)}=${query(value)}&format=csv`),
  named('query-log', ({ name, value }) => `GET /callback?state=ok&${camel(name)}=${query(value)} HTTP/1.1`),
  named('form', ({ name, value }) => `grant_type=password&username=ada&${snake(name)}=${query(value)}&scope=read`),
  named('percent-twice', ({ name, value }) => `redirect=${encodeCharacters('percent', `https://app.example.com/cb?${snake(name)}=${query(value)}&next=/home`)}`),
  named('percent-all', ({ name, value }) => `data=1&${snake(name)}=${encodeCharacters('percentall', value)}`),
  named('nats-header', ({ name, value, random }) => `NATS/1.0\r\nNats-Msg-Id: ${id12(random)}\r\n${headerCase(name)}: ${value}\r\n\r\n`),
  free('nats-header-free', ({ value, random }) => `NATS/1.0\r\nX-Trace: ${id12(random)}\r\nX-Data: ${value}\r\n\r\n`),
  named('http-header', ({ name, value }) => `POST /v1/run HTTP/1.1\r\nHost: api.example.com\r\nX-${headerCase(name)}: ${value}\r\nContent-Length: 2\r\n\r\n{}`),
  free('http-bearer', ({ value }) => `GET /v1/me HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer ${value}\r\nAccept: */*\r\n\r\n`),
  free('json-bearer', ({ value }) => `{"headers":{"accept":"application/json","authorization":"Bearer ${json(value)}"}}`),
  named('cookie', ({ name, value }) => `Cookie: theme=dark; ${snake(name)}=${query(value)}; lang=en`),
  named('html-attribute', ({ name, value }) => `<input type="hidden" name="${kebab(name)}" value="${html(value)}">`),
];
