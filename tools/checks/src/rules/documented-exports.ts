import ts from 'typescript';
import { lineOf } from '../support/workspace.ts';
import type { Source } from './imports.ts';

/**
 * Every exported declaration of a file without a comment above it. Constants on lines that follow each other share one;
 * re-exports are documented where they are declared.
 */
export function findUndocumentedExports({ path, text }: Source): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return file.statements.flatMap((statement) => {
    if (!isExported(statement) || hasComment(statement, file) || isLaterOverload(statement, file)) return [];
    return [`${path}:${lineOf(text, statement.getStart())}: ${nameOf(statement)} has no comment`];
  });
}

function isExported(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function hasComment(node: ts.Statement, file: ts.SourceFile): boolean {
  const above = ts.getLeadingCommentRanges(file.text, node.getFullStart())?.at(-1);
  // A comment that a blank line parts from the declaration is about something else.
  if (above !== undefined && !/\n\s*\n/.test(file.text.slice(above.end, node.getStart()))) return true;
  const before = file.statements[file.statements.indexOf(node) - 1];
  const adjoins = before !== undefined && !/\n\s*\n/.test(file.text.slice(before.getEnd(), node.getStart()));
  return adjoins && ts.isVariableStatement(node) && ts.isVariableStatement(before) && hasComment(before, file);
}

/** The comment of an overloaded function stands above its first signature. */
function isLaterOverload(node: ts.Statement, file: ts.SourceFile): boolean {
  if (!ts.isFunctionDeclaration(node)) return false;
  const first = file.statements.find((other) => ts.isFunctionDeclaration(other) && other.name?.text === node.name?.text);
  return first !== undefined && first !== node && hasComment(first, file);
}

function nameOf(node: ts.Statement): string {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText()).join(', ');
  const { name } = node as ts.Statement & { name?: ts.Identifier };
  return name?.text ?? 'the default export';
}
