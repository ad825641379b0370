import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { erpApi } from '../../stack/erp-api/api.ts';
import type { Behaviour } from '../../stack/erp-api/api.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { parseScrape } from '../helpers/exporter.ts';
import { describeReal } from '../helpers/real.ts';
import { freePort } from '../helpers/tcp.ts';
import { startProgram } from './programs.ts';
import type { Running } from './programs.ts';

interface Http {
  body?: string;
  basic_auth?: { password_file: string };
  authorization?: { credentials_file: string };
  tls_config?: Record<string, string>;
}
interface Module {
  timeout: string;
  http: Http;
}

/** Which of the interfaces each module is for; those with a login want TLS. */
const cases = [
  { module: 'erp_json', path: '/api/status', login: '' },
  { module: 'erp_json_login', path: '/api/status', login: `Basic ${btoa('erp-probe:geheim')}` },
  { module: 'erp_odata', path: '/odata/v4/', login: 'Bearer token-1' },
  { module: 'erp_odata_metadata', path: '/odata/v4/$metadata', login: '' },
  { module: 'erp_soap', path: '/ws/status', login: '' },
  { module: 'punchout_cxml', path: '/punchout/setup', login: '' },
] as const;

const timeoutSeconds = 1;
const slowMs = 500;

describeReal('prometheus/blackbox.yml', ['blackbox'], () => {
  const folder = mkdtempSync(join(tmpdir(), 'erp-blackbox-'));
  const certificate = makeCertificate(folder, 'erp', 'localhost');
  const passwordFile = join(folder, 'password');
  const tokenFile = join(folder, 'token');
  const state: { behaviour: Behaviour; authorization: string } = { behaviour: 'right', authorization: '' };
  const servers: Server[] = [];
  let blackbox: Running;
  let blackboxUrl: string;
  let plain: string;
  let secure: string;

  /** The file as shipped, with shorter time-outs, and with secrets and an authority that are there. */
  const configuration = (): string => {
    const config = parse(readFileSync(new URL('../../prometheus/blackbox.yml', import.meta.url), 'utf8')) as {
      modules: Record<string, Module>;
    };
    for (const one of Object.values(config.modules)) {
      one.timeout = `${timeoutSeconds}s`;
      one.http.tls_config = { ...one.http.tls_config, ca_file: certificate.certFile };
      if (one.http.basic_auth !== undefined) one.http.basic_auth.password_file = passwordFile;
      if (one.http.authorization !== undefined) one.http.authorization.credentials_file = tokenFile;
    }
    const { erp_json } = config.modules;
    if (erp_json === undefined) throw new Error('there is no module erp_json');
    const { tls_config, ...http } = erp_json.http;
    config.modules['public_authorities'] = { ...erp_json, http };
    expect(tls_config).toMatchObject({ min_version: 'TLS12' });
    return stringify(config, { aliasDuplicateObjects: false });
  };

  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };

  beforeAll(async () => {
    writeFileSync(passwordFile, 'geheim');
    writeFileSync(tokenFile, 'token-1');
    const file = join(folder, 'blackbox.yml');
    writeFileSync(file, configuration());
    const behaviour = (): Behaviour => state.behaviour;
    const { cert, key } = certificate;
    const open = createServer(erpApi({ behaviour, slowMs }));
    const guarded = createSecureServer({ cert, key }, (request, response) => {
      const { authorization } = state;
      const login = authorization === '' ? {} : { authorization };
      erpApi({ behaviour, slowMs, ...login })(request, response);
    });
    plain = `http://localhost:${await listen(open)}`;
    secure = `https://localhost:${await listen(guarded)}`;
    const port = await freePort();
    blackboxUrl = `http://127.0.0.1:${port}`;
    blackbox = await startProgram(
      'prometheus-blackbox-exporter',
      [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`],
      `${blackboxUrl}/-/healthy`,
    );
  });
  beforeEach(() => {
    state.behaviour = 'right';
    state.authorization = '';
  });
  afterAll(async () => {
    await blackbox.stop();
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(folder, { recursive: true });
  });

  /** What a probe says, without the series that have labels. */
  const probe = async (module: string, target: string) => {
    const query = new URLSearchParams({ module, target });
    const response = await fetch(`${blackboxUrl}/probe?${query.toString()}`);
    expect(response.status).toBe(200);
    const scrape = parseScrape(await response.text());
    const value = (name: string): number => scrape.get(name) ?? NaN;
    return {
      success: value('probe_success'),
      wrong: value('probe_failed_due_to_regex'),
      status: value('probe_http_status_code'),
      seconds: value('probe_duration_seconds'),
      expiry: value('probe_ssl_earliest_cert_expiry'),
    };
  };

  it.each(cases)(
    '$module tells right from wrong, failing, slow and silent',
    async ({ module, path, login }) => {
      state.authorization = login;
      const target = `${login === '' ? plain : secure}${path}`;
      expect(await probe(module, target)).toMatchObject({ success: 1, wrong: 0, status: 200 });

      state.behaviour = 'wrong';
      expect(await probe(module, target)).toMatchObject({ success: 0, wrong: 1, status: 200 });

      state.behaviour = 'failing';
      expect(await probe(module, target)).toMatchObject({ success: 0, wrong: 0, status: 503 });

      state.behaviour = 'slow';
      const slow = await probe(module, target);
      expect(slow).toMatchObject({ success: 1, wrong: 0 });
      expect(slow.seconds).toBeGreaterThan(slowMs / 1000);

      state.behaviour = 'silent';
      const silent = await probe(module, target);
      expect(silent).toMatchObject({ success: 0, wrong: 0, status: 0 });
      expect(silent.seconds).toBeGreaterThan(timeoutSeconds * 0.9);
      expect(silent.seconds).toBeLessThan(timeoutSeconds * 2);
    },
  );

  it('takes a body that does not end for a wrong answer', async () => {
    state.behaviour = 'stalled';
    expect(await probe('erp_json', `${plain}/api/status`)).toMatchObject({
      success: 0,
      wrong: 1,
      status: 200,
    });
  });

  it('finds nobody at a closed port down, not wrong', async () => {
    const target = `http://localhost:${await freePort()}/api/status`;
    expect(await probe('erp_json', target)).toMatchObject({ success: 0, wrong: 0, status: 0 });
  });

  it('says when the certificate expires', async () => {
    const { success, expiry } = await probe('erp_json', `${secure}/api/status`);
    expect(success).toBe(1);
    // It is valid for a day.
    expect(expiry - Date.now() / 1000).toBeGreaterThan(86_000);
    expect(expiry - Date.now() / 1000).toBeLessThanOrEqual(86_400);
  });

  it('trusts no certificate of an unknown authority', async () => {
    expect(await probe('public_authorities', `${plain}/api/status`)).toMatchObject({ success: 1 });
    expect(await probe('public_authorities', `${secure}/api/status`)).toMatchObject({
      success: 0,
      status: 0,
    });
  });

  it.each(cases.filter(({ login }) => login !== ''))(
    '$module reads its secret at each probe, and wants TLS',
    async ({ module, path, login }) => {
      state.authorization = login;
      const file = module === 'erp_odata' ? tokenFile : passwordFile;
      const secret = readFileSync(file, 'utf8');
      writeFileSync(file, 'outdated');
      expect(await probe(module, `${secure}${path}`)).toMatchObject({ success: 0, wrong: 0, status: 401 });
      writeFileSync(file, secret);
      expect(await probe(module, `${secure}${path}`)).toMatchObject({ success: 1 });
      expect(await probe(module, `${plain}${path}`)).toMatchObject({ success: 0 });
    },
  );
});
