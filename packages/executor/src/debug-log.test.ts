import { expect, test } from 'vitest';
import { createDebugLog } from './debug-log.ts';

/** What `DEBUG` lets through of one line. */
function written(DEBUG: string | undefined): string[] {
  const lines: string[] = [];
  createDebugLog({ DEBUG }, (line) => lines.push(line))('Bridge server started on port 1');
  return lines;
}

test.each(['code-executor:*', '*', 'express:*,code-executor:*', 'a code-executor:bridge'])('DEBUG=%s lets lines through', (value) => {
  expect(written(value)).toEqual(['code-executor Bridge server started on port 1']);
});

test.each([undefined, '', 'express:*', 'my-code-executor:*', 'code-executors:*'])('DEBUG=%s lets nothing through', (value) => {
  expect(written(value)).toEqual([]);
});
