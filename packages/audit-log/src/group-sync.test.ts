import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { freshPath } from '../test/helpers.ts';
import { GroupSync } from './group-sync.ts';

it('serves a hundred callers with a few syncs', async () => {
  const path = freshPath();
  mkdirSync(dirname(path));
  const fd = openSync(path, 'w');
  let syncs = 0;
  const group = new GroupSync(
    () => {
      syncs += 1;
      return fd;
    },
    () => undefined,
  );
  await Promise.all(Array.from({ length: 100 }, () => group.wait()));
  await group.idle();
  expect(syncs).toBe(1);
  closeSync(fd);
});

it('rejects every caller of a group whose sync failed, after the failure was reported, and serves the next', async () => {
  const path = freshPath();
  mkdirSync(dirname(path));
  const good = openSync(path, 'w');
  let fd = -1;
  let failures = 0;
  const group = new GroupSync(
    () => fd,
    () => {
      failures += 1;
    },
  );
  const outcomes = await Promise.allSettled([group.wait(), group.wait()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(failures).toBe(1);
  fd = good;
  await expect(group.wait()).resolves.toBeUndefined();
  closeSync(good);
});
