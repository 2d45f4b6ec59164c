import type { OptionSpec } from '../command-line/command-spec.js';

export const dataDirOption: OptionSpec = { name: 'data-dir', kind: 'value', value: 'FOLDER', doc: 'Folder of the local bus: keys, certificate, audit logs. Default .arqon' };

/** Where a client command connects. */
export const connectionOptions: readonly OptionSpec[] = [
  { name: 'url', kind: 'value', value: 'URL', doc: 'Server, wss://…; also ARQON_URL. Default: the `arqon dev` of the data folder' },
  { name: 'ca', kind: 'value', value: 'FILE', doc: 'Certificate authority to trust, PEM; also ARQON_CA' },
  { name: 'token', kind: 'value', value: 'TOKEN', doc: 'Token; better in ARQON_TOKEN, where other users cannot see it. Default: one made for the tenant dev with the local key' },
  dataDirOption,
  { name: 'timeout', kind: 'value', value: 'SECONDS', doc: 'Longest wait for the connection and for each answer. Default 10' },
];
