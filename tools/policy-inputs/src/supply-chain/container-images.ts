import ts from 'typescript';
import { isMap, isScalar, LineCounter, parseAllDocuments, visit, type YAMLMap } from 'yaml';

import type { Row } from '../fact-source.js';
import type { Workspace, WorkspaceFile } from '../workspace.js';

const DOCKER_FILE = /(^|\/)(Dockerfile|Containerfile)([.-][^/]+)?$|\.(dockerfile|containerfile)$/i;
const YAML_FILE = /\.ya?ml$/;
const DEVCONTAINER_FILE = /(^|\/)\.?devcontainer(\/[^/]+)?\.json$|(^|\/)\.devcontainer\/.+\.json$/;
/** Judged with the rest of the workflow, as `workflow_uses`. */
const WORKFLOW_FILE = /^\.github\/workflows\//;

interface Image {
  readonly line: number;
  readonly image: string;
  readonly form: 'from' | 'copy' | 'mount' | 'key' | 'unreadable';
}

/** Instructions of a Dockerfile, each on one line, with the line that it begins on. */
function instructionsOf(text: string): { readonly line: number; readonly text: string }[] {
  const found: { line: number; text: string }[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*#/.test(raw) || (raw.trim() === '' && open === undefined)) continue;
    const goesOn = /[\\`]\s*$/.test(raw);
    const part = raw.replace(/[\\`]\s*$/, '').trim();
    open = open === undefined ? { line: index + 1, text: part } : { line: open.line, text: `${open.text} ${part}` };
    if (goesOn) continue;
    found.push(open);
    open = undefined;
  }
  return open === undefined ? found : [...found, open];
}

/** `FROM`, `COPY --from` and `RUN --mount=from`; stages of the file itself and the empty image are no images of others. */
export function dockerfileImages(text: string): Image[] {
  const values = new Map<string, string>();
  const stages = new Set<string>(['scratch']);
  const images: Image[] = [];
  const expand = (name: string): string => name.replace(/\$\{?(\w+)(?::?[-+][^}]*)?\}?/g, (whole, variable: string) => values.get(variable) ?? whole);
  const add = (line: number, name: string, form: Image['form']): void => {
    const image = expand(name.replace(/^["']|["']$/g, ''));
    if (!stages.has(image.toLowerCase()) && !/^\d+$/.test(image)) images.push({ line, image, form });
  };
  for (const { line, text: instruction } of instructionsOf(text)) {
    const [verb = '', ...words] = instruction.split(/\s+/);
    if (/^ARG$/i.test(verb)) {
      for (const word of words) {
        const [name = '', ...value] = word.split('=');
        if (value.length > 0) values.set(name, value.join('=').replace(/^["']|["']$/g, ''));
      }
    } else if (/^FROM$/i.test(verb)) {
      const [image = '', as = '', stage = ''] = words.filter((word) => !word.startsWith('--'));
      add(line, image, 'from');
      if (/^as$/i.test(as)) stages.add(stage.toLowerCase());
    } else {
      for (const word of words) {
        const copied = /^--from=(.+)$/.exec(word)?.[1];
        const mounted = /^--mount=(?:.*,)?from=([^,]+)/.exec(word)?.[1];
        if (copied !== undefined) add(line, copied, 'copy');
        if (mounted !== undefined) add(line, mounted, 'mount');
      }
    }
  }
  return images;
}

/** `image: name`, or `image: { repository, tag, digest }`. */
function imageOf(map: YAMLMap): string | undefined {
  // What is built here is only given that name.
  if (map.has('build')) return undefined;
  const image: unknown = map.get('image');
  if (typeof image === 'string') return image;
  if (!isMap(image)) return undefined;
  const [repository, tag, digest] = ['repository', 'tag', 'digest'].map((key) => image.get(key));
  return typeof repository !== 'string' ? undefined : `${repository}:${String(tag ?? '')}${typeof digest === 'string' && digest !== '' ? `@${digest}` : ''}`;
}

/** Every key `image`, as compose files, manifests of Kubernetes and other pipelines have it. */
export function yamlImages(text: string): Image[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  const images: Image[] = [];
  for (const document of documents) {
    const [fault] = document.errors;
    // Templates of charts are no YAML before they are filled in: what they name is in their values.
    if (fault !== undefined && !text.includes('{{')) images.push({ line: lines.linePos(fault.pos[0]).line, image: fault.message.split('\n')[0] ?? '', form: 'unreadable' });
    visit(document, {
      Map: (_, map) => {
        const image = imageOf(map);
        const key = map.items.find((item) => isScalar(item.key) && item.key.value === 'image')?.key;
        if (image !== undefined) images.push({ line: isScalar(key) && key.range ? lines.linePos(key.range[0]).line : 1, image, form: 'key' });
      },
    });
  }
  return images;
}

function devcontainerImages(text: string): Image[] {
  const value: unknown = (ts.parseConfigFileTextToJson('devcontainer.json', text) as { config?: unknown }).config;
  const image = typeof value === 'object' && value !== null && 'image' in value ? value.image : undefined;
  return typeof image === 'string' ? [{ line: 1, image, form: 'key' }] : [];
}

function imagesIn({ path }: WorkspaceFile, workspace: Workspace): Image[] {
  if (DOCKER_FILE.test(path)) return dockerfileImages(workspace.read(path));
  if (DEVCONTAINER_FILE.test(path)) return devcontainerImages(workspace.read(path));
  return YAML_FILE.test(path) && !WORKFLOW_FILE.test(path) ? yamlImages(workspace.read(path)) : [];
}

/** Container images that files of the repository name. */
export function readContainerImages(workspace: Workspace): Row[] {
  return workspace.files.flatMap((file) => imagesIn(file, workspace).map((image): Row => ({ file: file.path, project: file.project, ...image })));
}
