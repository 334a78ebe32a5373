import ts from 'typescript';
import { lineOf } from '../support/workspace.ts';
import type { Source } from './imports.ts';

/** Where the process's own environment enters, as a default or at the top of an app; everything else is handed it. */
const ENTRANCES = /^packages\/executor\/src\/(?:config\/|executor\.ts$)|^apps\/[^/]+\/src\/(?:main|terminal)\.ts$/;

/** Every `process.env` in a source that is none of the entrances. */
export function findEnvironmentReads({ path, text }: Source): string[] {
  if (ENTRANCES.test(path)) return [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.name.text === 'env' && ts.isIdentifier(node.expression) && node.expression.text === 'process') {
      found.push(`${path}:${lineOf(text, node.getEnd())}: reads the environment; take it as an argument`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return found;
}
