import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { toDatabaseError } from '../../../src/databases/mysql/errors.ts';

const fault = (properties: object, message = 'words'): Error => Object.assign(new Error(message), properties);

describe('toDatabaseError', () => {
  it.each([
    [{ errno: 1045, code: 'ER_ACCESS_DENIED_ERROR' }, 'connect', 'login', 'mysql:1045'],
    [{ errno: 1049, code: 'ER_BAD_DB_ERROR' }, 'connect', 'unreachable', 'mysql:1049'],
    [{ errno: 1040, code: 'ER_CON_COUNT_ERROR' }, 'connect', 'unreachable', 'mysql:1040'],
    [{ errno: 9999 }, 'connect', 'unreachable', 'mysql:9999'],
    [{ errno: 9999 }, 'statement', 'query', 'mysql:9999'],
    [{ errno: 1064, code: 'ER_PARSE_ERROR' }, 'statement', 'query', 'mysql:1064'],
    [{ errno: 1142 }, 'statement', 'permission', 'mysql:1142'],
    [{ errno: 1792 }, 'statement', 'permission', 'mysql:1792'],
    [{ errno: 1205 }, 'statement', 'locked', 'mysql:1205'],
    [{ errno: 1213 }, 'statement', 'locked', 'mysql:1213'],
    [{ errno: 1969 }, 'statement', 'timeout', 'mysql:1969'],
    [{ errno: 3024 }, 'statement', 'timeout', 'mysql:3024'],
    [{ errno: 4031 }, 'statement', 'lost', 'mysql:4031'],
    [{ errno: -111, code: 'ECONNREFUSED' }, 'connect', 'unreachable', 'node:ECONNREFUSED'],
    [{ errno: -104, code: 'ECONNRESET' }, 'statement', 'lost', 'node:ECONNRESET'],
    [{ code: 'PROTOCOL_CONNECTION_LOST' }, 'statement', 'lost', 'node:PROTOCOL_CONNECTION_LOST'],
    [{}, 'statement', 'query', undefined],
  ] as const)('%j while the driver does a %s is %s', (properties, phase, kind, code) => {
    const error = toDatabaseError(fault(properties), phase);
    expect(error).toBeInstanceOf(DatabaseError);
    expect([error.kind, error.code, error.message]).toEqual([kind, code, 'words']);
  });

  it('finds words where Node puts them into the parts of an error', () => {
    const parts = [
      fault({}, 'connect ECONNREFUSED ::1:3306'),
      fault({}, 'connect ECONNREFUSED 127.0.0.1:3306'),
    ];
    const error = toDatabaseError(
      Object.assign(new AggregateError(parts), { code: 'ECONNREFUSED' }),
      'connect',
    );
    expect(error.message).toBe('connect ECONNREFUSED ::1:3306; connect ECONNREFUSED 127.0.0.1:3306');
  });

  it('leaves an error alone that is one already', () => {
    const error = new DatabaseError('locked', 'x');
    expect(toDatabaseError(error, 'connect')).toBe(error);
  });
});
