import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderSettingsDoc } from '@arqonbus/config';
import { loadSettingsSchemas } from './load-settings-schemas.js';
import { readContract } from './read-contract.js';
import { renderCloseCodes, renderErrorCodes } from './render-code-tables.js';
import { renderLimits } from './render-limits.js';
import { renderMessages } from './render-messages.js';
import { replaceSections } from './replace-sections.js';
import { REPOSITORY_ROOT } from './repository-root.js';

/** A document with what it must hold, by path from the repository's root. */
export interface GeneratedDocument {
  readonly path: string;
  readonly text: string;
}

const CLIENT_FILES = ['frame', 'position', 'event', 'command', 'reply', 'signal'];
const LINK_FILES = ['link'];
const EPISODE_FILES = ['episode', 'dead_letter'];
const PROJECTOR_FILES = ['control'];

/** Every document that is generated as a whole or in sections, as it should be now. */
export async function generatedDocuments(): Promise<GeneratedDocument[]> {
  const schemas = await loadSettingsSchemas();
  const spine = schemas.find((schema) => schema.appName === 'spine');
  if (spine === undefined) throw new Error('the Spine has no settings');
  const protocol = {
    messages: renderMessages(readContract('arqon.v1', CLIENT_FILES)),
    'link-messages': renderMessages(readContract('arqon.link.v1', LINK_FILES)),
    'episode-messages': renderMessages(readContract('continuum.episode.v1', EPISODE_FILES)),
    'projector-messages': renderMessages(readContract('continuum.projector.v1', PROJECTOR_FILES)),
    'error-codes': renderErrorCodes(),
    'close-codes': renderCloseCodes(),
    limits: renderLimits(spine),
  };
  return [
    fill('docs/configuration.md', { settings: renderSettingsDoc(schemas).trimEnd() }),
    fill('docs/protocol.md', protocol),
  ];
}

function fill(path: string, sections: Readonly<Record<string, string>>): GeneratedDocument {
  return { path, text: replaceSections(readFileSync(join(REPOSITORY_ROOT, path), 'utf8'), sections) };
}
