import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { ROOT } from './workspace.ts';

/** Every file that `tsc -b` at the root looks at, as paths from the root: by way of references, as the compiler follows them. */
export function compiledFiles(): Set<string> {
  const files = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    const file = path.endsWith('.json') ? path : join(path, 'tsconfig.json');
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    const { config } = ts.readConfigFile(file, ts.sys.readFile) as { config: object };
    const parsed = ts.parseJsonConfigFileContent(config, ts.sys, dirname(file), undefined, file);
    for (const name of parsed.fileNames) files.add(relative(ROOT, name).split(sep).join('/'));
    for (const reference of parsed.projectReferences ?? []) visit(reference.path);
  };
  visit(ROOT);
  return files;
}
