import { overwrite, remove, replace, write, type Edit, type Violation } from '../violation.js';

const CHECKOUT = 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2';

interface WorkflowParts {
  readonly on?: readonly string[];
  readonly permissions?: readonly string[];
  readonly job?: readonly string[];
  readonly steps: readonly string[];
}

/** A workflow that is in order but for what the parts put into it. */
function workflow(name: string, { on = ['push:', '  branches: [main]'], permissions = ['  contents: read'], job = ['runs-on: ubuntu-24.04', 'timeout-minutes: 10'], steps }: WorkflowParts): Edit {
  const indent = (lines: readonly string[], by: number): string[] => lines.map((line) => `${' '.repeat(by)}${line}`);
  return write(`.github/workflows/${name}.yml`, [
    `name: ${name}`, '', 'on:', ...indent(on, 2), '', 'permissions:', ...permissions, '', 'concurrency:', `  group: ${name}-\${{ github.ref }}`, '', 'jobs:', `  ${name}:`, ...indent(job, 4), '    steps:', ...indent(steps, 6),
  ]);
}

const checkout = [`- uses: ${CHECKOUT}`, '  with:', '    persist-credentials: false'];

export const ciViolations: readonly Violation[] = [
  {
    name: 'action-not-pinned',
    rule: 'ci.action_pinned',
    did: 'Used an action by its tag, which can be moved to other code.',
    edits: [workflow('tagged', { steps: ['- uses: actions/checkout@v4', '  with:', '    persist-credentials: false'] })],
  },
  {
    name: 'failure-swallowed',
    rule: 'ci.no_continue_on_error',
    did: 'Let a failing step pass.',
    edits: [workflow('lenient', { steps: [...checkout, '- run: npm ci', '- run: npm test', '  continue-on-error: true'] })],
  },
  {
    name: 'downloads-and-runs',
    rule: 'ci.no_curl_pipe_shell',
    did: 'Ran what a server gave, as root of the runner.',
    edits: [workflow('downloading', { steps: ['- run: curl -sSfL https://example.org/install.sh | sh'] })],
  },
  {
    name: 'title-in-a-script',
    rule: 'ci.no_script_injection',
    did: 'Put the title of a pull request into a shell script.',
    edits: [workflow('injected', { on: ['pull_request:'], steps: ['- run: echo "${{ github.event.pull_request.title }}"'] })],
  },
  {
    name: 'title-in-the-environment-of-later-steps',
    rule: 'ci.no_script_injection',
    did: 'Wrote the title of a pull request into the environment of all steps that follow.',
    edits: [workflow('environment', { on: ['pull_request:'], steps: ['- run: echo "TITLE=$TITLE" >> "$GITHUB_ENV"', '  env:', '    TITLE: ${{ github.event.pull_request.title }}'] })],
  },
  {
    name: 'strangers-code-with-our-rights',
    rule: 'ci.no_untrusted_trigger',
    did: 'Started a workflow with secrets on pull requests of strangers.',
    edits: [workflow('trusting', { on: ['pull_request_target:'], steps: ['- run: node --version'] })],
  },
  {
    name: 'all-permissions',
    rule: 'ci.permissions_minimal',
    did: 'Gave a workflow the right to write everything.',
    edits: [workflow('mighty', { permissions: ['  contents: write', '  packages: write'], steps: ['- run: node --version'] })],
  },
  {
    name: 'token-left-behind',
    rule: 'ci.no_persisted_credentials',
    did: 'Let the checkout leave its token in the work tree.',
    edits: [workflow('leaving', { steps: [`- uses: ${CHECKOUT}`] })],
  },
  {
    name: 'job-without-end',
    rule: 'ci.job_timeout',
    did: 'Left out how long a job may take.',
    edits: [workflow('endless', { job: ['runs-on: ubuntu-24.04'], steps: ['- run: node --version'] })],
  },
  {
    name: 'newest-runner',
    rule: 'ci.runner_pinned',
    did: 'Ran a job on whatever machine is the newest.',
    edits: [workflow('latest', { job: ['runs-on: ubuntu-latest', 'timeout-minutes: 10'], steps: ['- run: node --version'] })],
  },
  {
    name: 'npm-install-in-ci',
    rule: 'ci.install_from_lockfile',
    did: 'Installed packages past the lockfile.',
    edits: [workflow('installing', { steps: [...checkout, '- run: npm install --no-save left-pad'] })],
  },
  {
    name: 'policies-not-run',
    rule: 'ci.policy_is_required',
    did: 'Took the policies out of the workflow.',
    edits: [replace('.github/workflows/ci.yml', 'nx affected -t policy', 'nx affected -t lint')],
    isAlone: true,
  },
  {
    name: 'nobody-owns-anything',
    rule: 'ci.code_owners',
    did: 'Removed the owners of the governed files.',
    edits: overwrite('.github/CODEOWNERS', ['# Nobody.']),
    isAlone: true,
  },
  {
    name: 'branch-not-protected',
    rule: 'ci.branch_protection',
    did: 'Removed the protection of the main branch.',
    edits: [remove('.github/rulesets/main.json')],
    isAlone: true,
  },
  {
    name: 'image-of-a-command',
    rule: 'ci.action_pinned',
    did: 'Ran a container of a tag in a step.',
    edits: [replace('.github/workflows/ci.yml', '      - run: npx nx run-many -t build\n', '      - run: npx nx run-many -t build\n      - run: docker run --rm redis:7 redis-cli ping\n')],
    says: 'docker',
  },
];
