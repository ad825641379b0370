import type { ConnectionAuthentication } from 'tedious';
import type { DatabaseSettings } from '../contract.ts';
import type { LoginFindings } from '../driver.ts';

/** What `authentication:` may say besides user and password. */
export const authentications = ['entra-service-principal', 'entra-default'] as const;

/** The parts of `ACME\user`, an account of Windows: no login of SQL Server's own has a backslash in its name. */
export function domainUser(name: string): { readonly domain: string; readonly user: string } | undefined {
  const at = name.indexOf('\\');
  return at < 0 ? undefined : { domain: name.slice(0, at), user: name.slice(at + 1) };
}

function entraProblem({ authentication, user, password, tenant, tls }: DatabaseSettings): string | undefined {
  if (tls.mode === 'disable')
    return `authentication ${authentication} needs encryption; say tls: verify-full`;
  if (authentication === 'entra-default') return undefined;
  const absent = [
    ...(user === undefined ? ['user (the id of the application)'] : []),
    ...(password === undefined ? ['password (its client secret)'] : []),
    ...(tenant === undefined ? ['tenant'] : []),
  ];
  return absent.length === 0
    ? undefined
    : `authentication ${authentication} needs more; add ${absent.join(', ')}`;
}

/** What is missing in a login, or does not fit together. */
export function checkLogin(settings: DatabaseSettings): LoginFindings {
  const { authentication, user, password, tenant } = settings;
  if (tenant !== undefined && authentication !== 'entra-service-principal')
    return {
      problem: 'tenant belongs to authentication: entra-service-principal; add that, or remove tenant',
    };
  if (authentication !== undefined) return { problem: entraProblem(settings) };
  if (user === undefined)
    return {
      problem:
        'says no user; add user, a login of SQL Server or DOMAIN\\user (NTLM), or say authentication: entra-default',
    };
  const windows = domainUser(user);
  if (windows !== undefined && (windows.domain === '' || windows.user === ''))
    return { problem: 'its user lacks the part on one side of the backslash; write DOMAIN\\user' };
  return password === undefined ? { warning: 'says no password; add password or password_file' } : {};
}

/** The login of tedious for `settings`, whose completeness `checkLogin` has checked. */
export function authenticationOf(settings: DatabaseSettings): ConnectionAuthentication {
  const { authentication, tenant = '', user = '', password = '' } = settings;
  if (authentication === 'entra-service-principal')
    return {
      type: 'azure-active-directory-service-principal-secret',
      options: { clientId: user, clientSecret: password, tenantId: tenant },
    };
  if (authentication === 'entra-default')
    return {
      type: 'azure-active-directory-default',
      options: settings.user === undefined ? {} : { clientId: user },
    };
  const windows = domainUser(user);
  if (windows !== undefined)
    return { type: 'ntlm', options: { domain: windows.domain, userName: windows.user, password } };
  return { type: 'default', options: { userName: user, password } };
}
