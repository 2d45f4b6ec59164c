import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { renderProtoIndex } from './proto-index.js';
import { WORKSPACE_ROOT } from './workspace.js';

const source = join(WORKSPACE_ROOT, 'libs/proto/src');
writeFileSync(join(source, 'index.ts'), renderProtoIndex(join(source, 'gen')));
