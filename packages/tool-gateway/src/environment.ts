/** What programs need to find themselves; nothing that holds a secret. On Windows names compare without case. */
const POSIX = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'USER', 'LOGNAME', 'SHELL', 'TERM'];
const WINDOWS = [
  'PATH', 'PATHEXT', 'COMSPEC', 'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'TEMP', 'TMP', 'USERNAME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH',
  'APPDATA', 'LOCALAPPDATA', 'PROGRAMFILES', 'PROGRAMDATA', 'PROCESSOR_ARCHITECTURE',
];

/**
 * The environment that every child process gets, before its own `env` is added.
 *
 * @param env The environment to take from.
 * @param platform As `process.platform` names it.
 */
export function baseEnvironment(env: Readonly<Record<string, string | undefined>>, platform: string): Record<string, string> {
  const windows = platform === 'win32';
  const wanted = new Set(windows ? WINDOWS : POSIX);
  const entries = Object.entries(env).flatMap(([name, value]) =>
    // A value that begins with () is a function exported by an old bash: code, not data (CVE-2014-6271).
    value !== undefined && !value.startsWith('()') && wanted.has(windows ? name.toUpperCase() : name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}
