import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const EVALUATE = { projects: ['policies'], target: 'policy-evaluate' };

function policyTarget(project) {
  const file = `${project.replaceAll('/', '__')}.json`;
  return {
    executor: 'nx:run-commands',
    cache: true,
    dependsOn: [EVALUATE],
    inputs: [
      // A changed rule concerns every project.
      '{workspaceRoot}/policies/**/*',
      '{workspaceRoot}/tools/policy/bin/verdict.mjs',
      { dependentTasksOutputFiles: `**/report/${file}` },
    ],
    options: { cwd: '{workspaceRoot}', command: `node tools/policy/bin/verdict.mjs ${project}` },
    metadata: { description: 'Judges the project by the policy packs' },
  };
}

function coverageTarget(project) {
  return {
    executor: 'nx:run-commands',
    cache: false,
    dependsOn: ['test'],
    options: { cwd: '{workspaceRoot}', command: `node tools/policy/bin/policy.mjs coverage --project ${project}` },
    metadata: { description: 'Judges the coverage that the tests of the project left' },
  };
}

function targetsOf(file, workspaceRoot) {
  const { name, nx, targets } = JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8'));
  const isLibrary = file.startsWith('libs/') && nx?.tags?.includes('layer:testing') !== true;
  return { ...(targets?.policy === undefined ? { policy: policyTarget(name) } : {}), ...(isLibrary ? { 'policy-coverage': coverageTarget(name) } : {}) };
}

/** Gives every project the target `policy`, and every library with a coverage floor the target `policy-coverage`. */
export const createNodesV2 = [
  '{{apps,libs,tools}/*/package.json,{proto,policies}/project.json}',
  (files, _options, context) => files.map((file) => [file, { projects: { [dirname(file)]: { targets: targetsOf(file, context.workspaceRoot) } } }]),
];
