import { isDeepStrictEqual } from 'node:util';
import type { Manifest, Project } from '../support/workspace.ts';

/** What stands beside a package's package.json, from its folder. */
export interface PackageFiles {
  readme: string | undefined;
  changelog: string | undefined;
  license: string | undefined;
  /** Paths of its test files. */
  tests: readonly string[];
}

const REPOSITORY = 'git+https://github.com/code-executor/code-executor.git';
const SEMVER = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** Every way in which a published package's package.json differs from what all of them look like. */
export function findManifestProblems({ folder, manifest }: Project): string[] {
  const { name, version, description, license, type, engines, repository, files, nx } = manifest;
  const problems: [boolean, string][] = [
    [folder.startsWith('apps/') ? typeof name === 'string' : name === `@code-executor/${folder.split('/')[1]}`, `name ${String(name)} does not fit the folder`],
    [SEMVER.test(version ?? ''), `version ${String(version)} is not a semantic version`],
    [(description ?? '').endsWith('.'), 'description must be a sentence'],
    [license === 'MIT', `license must be "MIT", got ${String(license)}`],
    [type === 'module', `type must be "module", got ${String(type)}`],
    [engines?.['node'] === '>=22.12', `engines.node must be ">=22.12", got ${String(engines?.['node'])}`],
    [isDeepStrictEqual(repository, { type: 'git', url: REPOSITORY, directory: folder }), 'repository must name the repository and this folder'],
    [files !== undefined && files.length > 0, 'files must say what is shipped'],
    [nx?.tags?.filter((tag) => tag.startsWith('type:')).length === 1, 'nx.tags must hold exactly one type tag'],
    [folder.startsWith('apps/') ? manifest.bin !== undefined : true, 'an app needs bin'],
    [folder.startsWith('apps/') || hasLibraryExports(manifest), 'exports must have ".", each entry with the source condition first, then types and default; "./package.json"; and "./internal/*": null'],
  ];
  return problems.flatMap(([holds, problem]) => (holds ? [] : [`${folder}/package.json: ${problem}`]));
}

/** Every dependency that is not an exact version: a range would let two installations differ. */
export function findLooseVersions({ folder, manifest }: Project): string[] {
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  const exact = /^(?:npm:.+@)?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
  return Object.entries(all).flatMap(([name, version]) => (exact.test(version) ? [] : [`${folder}/package.json: ${name} must be an exact version, got "${version}"`]));
}

/** Every way in which the files beside a package.json fall short. */
export function findMissingFiles({ folder, manifest }: Project, { readme, changelog, license, tests }: PackageFiles): string[] {
  const newest = /^## (\S+)/m.exec(changelog ?? '')?.[1];
  const problems: [boolean, string][] = [
    [(readme ?? '').startsWith(`# ${manifest.name}\n`), `README.md must begin with "# ${manifest.name}"`],
    [/^```\w+$/m.test(readme ?? ''), 'README.md needs an example'],
    [newest === manifest.version, `CHANGELOG.md: the newest heading must be "## ${manifest.version}", got ${newest === undefined ? 'none' : `"## ${newest}"`}`],
    [(license ?? '').startsWith('MIT License\n'), 'LICENSE with the MIT text is missing: npm ships only what lies in the folder'],
    [tests.length > 0, 'has no tests'],
  ];
  return problems.flatMap(([holds, problem]) => (holds ? [] : [`${folder}: ${problem}`]));
}

function hasLibraryExports({ exports = {} }: Manifest): boolean {
  const entries = Object.entries(exports).filter(([key]) => key !== './package.json' && key !== './internal/*');
  return (
    entries.some(([key]) => key === '.') &&
    entries.every(([, entry]) => entry !== null && typeof entry === 'object' && isDeepStrictEqual(Object.keys(entry), ['@code-executor/source', 'types', 'default'])) &&
    exports['./package.json'] === './package.json' &&
    exports['./internal/*'] === null
  );
}
