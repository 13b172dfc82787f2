import { expect, test } from 'vitest';
import { systemFault } from './system-fault.ts';

const fault = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code}: something, open '/data/x'`), { code, syscall: 'open', path: '/data/x', ...more });

test.each([
  ['a full disk', fault('ENOSPC'), 'DISK_FULL', 'There is no room left on the disk of /data/x.'],
  ['a used up quota', fault('EDQUOT'), 'DISK_FULL', 'There is no room left on the disk of /data/x.'],
  ['a disk that can only be read', fault('EROFS'), 'PLACE_UNUSABLE', '/data/x cannot be written'],
  ['a folder that cannot be made there', fault('ENOENT', { syscall: 'mkdir' }), 'PLACE_UNUSABLE', '/data/x cannot be written'],
  ['a missing right', fault('EACCES'), 'PLACE_UNUSABLE', 'This user may not use /data/x.'],
  ['a folder for a file', fault('EISDIR'), 'PLACE_UNUSABLE', '/data/x is a folder where a file is expected'],
  ['too few files', fault('EMFILE', { path: undefined }), 'TOO_MANY_FILES', 'This process may not open as many files as it needs.'],
  [
    'what PostgreSQL says of it',
    new Error('initdb failed: FATAL:  could not write to file "pg_wal/1": No space left on device'),
    'DISK_FULL',
    'disk of /home/me/.sluice.',
  ],
  [
    'what PostgreSQL says of files',
    new Error('FATAL:  insufficient file descriptors available to start server process'),
    'TOO_MANY_FILES',
    'may not open',
  ],
])('%s is told in words, with what to do', (_what, error, code, words) => {
  expect(systemFault(error, '/home/me/.sluice')).toMatchObject({
    code,
    message: expect.stringContaining(words),
    hint: expect.stringMatching(/^\S.+\.$|systemd\.$/),
    cause: error,
  });
});

test.each([[new Error('no')], [undefined], ['ENOSPC'], [fault('ENOENT')], [Object.assign(new Error('x'), { code: 28 })]])(
  '%s is no fault of the system',
  (error) => {
    expect(systemFault(error)).toBeUndefined();
  },
);
