/**
 * Appends entries and prints the number of each once it is acknowledged.
 * Arguments: path, name, count, durability, size of the padding that makes lines cross pages.
 */
import { writeSync } from 'node:fs';
import { openAuditLog } from '../src/index.ts';

const [path = '', name = '', count = '0', durability = 'os', violations = '0'] = process.argv.slice(2);
const log = await openAuditLog({ path, durability: durability === 'disk' ? 'disk' : 'os' });
const contentViolations = Array.from({ length: Number(violations) }, () => ({ type: 'pii' as const, pattern: 'email', count: 1 }));
for (let number = 0; number < Number(count); number += 1) {
  try {
    await log.append({
      kind: 'tool',
      executionId: `${name}-${number}`,
      tool: 'mcp__x__y',
      arguments: '{}',
      response: '',
      durationMs: 1,
      status: 'success',
      contentViolations,
    });
    // An acknowledgement that is buffered would die with the process and prove nothing.
    writeSync(1, `${number}\n`);
  } catch (error) {
    writeSync(2, `${(error as { code?: string }).code ?? 'unknown'}\n`);
  }
}
await log.close();
