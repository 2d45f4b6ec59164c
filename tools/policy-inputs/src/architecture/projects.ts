import type { WorkspaceSource } from '../fact-source.js';

const tagValue = (tags: readonly string[], key: string): string => tags.find((tag) => tag.startsWith(`${key}:`))?.slice(key.length + 1) ?? '';

/** Projects with the tags that decide which rules hold for them. */
export const projectSource: WorkspaceSource = {
  name: 'projects',
  tables: {
    // layer and role are empty where there is no such tag.
    projects: ['root', 'layer', 'role', 'tags'],
  },
  read: (workspace) => ({
    projects: workspace.projects.map(({ name, root, tags, manifest }) => ({
      file: manifest, line: 1, project: name, root, layer: tagValue(tags, 'layer'), role: tagValue(tags, 'role'), tags,
    })),
  }),
};
