import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const read = (path: string): string => readFileSync(path, 'utf8');
const workflows = readdirSync('.github/workflows').map((name) => `.github/workflows/${name}`);

/** What GitHub wants of the parts of a workflow that we use. */
const step = z.object({
  name: z.string().optional(),
  id: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const job = z.looseObject({
  'runs-on': z.string(),
  'timeout-minutes': z.number().int().min(1).max(60),
  needs: z.string().optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
  steps: z.array(step).min(1),
});
const workflow = z.looseObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.enum(['read', 'write'])),
  jobs: z.record(z.string(), job),
});

/** A field of an issue form: https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema */
const field = z.strictObject({
  type: z.enum(['textarea', 'input', 'dropdown', 'checkboxes']),
  id: z.string().regex(/^[\w-]+$/),
  attributes: z.strictObject({
    label: z.string().min(5),
    description: z.string().optional(),
    placeholder: z.string().optional(),
    render: z.string().optional(),
  }),
  validations: z.strictObject({ required: z.boolean() }).optional(),
});
const form = z.strictObject({
  name: z.string().min(5),
  description: z.string().min(5),
  labels: z.array(z.string()).min(1),
  body: z.array(field).min(1),
});

describe('issue forms', () => {
  const files = readdirSync('.github/ISSUE_TEMPLATE').filter((name) => name !== 'config.yml');

  it('are there for a bug, a false silence, a wrong class of error and a new system', () => {
    expect(files.toSorted()).toEqual(['bug.yml', 'error-class.yml', 'new-system.yml', 'wrong-silence.yml']);
  });

  it.each(files)('%s is one, with fields of different names, of which some are required', (name) => {
    const { body } = form.parse(parse(read(`.github/ISSUE_TEMPLATE/${name}`)));
    const ids = body.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(body.some(({ validations }) => validations?.required === true)).toBe(true);
  });
});

describe('workflows', () => {
  it.each(workflows)(
    '%s has bounded jobs with the least permissions, and actions of a fixed major version',
    (path) => {
      const { permissions, jobs } = workflow.parse(parse(read(path)));
      // What may be written is said by the job that writes.
      expect(Object.values(permissions)).not.toContain('write');
      for (const { steps, needs } of Object.values(jobs)) {
        if (needs !== undefined) expect(Object.keys(jobs)).toContain(needs);
        for (const { uses, run } of steps) {
          expect([uses, run].filter((one) => one !== undefined)).toHaveLength(1);
          if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
          // A name of a branch or a tag is what somebody chose: it must not become a part of a script.
          expect(run ?? '').not.toMatch(/\$\{\{/);
        }
      }
    },
  );

  it.each(workflows)('%s runs scripts and files that are there', (path) => {
    const text = read(path);
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    for (const [, name = ''] of text.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(name);
    for (const [name] of text.matchAll(/(?<![\w/])(tests|\.ci)\/[\w./-]+/g))
      expect(existsSync(name), name).toBe(true);
  });

  it('release on a tag alone, after the whole check, with provenance, for both processors', () => {
    const { on, jobs } = workflow.parse(parse(read('.github/workflows/release.yml')));
    expect(on).toEqual({ push: { tags: ['v*.*.*'] } });
    const { check, npm, image, ...others } = jobs;
    expect(others).toEqual({});
    expect(check?.steps.map(({ run }) => run)).toContain('bash .ci/run');
    expect([npm?.needs, image?.needs]).toEqual(['check', 'check']);
    expect(npm?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(npm?.steps.map(({ run }) => run)).toContain('npm publish --provenance --access public');
    expect(image?.permissions).toEqual({
      contents: 'read',
      packages: 'write',
      'id-token': 'write',
      attestations: 'write',
    });
    const build = image?.steps.find(({ uses }) => uses?.startsWith('docker/build-push-action@'));
    expect(build?.with).toMatchObject({
      platforms: 'linux/amd64,linux/arm64',
      provenance: 'mode=max',
      sbom: true,
    });
  });
});

describe('Dependabot', () => {
  it('looks after npm, actions and the image, and groups what it can', () => {
    const schema = z.object({
      version: z.literal(2),
      updates: z.array(
        z.object({
          'package-ecosystem': z.enum(['npm', 'github-actions', 'docker']),
          directory: z.literal('/'),
          schedule: z.looseObject({ interval: z.enum(['daily', 'weekly', 'monthly']) }),
          groups: z.record(z.string(), z.looseObject({})).optional(),
        }),
      ),
    });
    const { updates } = schema.parse(parse(read('.github/dependabot.yml')));
    expect(updates.map((update) => update['package-ecosystem'])).toEqual(['npm', 'github-actions', 'docker']);
    expect(Object.keys(updates[0]?.groups ?? {})).toEqual(['development', 'production']);
  });
});

describe('CONTRIBUTING.md', () => {
  const text = read('CONTRIBUTING.md');

  it('names scripts, files and test files that are there', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    const names = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
    const paths = [
      ...[...text.matchAll(/(?<![\w/])(?:tests|docs|\.ci)\/[\w./-]*\w\/?/g)].map(([path]) => path),
      ...[...text.matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, path = '']) => path),
    ];
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});
