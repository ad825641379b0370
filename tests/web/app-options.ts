import type { Access, StatusPage } from '../../src/config/config.ts';
import { MetricsBody } from '../../src/metrics/body.ts';
import { SnapshotStore } from '../../src/poll/snapshot.ts';
import { createTranslators } from '../../src/texts/translator.ts';
import { Entrance } from '../../src/web/access/entrance.ts';
import type { EntranceOptions } from '../../src/web/access/entrance.ts';
import type { AppOptions } from '../../src/web/app.ts';
import { StatusBoard } from '../../src/web/status/board.ts';
import { openApiDocument } from '../../src/web/api/openapi.ts';
import { Assets } from '../../src/web/assets.ts';
import { Documents } from '../../src/web/documents.ts';
import { SignIn } from '../../src/web/sign-in/sign-in.ts';
import { noSettings } from '../../src/web/settings/load.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** An app of which everybody may see all, with an empty snapshot. @param ownMetrics the metrics of the process. @param statusPage the public view. */
export function appOptions(
  ownMetrics: string,
  change: Partial<AppOptions> = {},
  statusPage?: StatusPage,
): AppOptions & { readonly snapshot: SnapshotStore } {
  const body = new MetricsBody({ ownMetrics: () => Promise.resolve(ownMetrics), now: () => Date.now() });
  const snapshot = new SnapshotStore(body);
  body.show(snapshot);
  return {
    version: '1.2.3',
    metrics: () => body.get(),
    runs: {
      runNow: () => ({ outcome: 'running', ended: Promise.resolve(true) }),
      isRunning: () => false,
    },
    history: { of: () => [] },
    longHistory: { isConfigured: false, of: () => Promise.resolve({ ok: false, problem: 'empty' }) },
    // Tests look at once at what they have changed.
    pages: { get: (_reader, make) => make(), clear: () => {} },
    readiness: () => ({ ready: true, text: 'ready' }),
    reload: () => Promise.resolve([]),
    status: new StatusBoard({ snapshot, page: () => statusPage, now: change.now ?? (() => Date.now()) }),
    timezone: () => 'UTC',
    now: () => Date.now(),
    log: silent,
    routePrefix: '',
    assets: new Assets(),
    documents: new Documents(),
    apiDocument: openApiDocument(change.routePrefix ?? ''),
    translators: createTranslators(),
    hosts: { names: undefined },
    externalOrigin: undefined,
    lifecycle: { quit: () => {} },
    warning: () => '',
    settings: () => Promise.resolve(noSettings),
    entrance: entranceOf(undefined),
    signIn: signInOf(undefined),
    tickets: () => undefined,
    ...change,
    snapshot,
  };
}

/** Who gets in by the rules of `access:`. */
export function entranceOf(
  access: Access | undefined,
  passwords?: EntranceOptions['passwords'],
  signIn: SignIn = signInOf(access),
  alertsTokenHash?: string,
): Entrance {
  return new Entrance({
    passwords: passwords ?? { check: () => Promise.resolve(false) },
    access: () => access,
    people: (request, isTls) => signIn.visitorOf(request, isTls),
    clock: () => 0,
    alertsTokenHash: () => alertsTokenHash,
  });
}

/** Who signs in by the rules of `access:`. */
export function signInOf(access: Access | undefined): SignIn {
  return new SignIn({
    access: () => access,
    externalOrigin: undefined,
    prefix: '',
    log: silent,
    now: () => Date.now(),
  });
}
